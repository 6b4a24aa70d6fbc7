//! Every mistake of a declaration in one build: faults are collected, then reported together.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects the faults of one declaration.
#[derive(Default)]
pub(crate) struct Faults(Vec<syn::Error>);

impl Faults {
    /// A fault at these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// A fault that already knows its place.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The faults as tokens that make the compiler report each of them.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.into_iter().map(|error| error.into_compile_error()).collect()
    }
}

/// `` `a`, `b` or `c` ``
pub(crate) fn one_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => format!("`{name}`"),
        [names @ .., last] => {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("{} or `{last}`", names.join(", "))
        }
    }
}

/// The known name that a misspelt one was probably meant to be.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    let target = plain(name);
    known
        .iter()
        .map(|candidate| (distance(&target, &plain(candidate)), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of letters to insert, remove or replace (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut last = i + 1;
        let mut next = vec![last];
        for ((j, y), above) in b.chars().enumerate().zip(row.iter().skip(1)) {
            let diagonal = row.get(j).copied().unwrap_or(0);
            last = (last + 1).min(above + 1).min(diagonal + usize::from(x != y));
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_a_strange_one_none() {
        let known = ["max_bytes", "max_len", "range", "pseudonym"];
        assert_eq!(nearest("maxbytes", &known), Some("max_bytes"));
        assert_eq!(nearest("max_byte", &known), Some("max_bytes"));
        assert_eq!(nearest("pseudonim", &known), Some("pseudonym"));
        assert_eq!(nearest("encrypt", &known), None);
    }
}

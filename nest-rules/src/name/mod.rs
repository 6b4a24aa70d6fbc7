//! Names that give a field away: a column called `email` holds e-mail addresses, whatever its type.
//!
//! A name is taken apart into words, also where it joins or cuts them, and judged by what they say together. How often
//! that is right was measured on names of public registers: see `docs/leaks.md`.

mod hint;
mod judgement;
mod vocabulary;
mod words;

pub use hint::{Hint, Holds};

/// What a field's name says about its content; `None` where it says nothing that matters.
pub fn hint(name: &str) -> Option<Hint> {
    judgement::judge(&words::words(name))
}

#[cfg(test)]
mod tests;

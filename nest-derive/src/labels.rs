//! An enum without data as the derive understands it: its labels, and the code of each.

use std::collections::{HashMap, HashSet};

use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Expr, Generics, Ident, Path, Token};

use crate::attr::{self, Place, entries};
use crate::diag::Faults;
use crate::doc::Doc;
use crate::model::{is_deprecated, krate, plain};

/// An enum to derive `PepEnum` for.
pub(crate) struct Labels<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) doc: Doc,
    pub(crate) krate: Path,
    /// Whether it, a field or a variant is deprecated.
    pub(crate) deprecated: bool,
    pub(crate) labels: Vec<Label<'a>>,
}

/// One variant of an enum without data.
pub(crate) struct Label<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) code: i32,
}

/// The smallest code.
const MIN_CODE: i32 = -32_768;

/// The code that stands for absence.
const ABSENT_CODE: i32 = 65_535;

impl<'a> Labels<'a> {
    pub(crate) fn parse(input: &'a DeriveInput, faults: &mut Faults) -> Self {
        let mut parsed = Self {
            ident: &input.ident,
            generics: &input.generics,
            doc: Doc::of(&input.attrs),
            krate: syn::parse_quote!(::nest_core),
            deprecated: is_deprecated(input),
            labels: Vec::new(),
        };
        let has_data = matches!(&input.data, Data::Enum(data) if data.variants.iter().any(|variant| !variant.fields.is_empty()));
        // What has data hears that it is a record, which may have the attributes of one.
        let place = if has_data { Place::Record } else { Place::Labels };
        for entry in entries(&input.attrs, place, faults).into_iter().filter(|entry| entry.key == "crate") {
            parsed.krate = krate(entry, faults).unwrap_or(parsed.krate);
        }
        if !input.generics.params.is_empty() {
            faults.at(&input.generics, "an enum of labels has no parameters: remove them");
        }
        match &input.data {
            Data::Enum(data) if data.variants.is_empty() => {
                faults.at(&input.ident, "an enum without variants has no value: declare at least one");
            }
            Data::Enum(data) => {
                for variant in data.variants.iter().filter(|variant| !variant.fields.is_empty()) {
                    faults.at(
                        &variant.fields,
                        "a variant with data is no label: write `#[derive(PepRecord)]` on the enum, which gives every variant one shape",
                    );
                }
                parsed.labels = labels(&data.variants, faults);
            }
            Data::Struct(data) => faults.at(
                data.struct_token,
                "labels are an enum without data: for a struct write `#[derive(PepRecord)]`",
            ),
            Data::Union(data) => {
                faults.at(data.union_token, "labels are an enum without data: write `enum Name { One, Two }`")
            }
        }
        parsed
    }
}

pub(crate) fn labels<'a>(
    variants: &'a Punctuated<syn::Variant, Token![,]>,
    faults: &mut Faults,
) -> Vec<Label<'a>> {
    let mut labels: Vec<Label<'a>> = Vec::new();
    // A list of codes may have thousands.
    let (mut codes, mut names) = (HashMap::new(), HashSet::new());
    let mut next: i32 = 0;
    for variant in variants {
        let mut name = (plain(&variant.ident), None);
        let mut pinned = None;
        for entry in entries(&variant.attrs, Place::Variant, faults) {
            if entry.key == "code" {
                pinned = entry.value("code = 3", faults);
            } else if let Some(text) = entry.text("rename = \"name\"", faults) {
                name = (text.value(), Some(text));
            }
        }
        let pinned = pinned.or_else(|| variant.discriminant.as_ref().map(|(_, expr)| expr.clone()));
        if let Some(expr) = &pinned {
            next = code(expr, faults).unwrap_or(next);
        }
        if next == ABSENT_CODE {
            faults.at(
                &variant.ident,
                "code 65535 is reserved for absence: pin a smaller one, `#[pep(code = 3)]`",
            );
        }
        if let Some(other) = codes.get(&next) {
            let message = format!("`{other}` has the code {next} already: pin another, `#[pep(code = …)]`");
            match &pinned {
                Some(expr) => faults.at(expr, message),
                None => faults.at(&variant.ident, message),
            }
        }
        codes.entry(next).or_insert(&variant.ident);
        if !names.insert(name.0.clone()) {
            let message = format!("two variants are labelled `{}`: rename one of them", name.0);
            match &name.1 {
                Some(text) => faults.at(text, message),
                None => faults.at(&variant.ident, message),
            }
        }
        labels.push(Label { ident: &variant.ident, name: name.0, doc: Doc::of(&variant.attrs), code: next });
        next = next.saturating_add(1);
    }
    labels
}

/// A code that was pinned: a literal, since two codes must be compared here.
fn code(expr: &Expr, faults: &mut Faults) -> Option<i32> {
    let literal = match attr::whole_bounds(&attr::peel(expr.clone())) {
        Some((low, high)) if low == high && !attr::has_fraction(expr) => i32::try_from(low).ok(),
        _ => None,
    };
    // The one above is reserved, which is said where it is met.
    let literal = literal.filter(|code| (MIN_CODE..=ABSENT_CODE).contains(code));
    if literal.is_none() {
        faults.at(expr, "a code is a whole number from -32768 to 65534: write `#[pep(code = 3)]`");
    }
    literal
}

//! The derives of [nest-core](https://docs.rs/nest-core), which re-exports them: depend on that crate, and read
//! there what can be declared.
//!
//! The stages, each in a file of its own: `attr` reads attributes with their places, `model` makes a declaration
//! of them (`field`, `labels` and `newtype` its parts), `meaning` reads what fields mean and are used for, `leak` refuses types that leak and can be recognised by their tokens, `expand` writes the code. Faults
//! are collected by `diag` and reported together; a faulty declaration still gets implementations that do nothing,
//! so that no other error follows from it. Checks that need types or values are constants in the generated code,
//! evaluated by `nest-core`.

mod attr;
mod diag;
mod doc;
mod expand;
mod field;
mod labels;
mod leak;
mod meaning;
mod model;
mod newtype;
#[cfg(test)]
mod snapshots;
mod waiver;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::diag::Faults;
use crate::labels::Labels;
use crate::model::Record;
use crate::newtype::Newtype;

/// Gives a struct one fixed shape: see the trait `PepRecord` of nest-core.
#[proc_macro_derive(PepRecord, attributes(pep))]
pub fn derive_pep_record(input: TokenStream) -> TokenStream {
    record(&parse_macro_input!(input as DeriveInput)).into()
}

/// Gives an enum without data one encrypted number for each variant: see the trait `PepEnum` of nest-core.
#[proc_macro_derive(PepEnum, attributes(pep))]
pub fn derive_pep_enum(input: TokenStream) -> TokenStream {
    labels(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct of one unnamed field a field of records, in the shape of the value in it: see `PepField` of nest-core.
#[proc_macro_derive(PepField, attributes(pep))]
pub fn derive_pep_field(input: TokenStream) -> TokenStream {
    newtype(&parse_macro_input!(input as DeriveInput)).into()
}

fn record(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut faults = Faults::default();
    let record = Record::parse(input, &mut faults);
    if faults.count() == 0 {
        return expand::record(&record);
    }
    let mut tokens = faults.into_tokens();
    tokens.extend(expand::faulty_record(&record));
    tokens
}

fn labels(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut faults = Faults::default();
    let labels = Labels::parse(input, &mut faults);
    if faults.count() == 0 {
        return expand::labels(&labels);
    }
    let mut tokens = faults.into_tokens();
    tokens.extend(expand::faulty_labels(&labels));
    tokens
}

fn newtype(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut faults = Faults::default();
    let newtype = Newtype::parse(input, &mut faults);
    if faults.count() == 0 {
        return expand::newtype(&newtype);
    }
    let mut tokens = faults.into_tokens();
    tokens.extend(expand::faulty_newtype(&newtype));
    tokens
}

/// The examples of the guide compile, or fail to, as it says.
#[cfg(doctest)]
#[doc = include_str!("../../docs/leaks.md")]
struct Guide;

/// And so do those of the page that a newcomer reads first.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

//! A type of one unnamed field, which is a field of a record as the value in it would be.

use syn::{Data, DeriveInput, Fields, Generics, Ident, Path};

use crate::attr::{Place, entries};
use crate::diag::Faults;
use crate::model::{is_deprecated, krate};

/// A struct to derive `PepField` for.
pub(crate) struct Newtype<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) krate: Path,
    pub(crate) deprecated: bool,
    /// The type of the one value; `None` where it was reported that there is not one.
    pub(crate) inner: Option<&'a syn::Type>,
}

impl<'a> Newtype<'a> {
    pub(crate) fn parse(input: &'a DeriveInput, faults: &mut Faults) -> Self {
        let mut parsed = Self {
            ident: &input.ident,
            generics: &input.generics,
            krate: syn::parse_quote!(::nest_core),
            deprecated: is_deprecated(input),
            inner: None,
        };
        for entry in entries(&input.attrs, Place::Newtype, faults) {
            parsed.krate = krate(entry, faults).unwrap_or(parsed.krate);
        }
        if !input.generics.params.is_empty() {
            faults.at(
                &input.generics,
                "a type of one value has no parameters: remove them, and declare a type for each value",
            );
        }
        match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                    for field in &fields.unnamed {
                        for entry in entries(&field.attrs, Place::Newtype, faults) {
                            faults.at(&entry.key, ELSEWHERE);
                        }
                        parsed.inner = Some(&field.ty);
                    }
                }
                Fields::Unnamed(fields) => faults.at(
                    fields,
                    "a type of one value has one unnamed field, `struct Weight(u16);`: for several values write `#[derive(PepRecord)]` and give each a name",
                ),
                Fields::Named(_) | Fields::Unit => faults.at(
                    &input.ident,
                    "a type of one value has one unnamed field: write `struct Weight(u16);`, or `#[derive(PepRecord)]` for named fields",
                ),
            },
            Data::Enum(data) => faults.at(
                data.enum_token,
                "a type of one value is a struct with one unnamed field: for an enum without data write `#[derive(PepEnum)]`, for one with data `#[derive(PepRecord)]`",
            ),
            Data::Union(data) => faults.at(
                data.union_token,
                "a union's values differ in kind [open-type]: write `struct Weight(u16);`",
            ),
        }
        parsed
    }
}

/// What is said of an attribute on the value in a newtype.
const ELSEWHERE: &str = "attributes stand where the type is used, on the field of the record: move it there";

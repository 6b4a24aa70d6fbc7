//! Answers of one family: records that must look the same from outside.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use crate::const_text::Text;
use crate::field::FieldOf;
use crate::schema::SchemaOf;
use crate::ty::TypeOf;

/// Refuses two records of different shape.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_same_shape(a: &SchemaOf<'_>, b: &SchemaOf<'_>) {
    if let Some(text) = difference(a, b) {
        panic!("{}", text.as_str())
    }
}

/// The first difference in shape between two records, in words.
const fn difference(a: &SchemaOf<'_>, b: &SchemaOf<'_>) -> Option<Text<1024>> {
    let mut i = 0;
    while i < a.fields.len() {
        let field = &a.fields[i];
        match find(b, field.name) {
            None => return Some(only_in(field, a, b)),
            Some(other) if !same(&field.ty, &other.ty) => return Some(differs(field, other, a, b)),
            _ => {}
        }
        i += 1;
    }
    let mut i = 0;
    while i < b.fields.len() {
        if find(a, b.fields[i].name).is_none() {
            return Some(only_in(&b.fields[i], b, a));
        }
        i += 1;
    }
    let mut i = 0;
    while i < a.fields.len() {
        if !equal(a.fields[i].name, b.fields[i].name) {
            return Some(elsewhere(&a.fields[i], a, b));
        }
        i += 1;
    }
    None
}

/// Blocks travel in the order of the declaration, and messages name it by its fingerprint.
const fn elsewhere(field: &FieldOf<'_>, a: &SchemaOf<'_>, b: &SchemaOf<'_>) -> Text<1024> {
    Text::new()
        .str("`")
        .str(field.name)
        .str("` stands elsewhere in `")
        .str(a.name)
        .str("` than in `")
        .str(b.name)
        .str("`, so which answer it is would show [shape-mismatch]: declare the fields of both in the same order")
}

const fn only_in(field: &FieldOf<'_>, with: &SchemaOf<'_>, without: &SchemaOf<'_>) -> Text<1024> {
    Text::new()
        .str("`")
        .str(field.name)
        .str("` is a field of `")
        .str(with.name)
        .str("` only, so which answer it is would show [shape-mismatch]: add it to `")
        .str(without.name)
        .str("` with the same type, or make both one enum with `#[derive(PepRecord)]`")
}

const fn differs(field: &FieldOf<'_>, other: &FieldOf<'_>, a: &SchemaOf<'_>, b: &SchemaOf<'_>) -> Text<1024> {
    let text = Text::new()
        .str("`")
        .str(field.name)
        .str("` is ")
        .str(kind(&field.ty))
        .str(" of ")
        .number(field.blocks())
        .str(" blocks in `")
        .str(a.name)
        .str("` and ")
        .str(kind(&other.ty))
        .str(" of ")
        .number(other.blocks())
        .str(" blocks in `")
        .str(b.name);
    text.str("`, so which answer it is would show [shape-mismatch]: give both the same type and bounds")
}

const fn find<'s>(schema: &SchemaOf<'s>, name: &str) -> Option<&'s FieldOf<'s>> {
    let mut i = 0;
    while i < schema.fields.len() {
        if equal(schema.fields[i].name, name) {
            return Some(&schema.fields[i]);
        }
        i += 1;
    }
    None
}

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// Whether two types look the same from outside.
const fn same(a: &TypeOf<'_>, b: &TypeOf<'_>) -> bool {
    match (a, b) {
        (TypeOf::Optional { item, .. }, b) => same(item, b),
        (a, TypeOf::Optional { item, .. }) => same(a, item),
        (TypeOf::Text { .. }, TypeOf::Text { .. }) => a.blocks() == b.blocks(),
        (TypeOf::Array { item: a, len: m }, TypeOf::Array { item: b, len: n })
        | (TypeOf::List { item: a, max_len: m }, TypeOf::List { item: b, max_len: n }) => {
            *m == *n && same(a, b)
        }
        (TypeOf::Record(a) | TypeOf::OrFiller(a), TypeOf::Record(b) | TypeOf::OrFiller(b)) => {
            difference(a, b).is_none()
        }
        _ => equal(kind(a), kind(b)) && a.blocks() == b.blocks(),
    }
}

/// What kind of value travels, in words.
const fn kind(ty: &TypeOf<'_>) -> &'static str {
    match ty {
        TypeOf::Pseudonym => "a pseudonym",
        TypeOf::Bool => "a `bool`",
        TypeOf::Integer { .. } | TypeOf::Decimal { .. } | TypeOf::Time { .. } | TypeOf::Enum(_) => "a number",
        TypeOf::Text { .. } => "a text",
        TypeOf::Optional { item, .. } => kind(item),
        TypeOf::Array { .. } => "an array",
        TypeOf::List { .. } => "a list",
        TypeOf::Record(_) | TypeOf::OrFiller(_) => "a record",
    }
}

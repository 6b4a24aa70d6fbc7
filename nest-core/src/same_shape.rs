//! Answers of one family: records that must look the same from outside.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use crate::schema::{Field, Schema, Type};
use crate::text::Text;

/// Compiles only where all the named records have one shape, so that which of them an answer is cannot be seen.
///
/// Equal are the names of the fields, their order, and what travels under each: its kind, its number of blocks,
/// and so on for what is nested. Ranges, labels and bounds within the same number of blocks may differ. Such records
/// have one [fingerprint](crate::schema::Schema::shape_fingerprint).
///
/// ```
/// use nest_core::prelude::*;
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct Available { done: bool, #[pep(range = 0..=100)] score: u8 }
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct NotAvailable { done: bool, #[pep(range = 0..=0)] score: u8 }
///
/// nest_core::same_shape!(Available, NotAvailable);
/// ```
///
/// ```compile_fail
/// # use nest_core::prelude::*;
/// # #[derive(PepRecord)]
/// # #[pep(max_blocks = 2)]
/// # struct Available { done: bool, #[pep(range = 0..=100)] score: u8 }
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct NotAvailable { done: bool }
///
/// // `score` is a field of `Available` only, so which answer it is would show [shape-mismatch]
/// nest_core::same_shape!(Available, NotAvailable);
/// ```
#[macro_export]
macro_rules! same_shape {
    ($first:ty $(, $other:ty)+ $(,)?) => {
        $(const _: () = $crate::__private::check_same_shape(
            <$first as $crate::PepRecord>::SCHEMA,
            <$other as $crate::PepRecord>::SCHEMA,
        );)+
    };
}

/// Refuses two records of different shape.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_same_shape(a: &Schema, b: &Schema) {
    if let Some(text) = difference(a, b) {
        panic!("{}", text.as_str())
    }
}

/// The first difference in shape between two records, in words.
const fn difference(a: &Schema, b: &Schema) -> Option<Text<1024>> {
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
const fn elsewhere(field: &Field, a: &Schema, b: &Schema) -> Text<1024> {
    Text::new()
        .str("`")
        .str(field.name)
        .str("` stands elsewhere in `")
        .str(a.name)
        .str("` than in `")
        .str(b.name)
        .str("`, so which answer it is would show [shape-mismatch]: declare the fields of both in the same order")
}

const fn only_in(field: &Field, with: &Schema, without: &Schema) -> Text<1024> {
    Text::new()
        .str("`")
        .str(field.name)
        .str("` is a field of `")
        .str(with.name)
        .str("` only, so which answer it is would show [shape-mismatch]: add it to `")
        .str(without.name)
        .str("` with the same type, or make both one enum with `#[derive(PepRecord)]`")
}

const fn differs(field: &Field, other: &Field, a: &Schema, b: &Schema) -> Text<1024> {
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

const fn find(schema: &Schema, name: &str) -> Option<&'static Field> {
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
const fn same(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Optional { item, .. }, b) => same(item, b),
        (a, Type::Optional { item, .. }) => same(a, item),
        (Type::Text { .. }, Type::Text { .. }) => a.blocks() == b.blocks(),
        (Type::Array { item: a, len: m }, Type::Array { item: b, len: n })
        | (Type::List { item: a, max_len: m }, Type::List { item: b, max_len: n }) => *m == *n && same(a, b),
        (Type::Record(a), Type::Record(b)) => difference(a, b).is_none(),
        _ => equal(kind(a), kind(b)) && a.blocks() == b.blocks(),
    }
}

/// What kind of value travels, in words.
const fn kind(ty: &Type) -> &'static str {
    match ty {
        Type::Pseudonym => "a pseudonym",
        Type::Bool => "a `bool`",
        Type::Integer { .. } | Type::Decimal { .. } | Type::Time { .. } | Type::Enum(_) => "a number",
        Type::Text { .. } => "a text",
        Type::Optional { item, .. } => kind(item),
        Type::Array { .. } => "an array",
        Type::List { .. } => "a list",
        Type::Record(_) => "a record",
    }
}

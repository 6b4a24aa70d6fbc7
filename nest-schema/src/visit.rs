//! One way through the types: a visitor without default methods, so that the compiler finds what a new type forgets.

use crate::schema::SchemaOf;
use crate::time::TimeUnit;
use crate::ty::{AbsentOf, EnumSchemaOf, TypeOf};

/// What is done with each type. There are no default methods: a new type is a method more, and every visitor has to
/// say what it does with it.
pub trait TypeVisitor<'s>: Sized {
    /// What comes out of a visit.
    type Output;

    /// One pseudonym.
    fn pseudonym(self) -> Self::Output;
    /// `true` or `false`.
    fn bool(self) -> Self::Output;
    /// A whole number.
    fn integer(self, min: i128, max: i128) -> Self::Output;
    /// A number on a grid, in steps.
    fn decimal(self, min: i64, max: i64, decimals: u8) -> Self::Output;
    /// A coarse time, in counts.
    fn time(self, unit: TimeUnit, min: i64, max: i64) -> Self::Output;
    /// One of a fixed set of labels.
    fn label(self, schema: &'s EnumSchemaOf<'s>) -> Self::Output;
    /// A text.
    fn text(self, max_bytes: usize) -> Self::Output;
    /// A value that may be absent.
    fn optional(self, item: &'s TypeOf<'s>, absent: AbsentOf<'s>) -> Self::Output;
    /// Always the same number of items.
    fn array(self, item: &'s TypeOf<'s>, len: usize) -> Self::Output;
    /// A hidden number of items.
    fn list(self, item: &'s TypeOf<'s>, max_len: usize) -> Self::Output;
    /// A record.
    fn record(self, schema: &'s SchemaOf<'s>) -> Self::Output;
    /// A record, or filler in its shape.
    fn or_filler(self, schema: &'s SchemaOf<'s>) -> Self::Output;
}

impl<'s> TypeOf<'s> {
    /// Calls the visitor's method for this type. It goes one level deep: visitors go on to items and fields themselves.
    pub fn visit<V: TypeVisitor<'s>>(&self, visitor: V) -> V::Output {
        match *self {
            TypeOf::Pseudonym => visitor.pseudonym(),
            TypeOf::Bool => visitor.bool(),
            TypeOf::Integer { min, max } => visitor.integer(min, max),
            TypeOf::Decimal { min, max, decimals } => visitor.decimal(min, max, decimals),
            TypeOf::Time { unit, min, max } => visitor.time(unit, min, max),
            TypeOf::Enum(schema) => visitor.label(schema),
            TypeOf::Text { max_bytes } => visitor.text(max_bytes),
            TypeOf::Optional { item, absent } => visitor.optional(item, absent),
            TypeOf::Array { item, len } => visitor.array(item, len),
            TypeOf::List { item, max_len } => visitor.list(item, max_len),
            TypeOf::Record(schema) => visitor.record(schema),
            TypeOf::OrFiller(schema) => visitor.or_filler(schema),
        }
    }
}

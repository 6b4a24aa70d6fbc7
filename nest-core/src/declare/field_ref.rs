//! Names of fields that are checked while compiling: what a sum, a table or a link is told to read.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use nest_schema::const_text::Text as Message;
use nest_schema::{Field, Schema, Type};

use crate::PepRecord;

/// A field of the record `R` whose values are of the kind `K`, and which was declared for the use `U`.
///
/// [`field!`](crate::field!) makes one, and refuses to compile where the record has no such field, where it is of another
/// kind, or where its declaration lacks the use. So a function that adds up takes `FieldRef<R, Number, uses::Sum>`, and
/// cannot be given a field that was not declared with `uses(sum)`. The use is [`uses::Any`] where none is needed.
///
/// | kind | fields |
/// | --- | --- |
/// | [`Number`] | whole numbers, decimals, times, and `bool` as 0 or 1 |
/// | [`Label`] | enums without data, `bool`, and numbers and times of at most 1,024 values |
/// | [`Text`] | texts |
/// | [`Person`] | pseudonyms |
///
/// A field that may be absent is of the kind of its values. Lists and arrays are of no kind.
///
/// ```
/// use nest_core::prelude::*;
/// use nest_core::{FieldRef, Number, field, uses};
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct Home {
///     #[pep(range = 1..=12, uses(sum))]
///     people: u8,
/// }
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 3)]
/// struct Assessment {
///     #[pep(pseudonym)]
///     pupil: Pseudonym,
///     #[pep(range = 288..=775, absent = 0, uses(sum))]
///     reading: Option<u16>,
///     home: Home,
/// }
///
/// const READING: FieldRef<Assessment, Number> = field!(Assessment.reading);
/// assert_eq!((READING.path().as_str(), READING.bounds(), READING.place()), ("reading", (288, 775), 1..2));
///
/// // Of an inner record, and for a use that is looked at while compiling.
/// const PEOPLE: FieldRef<Assessment, Number, uses::Sum> = field!(Assessment.home.people);
/// assert_eq!(PEOPLE.field().name, "people");
/// ```
///
/// ```compile_fail
/// # use nest_core::prelude::*;
/// # use nest_core::{FieldRef, Number, field, uses};
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct Score {
///     points: u8,
/// }
///
/// // `points` of `Score` is not declared for this use [use]: add `uses(sum)` to the field
/// const POINTS: FieldRef<Score, Number, uses::Sum> = field!(Score.points);
/// ```
pub struct FieldRef<R, K, U = uses::Any> {
    found: Found,
    #[allow(clippy::type_complexity, reason = "a marker of three parameters")]
    of: PhantomData<fn() -> (R, K, U)>,
}

/// Where a field was found.
#[derive(Clone, Copy)]
struct Found {
    path: &'static [&'static str],
    field: &'static Field,
    start: usize,
    filler: bool,
}

/// Numbers, times, and `bool` as 0 or 1: what has bounds and an order.
#[derive(Debug, Clone, Copy)]
pub enum Number {}

/// At most 1,024 values: enums without data, `bool`, and narrow numbers and times.
#[derive(Debug, Clone, Copy)]
pub enum Label {}

/// Texts.
#[derive(Debug, Clone, Copy)]
pub enum Text {}

/// Pseudonyms.
#[derive(Debug, Clone, Copy)]
pub enum Person {}

/// A kind of field: [`Number`], [`Label`], [`Text`] or [`Person`].
pub trait FieldKind: sealed::Sealed {
    /// What such a field is called in messages.
    #[doc(hidden)]
    const NAME: &'static str;
    #[doc(hidden)]
    const KIND: sealed::Kind;
}

mod sealed {
    pub trait Sealed {}

    #[derive(Clone, Copy)]
    pub enum Kind {
        Number,
        Label,
        Text,
        Person,
    }
}

macro_rules! kinds {
    ($($kind:ident: $name:literal),*) => {$(
        impl sealed::Sealed for $kind {}

        impl FieldKind for $kind {
            const NAME: &'static str = $name;
            const KIND: sealed::Kind = sealed::Kind::$kind;
        }
    )*};
}

kinds!(Number: "a number", Label: "a label", Text: "a text", Person: "a pseudonym");

/// The uses that a [`FieldRef`] can be checked for, as types.
pub mod uses {
    use nest_schema::Use;

    use super::sealed::Sealed;

    /// A use that a field was declared for.
    pub trait FieldUse: Sealed {
        /// The use; `None` where none is needed.
        const USE: Option<Use>;
    }

    macro_rules! uses {
        ($($(#[$doc:meta])* $name:ident = $needs:expr;)*) => {$(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl Sealed for $name {}

            impl FieldUse for $name {
                const USE: Option<Use> = $needs;
            }
        )*};
    }

    uses! {
        /// Whatever the field was declared for.
        Any = None;
        /// `uses(sum)`
        Sum = Some(Use::Sum);
        /// `uses(group_by)`
        GroupBy = Some(Use::GroupBy);
        /// `uses(link_id)`
        LinkId = Some(Use::LinkId);
        /// `uses(block)`
        Block = Some(Use::Block);
        /// `uses(link)`
        Link = Some(Use::Link);
        /// `uses(fuzzy)`
        Fuzzy = Some(Use::Fuzzy);
    }
}

impl<R: PepRecord, K: FieldKind, U: uses::FieldUse> FieldRef<R, K, U> {
    /// What [`field!`](crate::field!) calls.
    ///
    /// # Panics
    ///
    /// With the refusal as its message, while compiling.
    #[doc(hidden)]
    #[track_caller]
    #[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
    pub const fn __find(path: &'static [&'static str]) -> Self {
        let found = find(R::SCHEMA, path);
        if !is_of(&found.field.ty, K::KIND) {
            let text = told(R::SCHEMA, path).str(" is not ").str(K::NAME);
            panic!("{}", text.as_str())
        }
        if let Some(one) = U::USE
            && !found.field.uses.contains(one)
        {
            let text = told(R::SCHEMA, path).str(" is not declared for this use [use]: add `uses(");
            let text = text.str(one.name()).str(")` to the field");
            panic!("{}", text.as_str())
        }
        Self { found, of: PhantomData }
    }
}

impl<R, K, U> FieldRef<R, K, U> {
    /// Where the field stands in the record: `reading`, `home.people`.
    pub fn path(&self) -> String {
        self.found.path.join(".")
    }

    /// The declaration of the field.
    pub const fn field(&self) -> &'static Field {
        self.found.field
    }

    /// Its blocks among those of the record: those of [`Leaf::place`](nest_schema::Leaf::place).
    pub const fn place(&self) -> Range<usize> {
        self.found.start..self.found.start.saturating_add(self.found.field.blocks())
    }

    /// Whether it may hold filler, which is no value: in a record that has variants, or in whose place filler may stand.
    pub const fn may_be_filler(&self) -> bool {
        self.found.filler
    }

    /// The same field for a use, where it was declared for it: for a function that is given the field when the program
    /// runs.
    pub const fn with_use<V: uses::FieldUse>(self) -> Option<FieldRef<R, K, V>> {
        match V::USE {
            Some(one) if !self.found.field.uses.contains(one) => None,
            _ => Some(FieldRef { found: self.found, of: PhantomData }),
        }
    }
}

impl<R, U> FieldRef<R, Number, U> {
    /// The smallest and the largest value: decimals in steps of their grid, times as counts of their unit, `bool` as 0
    /// and 1. The number that stands for absence is not among them.
    pub const fn bounds(&self) -> (i128, i128) {
        match *inner(&self.found.field.ty) {
            Type::Integer { min, max } => (min, max),
            Type::Decimal { min, max, .. } | Type::Time { min, max, .. } => (min as i128, max as i128),
            // The kind `Number` has no other types.
            _ => (0, 1),
        }
    }
}

impl<R, K, U> Clone for FieldRef<R, K, U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, K, U> Copy for FieldRef<R, K, U> {}

impl<R, K, U> fmt::Debug for FieldRef<R, K, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FieldRef").field(&self.path()).finish()
    }
}

/// A value that may be absent is of the kind of the values that are there.
const fn inner(ty: &'static Type) -> &'static Type {
    match ty {
        Type::Optional { item, .. } => item,
        _ => ty,
    }
}

const fn is_of(ty: &'static Type, kind: sealed::Kind) -> bool {
    let ty = inner(ty);
    match kind {
        sealed::Kind::Number => {
            matches!(ty, Type::Bool | Type::Integer { .. } | Type::Decimal { .. } | Type::Time { .. })
        }
        sealed::Kind::Label => match ty.values() {
            Some(values) => values <= 1_024,
            None => false,
        },
        sealed::Kind::Text => matches!(ty, Type::Text { .. }),
        sealed::Kind::Person => matches!(ty, Type::Pseudonym),
    }
}

/// Follows the path, through records within records.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
const fn find(schema: &'static Schema, path: &'static [&'static str]) -> Found {
    let (mut record, mut start, mut filler) = (schema, 0, false);
    let mut depth = 0;
    loop {
        let (field, before) = match at(record, path[depth]) {
            Some(found) => found,
            None => no_field(record, path[depth]),
        };
        start += before;
        filler = filler || !record.variants.is_empty() && !is_equal(field.name, nest_schema::VARIANT);
        depth += 1;
        if depth == path.len() {
            return Found { path, field, start, filler };
        }
        record = match field.ty {
            Type::Record(inner) => inner,
            Type::OrFiller(inner) => {
                filler = true;
                inner
            }
            _ => panic!("{}", told(schema, path.split_at(depth).0).str(" is not a record").as_str()),
        };
    }
}

/// The field of that name, and the blocks before it.
const fn at(schema: &'static Schema, name: &str) -> Option<(&'static Field, usize)> {
    let (mut i, mut before) = (0, 0);
    while i < schema.fields.len() {
        if is_equal(schema.fields[i].name, name) {
            return Some((&schema.fields[i], before));
        }
        before += schema.fields[i].blocks();
        i += 1;
    }
    None
}

#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
const fn no_field(schema: &'static Schema, name: &str) -> ! {
    let mut text = Message::<1024>::new().str("`").str(schema.name).str("` has no field `").str(name);
    text = text.str("`; its fields: ");
    let mut i = 0;
    while i < schema.fields.len() {
        text = text.str(if i > 0 { ", `" } else { "`" }).str(schema.fields[i].name).str("`");
        i += 1;
    }
    panic!("{}", text.as_str())
}

/// `` `home.people` of `Assessment` ``
const fn told(schema: &Schema, path: &[&str]) -> Message<1024> {
    let mut text = Message::new().str("`");
    let mut i = 0;
    while i < path.len() {
        text = text.str(if i > 0 { "." } else { "" }).str(path[i]);
        i += 1;
    }
    text.str("` of `").str(schema.name).str("`")
}

const fn is_equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The name of a field as it was written in `field!`: without `r#`, or without the quotes of a text.
pub const fn field_name(written: &'static str) -> &'static str {
    let bytes = written.as_bytes();
    let (from, to) = match bytes {
        [b'r', b'#', ..] => (2, bytes.len()),
        [b'"', .., b'"'] => (1, bytes.len() - 1),
        _ => return written,
    };
    written.split_at(to).0.split_at(from).1
}

/// A [`FieldRef`]: a field of a record by the name under which it travels, checked while compiling.
///
/// `field!(path::Record.field)`, `field!(Record.inner.field)`; a name that is no identifier stands in quotes,
/// `field!(Record."class size")`. A record with parameters is named by an alias, `type Years = History<Year>;`.
#[macro_export]
macro_rules! field {
    (:: $($record:ident)::+ . $($field:tt).+) => {
        $crate::field!(@ (:: $($record)::+) $($field).+)
    };
    ($($record:ident)::+ . $($field:tt).+) => {
        $crate::field!(@ ($($record)::+) $($field).+)
    };
    (@ ($record:ty) $($field:tt).+) => {
        const {
            $crate::FieldRef::<$record, _, _>::__find(
                const { &[$($crate::__private_v1::field_name(::core::stringify!($field))),+] },
            )
        }
    };
}

//! One field of a record: its name, its type, and what was declared about its values.

use nest_rules::Rule;

use crate::ty::{AbsentOf, TypeOf};
use crate::uses::Uses;

/// A rule that a field sets aside, known for as long as the program runs.
pub type Waiver = WaiverOf<'static>;

/// A rule that a field sets aside, with the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaiverOf<'s> {
    /// The rule.
    pub rule: Rule,
    /// Why it does not apply, in the author's words.
    pub reason: &'s str,
}

/// One field of a record that is known for as long as the program runs.
pub type Field = FieldOf<'static>;

/// One field of a record. [`Field`] is the form that programs meet.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct FieldOf<'s> {
    /// The name under which the field travels, in clear: the Rust name, or that of `rename`.
    pub name: &'s str,
    /// The documentation comment of the field, lines joined by `\n`; empty where there is none.
    pub doc: &'s str,
    /// The technical type, with every declared bound.
    pub ty: TypeOf<'s>,
    /// Whether the pseudonym says whom the record's attributes are about. Where no field is the subject, it is the
    /// participant of the message.
    pub subject: bool,
    /// How the field is kept in storage.
    pub at_rest: AtRest,
    /// What may be done with its values, beyond exchanging them.
    pub uses: Uses,
    /// How sensitive it is: `personal`, `education`, `medical`, …, or `custom:…`.
    pub logical: Option<&'s str>,
    /// The unit of its values: a symbol of UCUM or SenML, or a word.
    pub unit: Option<&'s str>,
    /// What tells it from a field of the same kind elsewhere: `outside`, `inside`.
    pub context: Option<&'s str>,
    /// The canonical form of its texts, as in `nfc,trim,upper`.
    pub canon: Option<&'s str>,
    /// The rules that the field sets aside.
    pub waivers: &'s [WaiverOf<'s>],
}

/// How a field is kept in storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum AtRest {
    /// Sealed with the other fields of its record, under the key of the person: `at_rest = "sealed"`.
    #[default]
    Sealed,
    /// Sealed by itself, under the key of the person: `at_rest = "alone"`.
    Alone,
    /// Readable, so that a database can search and sort by it: `at_rest = "plain"`.
    Plain,
}

impl AtRest {
    /// The name, as in a declaration.
    pub const fn name(self) -> &'static str {
        match self {
            AtRest::Sealed => "sealed",
            AtRest::Alone => "alone",
            AtRest::Plain => "plain",
        }
    }

    /// What that name stands for.
    pub fn parse(name: &str) -> Option<Self> {
        [AtRest::Sealed, AtRest::Alone, AtRest::Plain].into_iter().find(|at_rest| at_rest.name() == name)
    }
}

/// Whether a field says who a record is about or what is said of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A pseudonym, or a list of them: it changes when the record moves to another domain.
    Pseudonym,
    /// A value: it stays the same in every domain.
    Attribute,
    /// A nested record, whose fields have roles of their own.
    Record,
}

impl<'s> FieldOf<'s> {
    /// A field with a name and a type, and nothing else declared.
    pub const fn new(name: &'s str, ty: TypeOf<'s>) -> Self {
        Self {
            name,
            doc: "",
            ty,
            subject: false,
            at_rest: AtRest::Sealed,
            uses: Uses::NONE,
            logical: None,
            unit: None,
            context: None,
            canon: None,
            waivers: &[],
        }
    }

    /// With a documentation comment.
    pub const fn with_doc(self, doc: &'s str) -> Self {
        Self { doc, ..self }
    }

    /// As the subject of the record's attributes.
    pub const fn as_subject(self) -> Self {
        Self { subject: true, ..self }
    }

    /// Kept like this in storage.
    pub const fn with_at_rest(self, at_rest: AtRest) -> Self {
        Self { at_rest, ..self }
    }

    /// With these uses.
    pub const fn with_uses(self, uses: Uses) -> Self {
        Self { uses, ..self }
    }

    /// Of this logical type.
    pub const fn with_logical(self, logical: &'s str) -> Self {
        Self { logical: Some(logical), ..self }
    }

    /// In this unit.
    pub const fn with_unit(self, unit: &'s str) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// In this context.
    pub const fn with_context(self, context: &'s str) -> Self {
        Self { context: Some(context), ..self }
    }

    /// In this canonical form.
    pub const fn with_canon(self, canon: &'s str) -> Self {
        Self { canon: Some(canon), ..self }
    }

    /// With these rules set aside.
    pub const fn with_waivers(self, waivers: &'s [WaiverOf<'s>]) -> Self {
        Self { waivers, ..self }
    }

    /// Whether the field holds a pseudonym, an attribute or a record.
    pub const fn role(&self) -> Role {
        self.ty.role()
    }

    /// The number of encryption blocks of every value of the field.
    pub const fn blocks(&self) -> usize {
        self.ty.blocks()
    }

    /// The identifying bits of the field: see [`SchemaOf::bits`](crate::SchemaOf::bits).
    pub const fn bits(&self) -> u32 {
        self.ty.bits()
    }

    /// The value reserved for absence, where the field may be absent.
    pub const fn absent(&self) -> Option<AbsentOf<'s>> {
        match self.ty {
            TypeOf::Optional { absent, .. } => Some(absent),
            _ => None,
        }
    }

    /// Whether the field sets the rule aside.
    #[allow(
        clippy::indexing_slicing,
        reason = "constants cannot use iterators, and the index is below the length"
    )]
    pub const fn waives(&self, rule: Rule) -> bool {
        let mut i = 0;
        while i < self.waivers.len() {
            if self.waivers[i].rule as u8 == rule as u8 {
                return true;
            }
            i += 1;
        }
        false
    }
}

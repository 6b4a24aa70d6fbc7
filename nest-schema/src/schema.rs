//! The schema: all that was declared about a record, as one constant that needs no Rust type to be read.
//!
//! The codec encodes by it, the derive's checks read it, and so does everything that is built later on a
//! record (its report, its API description, storage, sums, queries). There is no second description that
//! could disagree with it.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use crate::field::{FieldOf, WaiverOf};
use crate::fingerprint::Fingerprint;
use crate::leaf::{self, Leaf};
use crate::per_schema;
use crate::ty::bits_of;

/// The description of a record that is known for as long as the program runs: `PepRecord::SCHEMA` of nest-core.
pub type Schema = SchemaOf<'static>;

/// The description of a record. [`Schema`] is the form that programs meet.
///
/// ```
/// # extern crate nest_schema;
/// use nest_schema::{FieldOf, RecordKind, SchemaOf, Type};
///
/// const FIELDS: &[FieldOf<'static>] = &[
///     FieldOf::new("pupil", Type::Pseudonym),
///     FieldOf::new("points", Type::Integer { min: 0, max: 100 }).with_doc("Points out of a hundred."),
/// ];
/// let schema = SchemaOf::new("Score", RecordKind::Record, FIELDS, 2).with_activity("assessment");
///
/// assert_eq!(schema.activity, Some("assessment"));
/// assert_eq!((schema.blocks(), schema.bits()), (2, 7));
/// assert_eq!(schema.field("points").unwrap().doc, "Points out of a hundred.");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SchemaOf<'s> {
    /// The record's name: that of the Rust type.
    pub name: &'s str,
    /// The documentation comment of the type, lines joined by `\n`; empty where there is none.
    pub doc: &'s str,
    /// The activity that the record belongs to, where one was declared.
    pub activity: Option<&'s str>,
    /// The data source that the record belongs to, where one was declared.
    pub source: Option<&'s str>,
    /// The version of the declaration: `#[pep(version = 2)]`, 1 where none was written.
    pub version: u32,
    /// What the record is for.
    pub kind: RecordKind,
    /// The declared budget: the most blocks that the record may take.
    pub max_blocks: usize,
    /// The declared bound on identifying bits, where one was written: see [`max_bits`](Self::max_bits).
    pub declared_max_bits: Option<u32>,
    /// The fields in the order of their declaration. For an enum: the field [`VARIANT`], then those of all
    /// variants.
    pub fields: &'s [FieldOf<'s>],
    /// The variants of an enum, each with the fields that it uses; empty for a struct.
    pub variants: &'s [VariantOf<'s>],
    #[doc(hidden)]
    pub counts: Counts,
}

/// What the fields of a record take together: counted once, since a record within a record may be there many times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    blocks: usize,
    bits: u32,
    depth: usize,
}

impl Counts {
    /// Counts the fields of one record.
    pub const fn of(fields: &[FieldOf<'_>]) -> Self {
        let mut counts = Self { blocks: 0, bits: 0, depth: 1 };
        let mut i = 0;
        while i < fields.len() {
            counts.blocks = counts.blocks.saturating_add(fields[i].blocks());
            counts.bits = counts.bits.saturating_add(fields[i].bits());
            let depth = fields[i].ty.depth().saturating_add(1);
            if depth > counts.depth {
                counts.depth = depth;
            }
            i += 1;
        }
        counts
    }

    /// The bits of values that are each of one variant: those that number all values of all variants together.
    const fn bits_of_variants(fields: &[FieldOf<'_>], variants: &[VariantOf<'_>]) -> u32 {
        let (mut values, mut widest, mut i) = (0_u128, 0, 0);
        while i < variants.len() {
            let (mut bits, mut used) = (0_u32, 0);
            while used < variants[i].fields.len() {
                let mut field = 0;
                while field < fields.len() {
                    if is_same(fields[field].name, variants[i].fields[used]) {
                        bits = bits.saturating_add(fields[field].bits());
                    }
                    field += 1;
                }
                used += 1;
            }
            if bits > widest {
                widest = bits;
            }
            values = values.saturating_add(1_u128.unbounded_shl(bits));
            i += 1;
        }
        // Beyond what can be counted exactly, as if all variants were as wide as the widest.
        if widest < 120 {
            bits_of(values.saturating_sub(1))
        } else {
            widest.saturating_add(bits_of(variants.len().saturating_sub(1) as u128))
        }
    }

    /// The number of blocks.
    pub const fn blocks(self) -> usize {
        self.blocks
    }
}

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordKind {
    /// Data about people.
    Record,
    /// How far something has come: it says as little as it can.
    Progress,
    /// What people are linked by (names, dates of birth), read at home only: it is never sealed, sent or served, and
    /// the rules about identifiers do not apply to it.
    Linkage,
}

impl RecordKind {
    /// The name, as in a declaration.
    pub const fn name(self) -> &'static str {
        match self {
            RecordKind::Record => "record",
            RecordKind::Progress => "progress",
            RecordKind::Linkage => "linkage",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Record, Self::Progress, Self::Linkage].into_iter().find(|kind| kind.name() == name)
    }
}

/// The name under which the variant of an enum travels, encrypted, beside its fields.
pub const VARIANT: &str = "variant";

/// One variant of a record that is an enum, known for as long as the program runs.
pub type Variant = VariantOf<'static>;

/// One variant of a record that is an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantOf<'s> {
    /// The variant's name, or that of `rename`: a label of the field [`VARIANT`].
    pub name: &'s str,
    /// The names of the fields that it uses; the others hold filler.
    pub fields: &'s [&'s str],
}

impl<'s> SchemaOf<'s> {
    /// A record of these fields and this budget, and nothing else declared.
    pub const fn new(name: &'s str, kind: RecordKind, fields: &'s [FieldOf<'s>], max_blocks: usize) -> Self {
        Self {
            name,
            doc: "",
            activity: None,
            source: None,
            version: 1,
            kind,
            max_blocks,
            declared_max_bits: None,
            fields,
            variants: &[],
            counts: Counts::of(fields),
        }
    }

    /// With a documentation comment.
    pub const fn with_doc(self, doc: &'s str) -> Self {
        Self { doc, ..self }
    }

    /// Of this activity.
    pub const fn with_activity(self, activity: &'s str) -> Self {
        Self { activity: Some(activity), ..self }
    }

    /// Of this data source.
    pub const fn with_source(self, source: &'s str) -> Self {
        Self { source: Some(source), ..self }
    }

    /// In this version.
    pub const fn with_version(self, version: u32) -> Self {
        Self { version, ..self }
    }

    /// With this bound on identifying bits.
    pub const fn with_max_bits(self, max_bits: u32) -> Self {
        Self { declared_max_bits: Some(max_bits), ..self }
    }

    /// With these variants.
    pub const fn with_variants(self, variants: &'s [VariantOf<'s>]) -> Self {
        // A struct has none, and its bits are those of all fields.
        if variants.is_empty() {
            return self;
        }
        let bits = Counts::bits_of_variants(self.fields, variants);
        Self { variants, counts: Counts { bits, ..self.counts }, ..self }
    }

    /// The number of encryption blocks of every value of the record.
    pub const fn blocks(&self) -> usize {
        self.counts.blocks
    }

    /// The identifying bits of the record: how many people its attributes can tell apart, as a power of two.
    ///
    /// Each attribute counts the bits that number its values, rounded up: 1 for `bool`, 7 for `0..=100`, eight
    /// for each byte of a text. Those of an enum with data number the values of all its variants together, since each
    /// value is of one variant. Pseudonyms do not count: they are there to tell people apart.
    pub const fn bits(&self) -> u32 {
        self.counts.bits
    }

    /// How many records, arrays and lists are within each other, the record itself included, and lists twice.
    pub const fn depth(&self) -> usize {
        self.counts.depth
    }

    /// The bound on identifying bits: the declared one; without one, 16 for a progress record, none for linking
    /// variables, and 64 for every other record.
    pub const fn max_bits(&self) -> Option<u32> {
        match (self.declared_max_bits, self.kind) {
            (Some(declared), _) => Some(declared),
            (None, RecordKind::Progress) => Some(PROGRESS_MAX_BITS),
            (None, RecordKind::Record) => Some(UNDECLARED_MAX_BITS),
            (None, RecordKind::Linkage) => None,
        }
    }

    /// Every waiver of the record and of the records within it, with the path of its field.
    pub fn waivers(&self) -> Vec<(String, WaiverOf<'s>)> {
        let mut waivers = Vec::new();
        for field in self.fields {
            waivers.extend(field.waivers.iter().map(|waiver| (field.name.to_owned(), *waiver)));
            if let Some(record) = field.ty.record() {
                let inner = record.waivers().into_iter();
                waivers.extend(inner.map(|(path, waiver)| (format!("{}.{path}", field.name), waiver)));
            }
        }
        waivers
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'s FieldOf<'s>> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that says whom the attributes are about, where one was declared. Without one they are about the
    /// participant of the message.
    pub fn subject(&self) -> Option<&'s FieldOf<'s>> {
        self.fields.iter().find(|field| field.subject)
    }

    /// The number of bytes of every value of the record in plaintext: 32 for a pseudonym, 16 for each other block.
    pub const fn plain_len(&self) -> usize {
        let mut len: usize = 0;
        let mut i = 0;
        while i < self.fields.len() {
            len = len.saturating_add(self.fields[i].ty.plain_len());
            i += 1;
        }
        len
    }

    /// The values of the record that cannot be taken apart any further, in the order of their blocks.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf<'s>> + use<'s> {
        leaf::leaves(self).into_iter()
    }
}

impl Schema {
    /// The fingerprint of all that was declared but documentation, budgets and waivers: see [`Fingerprint`].
    ///
    /// Two declarations with one content fingerprint keep and mean the same. It is worked out once in a process.
    pub fn content_fingerprint(&'static self) -> Fingerprint {
        per_schema::fingerprints(self).content
    }

    /// The fingerprint of what says how a value is read: names, types, bounds, labels with codes, absent values,
    /// decimals, units, canonical forms, kind, version and subject. See [`Fingerprint`].
    ///
    /// Two ends whose declarations have one meaning fingerprint understand each other.
    pub fn meaning_fingerprint(&'static self) -> Fingerprint {
        per_schema::fingerprints(self).meaning
    }

    /// The fingerprint of the shape: the same for all schemas whose records look the same on the wire and have their
    /// fields in the same order. See [`Fingerprint`].
    pub fn shape_fingerprint(&'static self) -> Fingerprint {
        per_schema::fingerprints(self).shape
    }
}

/// The bound on the identifying bits of a progress record that declares none.
const PROGRESS_MAX_BITS: u32 = 16;

/// The bound on the identifying bits of any other record that declares none.
const UNDECLARED_MAX_BITS: u32 = 64;

/// Whether two texts are the same, in a constant.
#[allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]
pub(crate) const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut i = 0;
    while i < one.len() && i < other.len() && one[i] == other[i] {
        i += 1;
    }
    i == one.len() && i == other.len()
}

//! Fingerprints of a declaration: by them two ends, or a store and its reader, see that they declare the same.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::field::FieldOf;
use crate::schema::SchemaOf;
use crate::time::TimeUnit;
use crate::ty::{AbsentOf, EnumSchemaOf, LIST_COUNT, LIST_ITEMS, TypeOf};
use crate::visit::TypeVisitor;

/// The bytes that are kept of the hash: enough that no two declarations have one fingerprint by chance, and that
/// it takes 2⁶⁴ hashes to look for two.
const BYTES: usize = 16;

/// A fingerprint of a declaration: 32 hexadecimal digits, in lower case, the same on every platform.
///
/// A declaration has three:
///
/// - [`shape_fingerprint`](crate::SchemaOf::shape_fingerprint): what libpep's JSON of a record would show, in the order
///   of the declaration: names of fields, the kind that each has on the wire, numbers of blocks and of items, and what
///   lies within what. Another range, label or version has the same shape.
/// - [`meaning_fingerprint`](crate::SchemaOf::meaning_fingerprint): what says how a value is read. Two ends that differ
///   in it refuse each other instead of misreading.
/// - [`content_fingerprint`](crate::SchemaOf::content_fingerprint): all that was declared, but documentation, budgets
///   and waivers. Stored records name it.
///
/// # Format
///
/// The first 16 bytes of the SHA-256 of a tag, a text, and of the record. Numbers are eight bytes, the highest first; a
/// text is the number of its bytes, then these; whether something is there is a number, 0 or 1, and where it is there
/// the thing itself follows.
///
/// **Shape**, with the tag `nest shape 1`. A value is its kind, a text, and then
///
/// - `Object`, a record: the number of its fields, and of each the name, a text, and the value;
/// - `Object`, a list: as a record of `count`, a `Number`, and `items`, an `Array`;
/// - `Array`: the number of its items, and, where there are any, one of them as a value;
/// - `Pseudonym`, `Bool`, `Number`, `String` (a text of one block) or `LongString` (of more): the number of its blocks.
///
/// **Meaning**, with the tag `nest meaning 1`. A record is its version; its kind (`record`, `progress`, `linkage`), a
/// text; the number of its variants, and of each its name, the number of its fields and their names; the number of its
/// fields, and of each its name, whether it is the subject, its unit and its canonical form where there are any, both
/// texts, and its type. A type is its name, a text, and then
///
/// - `pseudonym`, `bool`: nothing more;
/// - `integer`: the bounds, each as a text in decimal digits;
/// - `decimal`: the decimals, then the bounds in steps as texts;
/// - `time`: the unit (`year`, `month`, `ISO week`, `day`, `hour`), then the bounds in counts as texts;
/// - `enum`: the number of its labels, and of each its name and its code;
/// - `text`: the most bytes;
/// - `optional`: `number`, `text` or `built-in`, where it is a number or a text this as a text, then the type;
/// - `array`, `list`: the number of items, or the most, then the type;
/// - `record`, `or filler`: the record.
///
/// **Content**, with the tag `nest content 1`: as the meaning, but before each record's version come its name, its
/// activity and its source, the last two where there are any, after each field's canonical form how it is kept (`sealed`,
/// `alone`, `plain`), the number of its uses and their names in the order of [`Use::ALL`](crate::Use::ALL), and its
/// logical type and context, where there are any; and before the labels of an enum comes its name.
///
/// # Privacy
///
/// It says no more than the declaration does, and no less: a party that knows the declaration knows the fingerprint, and
/// it is the same for every value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; BYTES]);

/// A text is no fingerprint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FingerprintError;

impl Fingerprint {
    pub(crate) fn shape(schema: &SchemaOf<'_>) -> Self {
        let mut encoding = Encoding::new("nest shape 1");
        encoding.shape_of_record(schema);
        encoding.finish()
    }

    pub(crate) fn meaning(schema: &SchemaOf<'_>) -> Self {
        let mut encoding = Encoding::new("nest meaning 1");
        encoding.record(schema, false);
        encoding.finish()
    }

    pub(crate) fn content(schema: &SchemaOf<'_>) -> Self {
        let mut encoding = Encoding::new("nest content 1");
        encoding.record(schema, true);
        encoding.finish()
    }

    /// The 16 bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The fingerprint of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// What is hashed: each part tells where it ends, so that no two declarations are the same bytes.
struct Encoding(Sha256);

impl Encoding {
    fn new(tag: &str) -> Self {
        let mut encoding = Self(Sha256::new());
        encoding.text(tag);
        encoding
    }

    fn finish(self) -> Fingerprint {
        let mut bytes = [0; BYTES];
        bytes.iter_mut().zip(self.0.finalize()).for_each(|(byte, hashed)| *byte = hashed);
        Fingerprint(bytes)
    }

    fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text);
    }

    /// The code of a label. One that is negative is told apart from all others by its first bit.
    fn code(&mut self, code: i32) {
        self.0.update(i64::from(code).to_be_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.number(text.is_some().into());
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn shape_of_record(&mut self, schema: &SchemaOf<'_>) {
        self.text("Object");
        self.number(schema.fields.len());
        for field in schema.fields {
            self.text(field.name);
            field.ty.visit(Shape(self));
        }
    }

    fn leaf(&mut self, kind: &str, blocks: usize) {
        self.text(kind);
        self.number(blocks);
    }

    fn items(&mut self, item: &TypeOf<'_>, len: usize) {
        self.text("Array");
        self.number(len);
        if len > 0 {
            item.visit(Shape(self));
        }
    }

    /// A record: its content, or its meaning only.
    fn record(&mut self, schema: &SchemaOf<'_>, content: bool) {
        if content {
            self.text(schema.name);
            self.optional(schema.activity);
            self.optional(schema.source);
        }
        self.number(schema.version as usize);
        self.text(schema.kind.name());
        self.number(schema.variants.len());
        for variant in schema.variants {
            self.text(variant.name);
            self.number(variant.fields.len());
            variant.fields.iter().for_each(|field| self.text(field));
        }
        self.number(schema.fields.len());
        for field in schema.fields {
            self.field(field, content);
        }
    }

    fn field(&mut self, field: &FieldOf<'_>, content: bool) {
        self.text(field.name);
        self.number(field.subject.into());
        self.optional(field.unit);
        self.optional(field.canon);
        if content {
            self.text(field.at_rest.name());
            self.number(field.uses.iter().count());
            field.uses.iter().for_each(|one| self.text(one.name()));
            self.optional(field.logical);
            self.optional(field.context);
        }
        field.ty.visit(Meaning { encoding: self, content });
    }
}

/// What shows of a type on the wire.
struct Shape<'a>(&'a mut Encoding);

impl<'s> TypeVisitor<'s> for Shape<'_> {
    type Output = ();

    fn pseudonym(self) {
        self.0.leaf("Pseudonym", 1);
    }

    fn bool(self) {
        self.0.leaf("Bool", 1);
    }

    fn integer(self, _: i128, _: i128) {
        self.0.leaf("Number", 1);
    }

    fn decimal(self, _: i64, _: i64, _: u8) {
        self.0.leaf("Number", 1);
    }

    fn time(self, _: TimeUnit, _: i64, _: i64) {
        self.0.leaf("Number", 1);
    }

    fn label(self, _: &'s EnumSchemaOf<'s>) {
        self.0.leaf("Number", 1);
    }

    fn text(self, max_bytes: usize) {
        let blocks = TypeOf::Text { max_bytes }.blocks();
        self.0.leaf(if blocks > 1 { "LongString" } else { "String" }, blocks);
    }

    fn optional(self, item: &'s TypeOf<'s>, _: AbsentOf<'s>) {
        item.visit(self);
    }

    fn array(self, item: &'s TypeOf<'s>, len: usize) {
        self.0.items(item, len);
    }

    fn list(self, item: &'s TypeOf<'s>, max_len: usize) {
        self.0.text("Object");
        self.0.number(2);
        self.0.text(LIST_COUNT);
        self.0.leaf("Number", 1);
        self.0.text(LIST_ITEMS);
        self.0.items(item, max_len);
    }

    fn record(self, schema: &'s SchemaOf<'s>) {
        self.0.shape_of_record(schema);
    }

    fn or_filler(self, schema: &'s SchemaOf<'s>) {
        self.0.shape_of_record(schema);
    }
}

/// How a value of a type is read, and where it is the content that is asked for, all else.
struct Meaning<'a> {
    encoding: &'a mut Encoding,
    content: bool,
}

impl Meaning<'_> {
    fn bounds(self, kind: &str, min: i128, max: i128) {
        self.encoding.text(kind);
        self.encoding.text(&min.to_string());
        self.encoding.text(&max.to_string());
    }

    fn items(self, kind: &str, item: &TypeOf<'_>, len: usize) {
        self.encoding.text(kind);
        self.encoding.number(len);
        item.visit(self);
    }

    fn nested(self, kind: &str, schema: &SchemaOf<'_>) {
        self.encoding.text(kind);
        self.encoding.record(schema, self.content);
    }
}

impl<'s> TypeVisitor<'s> for Meaning<'_> {
    type Output = ();

    fn pseudonym(self) {
        self.encoding.text("pseudonym");
    }

    fn bool(self) {
        self.encoding.text("bool");
    }

    fn integer(self, min: i128, max: i128) {
        self.bounds("integer", min, max);
    }

    fn decimal(self, min: i64, max: i64, decimals: u8) {
        self.encoding.text("decimal");
        self.encoding.number(decimals.into());
        self.encoding.text(&min.to_string());
        self.encoding.text(&max.to_string());
    }

    fn time(self, unit: TimeUnit, min: i64, max: i64) {
        self.encoding.text("time");
        self.bounds(unit.name(), min.into(), max.into());
    }

    fn label(self, schema: &'s EnumSchemaOf<'s>) {
        self.encoding.text("enum");
        if self.content {
            self.encoding.text(schema.name);
        }
        self.encoding.number(schema.labels.len());
        for label in schema.labels {
            self.encoding.text(label.name);
            self.encoding.code(label.code);
        }
    }

    fn text(self, max_bytes: usize) {
        self.encoding.text("text");
        self.encoding.number(max_bytes);
    }

    fn optional(self, item: &'s TypeOf<'s>, absent: AbsentOf<'s>) {
        self.encoding.text("optional");
        match absent {
            AbsentOf::Number(number) => {
                self.encoding.text("number");
                self.encoding.text(&number.to_string());
            }
            AbsentOf::Text(text) => {
                self.encoding.text("text");
                self.encoding.text(text);
            }
            AbsentOf::BuiltIn => self.encoding.text("built-in"),
            AbsentOf::Reasons(reasons) => {
                self.encoding.text("reasons");
                Meaning { encoding: &mut *self.encoding, content: self.content }.label(reasons);
            }
        }
        item.visit(self);
    }

    fn array(self, item: &'s TypeOf<'s>, len: usize) {
        self.items("array", item, len);
    }

    fn list(self, item: &'s TypeOf<'s>, max_len: usize) {
        self.items("list", item, max_len);
    }

    fn record(self, schema: &'s SchemaOf<'s>) {
        self.nested("record", schema);
    }

    fn or_filler(self, schema: &'s SchemaOf<'s>) {
        self.nested("or filler", schema);
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// 32 hexadecimal digits, in lower case: the one form in which it is written.
    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let mut bytes = [0; BYTES];
        if pairs.len() != BYTES || !rest.is_empty() {
            return Err(FingerprintError);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(bytes))
    }
}

fn digit(digit: u8) -> Result<u8, FingerprintError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(FingerprintError),
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The format's own message may quote what was sent.
        let text = String::deserialize(deserializer).map_err(|_| D::Error::custom(FingerprintError))?;
        text.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for FingerprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fingerprint has 32 hexadecimal digits, in lower case")
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for FingerprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for FingerprintError {}

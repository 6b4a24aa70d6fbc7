//! How a value becomes blocks, told for programs that have libpep and no Rust: the document says it once, and each field
//! names the encoding that it has.

use nest_core::schema::{Absent, EnumSchema, Schema, Type, TypeVisitor};
use nest_core::time::TimeUnit;
use serde_json::{Value, json};

/// The encoding of a value that cannot be taken apart; `None` of what is made of others.
pub(super) fn of(ty: &'static Type) -> Option<&'static str> {
    ty.visit(Name)
}

/// All of them, each in sentences.
pub(super) fn all() -> Value {
    json!({
        "block": "A block is 16 bytes of plaintext; as libpep's `Attribute` it is the ristretto255 element that Lizard \
            (with SHA-256) makes of them: `Attribute.from_lizard`. Encrypted with the attribute key of the session it is \
            64 bytes, libpep's `EncryptedAttribute`. A record's text is the base64 (for URLs, without padding) of its \
            blocks, one after the other.",
        "padding": "Data of n bytes, at most 15, is followed by 16 - n bytes of the value 16 - n (PKCS #7).",
        "pseudonym": "Not a block of data: the 32 bytes of the element itself, encrypted with the pseudonym key of the \
            session, libpep's `EncryptedPseudonym`.",
        "bool": "One byte, 0 for false, 1 for true and 2 for absent, padded. A reason for absence is the byte 2 and the code \
            of the reason in four bytes, the highest first, of a negative one its two's complement, padded.",
        "integer": "Nine bytes, padded: 0 and the number in eight bytes, the highest first; of a negative number 1 and its \
            two's complement.",
        "decimal": "Nine bytes, padded: 2 and the number as a double of IEEE 754, the highest byte first. It is the double \
            next to the decimal number.",
        "label": "The code of the label, as an integer; absent is 65535. `x-nest` of the field has the codes.",
        "time": "The number of whole units since the first, as an integer; absent is 9223372036854775807. Years are as \
            written; months are 12 times the year and the month from 0; days, ISO weeks and hours count from 1970-01-01, \
            the week of that day and its first hour; times of day are minutes since midnight.",
        "reason": "Why a value is absent, in its place: of a number or a label the code of the reason, as such a number; of \
            a time 1000000000000 and the code; of a text the name of the reason.",
        "text": "UTF-8, cut into pieces of 16 bytes, the last of 0 to 15 bytes and padded; then blocks of 16 zeros up to the \
            number of blocks of the field. A text of one block is one padded block. Absent is the text in `absent` of the \
            field's `x-nest`.",
        "list": "The number of items as an integer, then the items, then filler in the place of those that are missing.",
        "filler": "In a place that is not used: of a pseudonym a new random one, of a bool 0, of a number or a time its \
            smallest value, of a label the code of the first, of a text the empty one, of an optional value absence, of a \
            list none and filler.",
        "mark": "The `x-nest-route` of a route is a part of the tags of its items, whose descriptions say where.",
    })
}

/// Names the encoding by type.
struct Name;

impl TypeVisitor<'static> for Name {
    type Output = Option<&'static str>;

    fn pseudonym(self) -> Self::Output {
        Some("pseudonym")
    }

    fn bool(self) -> Self::Output {
        Some("bool")
    }

    fn integer(self, _: i128, _: i128) -> Self::Output {
        Some("integer")
    }

    fn decimal(self, _: i64, _: i64, _: u8) -> Self::Output {
        Some("decimal")
    }

    fn time(self, _: TimeUnit, _: i64, _: i64) -> Self::Output {
        Some("time")
    }

    fn label(self, _: &'static EnumSchema) -> Self::Output {
        Some("label")
    }

    fn text(self, _: usize) -> Self::Output {
        Some("text")
    }

    fn optional(self, item: &'static Type, _: Absent) -> Self::Output {
        item.visit(self)
    }

    fn array(self, _: &'static Type, _: usize) -> Self::Output {
        None
    }

    fn list(self, _: &'static Type, _: usize) -> Self::Output {
        Some("list")
    }

    fn record(self, _: &'static Schema) -> Self::Output {
        None
    }

    fn or_filler(self, _: &'static Schema) -> Self::Output {
        None
    }
}

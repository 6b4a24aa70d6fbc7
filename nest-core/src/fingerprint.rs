//! The fingerprint of a shape: by it two ends see that they declare the same record, where no name travels.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::per_schema::PerSchema;
use crate::schema::Schema;
use crate::wire::Shape;

/// What is hashed first, so that no other hash of the same bytes is a fingerprint. The number goes up with the
/// encoding below.
const PREFIX: &str = "nest shape 1";

/// The bytes that are kept of the hash: enough that nobody finds two shapes with one fingerprint by chance, and that
/// it would take 2⁶⁴ hashes to look for them.
const BYTES: usize = 16;

/// The fingerprint of a record's shape: [`Schema::shape_fingerprint`].
///
/// Two ends that leave names out, since both know them from the declaration, compare this instead. It is over what
/// libpep's JSON of the record would show, in the order of the declaration, and over nothing else: names of fields,
/// the kind that each has on the wire, numbers of blocks and of items, and what lies within what. So a field that is
/// renamed, moved, added, or of another size is another fingerprint; another range, label, documentation, activity,
/// version or budget is not, nor is a value that may now be absent.
///
/// ```
/// use nest_core::prelude::*;
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct Score {
///     #[pep(pseudonym)]
///     pupil: Pseudonym,
///     #[pep(range = 0..=100)]
///     points: u8,
/// }
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct Turned {
///     #[pep(range = 0..=100)]
///     points: u8,
///     #[pep(pseudonym)]
///     pupil: Pseudonym,
/// }
///
/// let fingerprint = Score::SCHEMA.shape_fingerprint();
/// assert_eq!(fingerprint.to_string(), "22b6eefae044dfe0269e96f503571e86");
/// assert_ne!(fingerprint, Turned::SCHEMA.shape_fingerprint());
/// ```
///
/// # Format
///
/// 32 hexadecimal digits, in lower case: the first 16 bytes of the SHA-256 of the text `nest shape 1` and of the record
/// as a value. Numbers are eight bytes, the highest first; a text is the number of its bytes, then these. A value is
/// its kind, a text, and then
///
/// - `Object`, a record: the number of its fields, and of each the name, a text, and the value;
/// - `Object`, a list: as a record of `count`, a `Number`, and `items`, an `Array`;
/// - `Array`: the number of its items, and, where there are any, one of them as a value;
/// - `Pseudonym`, `Bool`, `Number`, `String` (a text of one block) or `LongString` (of more): the number of its blocks.
///
/// # Privacy
///
/// It says no more than the shape does, and no less: whoever knows the declaration knows the fingerprint, and it is
/// the same for every value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; BYTES]);

/// Why a text is no fingerprint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FingerprintError;

impl Fingerprint {
    /// Of a schema, worked out once: every message names it.
    pub(crate) fn of(schema: &'static Schema) -> Self {
        static KNOWN: PerSchema<Fingerprint> = PerSchema::new();
        KNOWN.of(schema, || {
            let mut encoding = Encoding(Sha256::new());
            encoding.text(PREFIX);
            encoding.value(Shape::Record(schema));
            let mut bytes = [0; BYTES];
            bytes.iter_mut().zip(encoding.0.finalize()).for_each(|(byte, hashed)| *byte = hashed);
            Self(bytes)
        })
    }
}

/// What is hashed: each part tells where it ends, so that no two shapes are the same bytes.
struct Encoding(Sha256);

impl Encoding {
    fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text);
    }

    fn value(&mut self, shape: Shape) {
        self.text(shape.tag());
        match shape {
            Shape::Record(_) | Shape::List(..) => {
                let keys = shape.keys();
                self.number(keys.len());
                for key in keys {
                    self.text(key.name);
                    self.value(key.shape);
                }
            }
            Shape::Items(item, len) => {
                self.number(len);
                if len > 0 {
                    self.value(Shape::of(item));
                }
            }
            Shape::Type(ty) => self.number(ty.blocks()),
        }
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

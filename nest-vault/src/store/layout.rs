//! How the bytes of a record are divided: what is sealed together, what alone, and the people it names.

use std::ops::Range;

use nest_core::schema::{AtRest, Schema, Type};
use nest_core::value::{PlainRecord, Value};
use zeroize::Zeroizing;

use crate::database::{Param, Row};
use crate::envelope::suite::MOST_PLAINTEXT;
use crate::error::VaultError;

/// The division of one declaration. It follows from the declaration alone.
pub(crate) struct Layout {
    pub(crate) schema: &'static Schema,
    /// The content fingerprint of the declaration: every row names it.
    pub(crate) declared: [u8; 16],
    /// What the envelope of the subject holds, in order.
    together: Vec<Range<usize>>,
    /// What has an envelope of its own: the field's path and its bytes.
    pub(crate) alone: Vec<(String, Range<usize>)>,
    /// What also stands readable in a column.
    pub(crate) plain: Vec<Plain>,
    /// The pseudonyms.
    pub(crate) people: Vec<Slot>,
}

/// A readable column: a copy of a value that is sealed as well.
pub(crate) struct Plain {
    pub(crate) path: String,
    pub(crate) is_text: bool,
    /// The reasons for absence, each with the number that stands for it.
    reasons: Vec<(&'static str, i128)>,
}

/// A place for a pseudonym.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) path: String,
    pub(crate) bytes: Range<usize>,
    pub(crate) is_subject: bool,
    /// Filler may stand here instead of a person. The bytes are then in the envelope of the subject.
    pub(crate) filler: bool,
}

impl Layout {
    pub(crate) fn of(schema: &'static Schema) -> Result<Self, VaultError> {
        let mut layout = Self {
            schema,
            declared: schema.content_fingerprint().to_bytes(),
            together: Vec::new(),
            alone: Vec::new(),
            plain: Vec::new(),
            people: Vec::new(),
        };
        for leaf in schema.leaves() {
            // What is said of a nested record holds for what is in it.
            let top = leaf.path.split(['.', '[']).next().and_then(|name| schema.field(name));
            let at_rest = match (leaf.field.at_rest, top) {
                (AtRest::Sealed, Some(top)) => top.at_rest,
                (own, _) => own,
            };
            let is_subject = leaf.field.subject;
            if leaf.ty == Type::Pseudonym {
                if is_subject || leaf.filler {
                    layout.together.push(leaf.bytes.clone());
                }
                layout.people.push(Slot {
                    path: leaf.path,
                    bytes: leaf.bytes,
                    is_subject,
                    filler: leaf.filler,
                });
                continue;
            }
            match at_rest {
                AtRest::Alone => {
                    let path = leaf.path.split('[').next().unwrap_or_default();
                    let path = path.strip_suffix(".count").unwrap_or(path).to_owned();
                    match layout.alone.last_mut() {
                        Some((last, bytes)) if *last == path && bytes.end == leaf.bytes.start => {
                            bytes.end = leaf.bytes.end;
                        }
                        _ => layout.alone.push((path, leaf.bytes)),
                    }
                    continue;
                }
                AtRest::Plain => {
                    let is_text = !matches!(
                        inner(&leaf.ty),
                        Type::Bool | Type::Decimal { .. } | Type::Integer { min: MIN.., max: ..=MAX }
                    );
                    let reasons = reasons(&leaf.ty);
                    layout.plain.push(Plain { path: leaf.path, is_text, reasons });
                }
                _ => {}
            }
            layout.together.push(leaf.bytes);
        }
        let longest = layout.alone.iter().map(|(_, bytes)| bytes.len());
        let together: usize = layout.together.iter().map(Range::len).sum();
        if longest.chain([together]).any(|len| len > MOST_PLAINTEXT) {
            return Err(VaultError::TooLarge);
        }
        Ok(layout)
    }

    /// What the envelope of the subject holds of a record. Where somebody else than the subject stands in a place for
    /// filler, there are zeros.
    pub(crate) fn together(&self, record: &[u8], others: &[&Slot]) -> Zeroizing<Vec<u8>> {
        let len = self.together.iter().map(Range::len).sum();
        let mut text = Zeroizing::new(Vec::with_capacity(len));
        for range in &self.together {
            if others.iter().any(|slot| slot.bytes == *range) {
                text.extend(range.clone().map(|_| 0));
            } else {
                text.extend_from_slice(record.get(range.clone()).unwrap_or_default());
            }
        }
        text
    }

    /// Puts back what [`together`](Self::together) took; `None` where the length is another.
    pub(crate) fn put_together(&self, text: &[u8], record: &mut [u8]) -> Option<()> {
        let mut rest = text;
        for range in &self.together {
            let (own, left) = rest.split_at_checked(range.len())?;
            rest = left;
            record.get_mut(range.clone())?.copy_from_slice(own);
        }
        rest.is_empty().then_some(())
    }
}

const MIN: i128 = i64::MIN as i128;
const MAX: i128 = i64::MAX as i128;

fn inner(ty: &Type) -> Type {
    match *ty {
        Type::Optional { item, .. } => *item,
        other => other,
    }
}

/// The reasons for the absence of a value, with the numbers that stand for them.
fn reasons(ty: &Type) -> Vec<(&'static str, i128)> {
    match *ty {
        Type::Optional { item, absent } => {
            absent.reasons().iter().map(|reason| (reason.name, reason.reason_number(item))).collect()
        }
        _ => Vec::new(),
    }
}

impl Plain {
    /// The name of its column.
    pub(crate) fn column(&self) -> String {
        column("plain", &self.path)
    }

    /// The value as it stands in the column.
    pub(crate) fn param(&self, record: &PlainRecord) -> Param {
        let value = record.get(&self.path).unwrap_or(Value::Absent);
        let number = |number: i128| (number, number.to_string());
        let (number, text) = match value {
            Value::Bool(value) => number(value.into()),
            Value::Integer(value) => number(value),
            Value::Decimal { steps, .. } => number(steps.into()),
            Value::Time { unit, count } => (0, unit.format(count)),
            Value::Label(text) | Value::Text(text) => (0, text),
            // In a column of numbers as the number that it travels as, which is none of the values.
            Value::Reason(name) => {
                let known = self.reasons.iter().find(|(known, _)| *known == name);
                (known.map_or(0, |(_, number)| *number), name)
            }
            _ if self.is_text => return Param::Text(None),
            _ => return Param::Int(None),
        };
        match i64::try_from(number) {
            Ok(number) if !self.is_text => number.into(),
            _ => Param::Text(Some(text)),
        }
    }

    /// Whether the column says what is sealed.
    pub(crate) fn agrees(&self, record: &PlainRecord, row: &Row, place: usize) -> bool {
        match self.param(record) {
            Param::Text(text) => row.text_or_null(place).is_ok_and(|kept| kept == text),
            Param::Int(number) => row.int_or_null(place).is_ok_and(|kept| kept == number),
            Param::Bytes(_) | Param::Set(_) => false,
        }
    }
}

/// The name of a column or table for this path, which is no longer than PostgreSQL allows.
pub(crate) fn column(kind: &str, path: &str) -> String {
    use sha2::Digest as _;
    let name = format!("{kind}_{path}");
    if name.len() <= 60 {
        return name;
    }
    let hash = sha2::Sha256::digest(path.as_bytes());
    let hash = crate::id::to_hex(hash.split_at_checked(8).map_or(&[], |(head, _)| head));
    let end = (0..=40).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    format!("{}_{hash}", name.split_at_checked(end).map_or("", |(head, _)| head))
}

//! One record as it was sent: its labels, each of the type that it must have.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::decimal::Decimal;
use super::error::SenmlFault;

const MAX_UNIT: usize = 32;
const MAX_TEXT: usize = 4_096;
const MAX_NAME: usize = 255;

/// A record before it is resolved.
#[derive(Default)]
pub(super) struct Record<'a> {
    pub(super) base_name: Option<Cow<'a, str>>,
    pub(super) base_time: Option<Decimal>,
    pub(super) base_unit: Option<Cow<'a, str>>,
    pub(super) base_value: Option<Decimal>,
    pub(super) base_sum: Option<Decimal>,
    pub(super) base_version: Option<u64>,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) unit: Option<Cow<'a, str>>,
    pub(super) value: Option<Decimal>,
    pub(super) text: Option<Cow<'a, str>>,
    pub(super) flag: Option<bool>,
    pub(super) data: Option<Cow<'a, str>>,
    pub(super) sum: Option<Decimal>,
    pub(super) time: Option<Decimal>,
    update: Option<Decimal>,
}

/// A record, or its first fault with the label. It always reads a whole object, so that the next record can be read.
pub(super) struct Outcome<'a>(pub(super) Result<Record<'a>, (String, SenmlFault)>);

impl<'de> Deserialize<'de> for Outcome<'de> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Labels)
    }
}

struct Labels;

impl<'de> Visitor<'de> for Labels {
    type Value = Outcome<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outcome<'de>, A::Error> {
        let mut record = Record::default();
        let mut fault = None;
        while let Some(Label(label)) = map.next_key()? {
            let raw: &'de RawValue = map.next_value()?;
            if fault.is_none()
                && let Err(found) = record.set(&label, raw.get())
            {
                fault = Some((label.into_owned(), found));
            }
        }
        Ok(Outcome(match fault {
            None => Ok(record),
            Some(fault) => Err(fault),
        }))
    }
}

/// A key, borrowed where it can be.
struct Label<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Label<'de> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key;

        impl<'de> Visitor<'de> for Key {
            type Value = Label<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a label")
            }

            fn visit_borrowed_str<E>(self, label: &'de str) -> Result<Label<'de>, E> {
                Ok(Label(Cow::Borrowed(label)))
            }

            fn visit_str<E>(self, label: &str) -> Result<Label<'de>, E> {
                Ok(Label(Cow::Owned(label.to_owned())))
            }
        }

        deserializer.deserialize_str(Key)
    }
}

impl<'a> Record<'a> {
    /// Sets a label from the text of its value.
    fn set(&mut self, label: &str, raw: &'a str) -> Result<(), SenmlFault> {
        match label {
            "bn" => once(&mut self.base_name, text(raw, MAX_NAME)?),
            "bt" => once(&mut self.base_time, number(raw)?),
            "bu" => once(&mut self.base_unit, text(raw, MAX_UNIT)?),
            "bv" => once(&mut self.base_value, number(raw)?),
            "bs" => once(&mut self.base_sum, number(raw)?),
            "bver" => once(&mut self.base_version, raw.parse().map_err(|_| SenmlFault::Type)?),
            "n" => once(&mut self.name, text(raw, MAX_NAME)?),
            "u" => once(&mut self.unit, text(raw, MAX_UNIT)?),
            "v" => once(&mut self.value, number(raw)?),
            "vs" => once(&mut self.text, text(raw, MAX_TEXT)?),
            "vb" => once(&mut self.flag, raw.parse().map_err(|_| SenmlFault::Type)?),
            "vd" => once(&mut self.data, text(raw, MAX_TEXT)?),
            "s" => once(&mut self.sum, number(raw)?),
            "t" => once(&mut self.time, number(raw)?),
            "ut" => once(&mut self.update, number(raw)?),
            label if label.ends_with('_') => Err(SenmlFault::MustUnderstand),
            // Other labels are for others.
            _ => Ok(()),
        }
    }
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), SenmlFault> {
    if slot.is_some() {
        return Err(SenmlFault::Twice);
    }
    *slot = Some(value);
    Ok(())
}

fn number(raw: &str) -> Result<Decimal, SenmlFault> {
    if !raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Err(SenmlFault::Type);
    }
    Decimal::parse(raw).ok_or(SenmlFault::Number)
}

fn text(raw: &str, most: usize) -> Result<Cow<'_, str>, SenmlFault> {
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).ok_or(SenmlFault::Type)?;
    let text = if inner.contains('\\') {
        Cow::Owned(serde_json::from_str(raw).map_err(|_| SenmlFault::Type)?)
    } else {
        Cow::Borrowed(inner)
    };
    if text.len() > most { Err(SenmlFault::Long) } else { Ok(text) }
}

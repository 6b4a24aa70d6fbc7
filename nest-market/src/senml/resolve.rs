//! From records with base fields to readings that stand alone (RFC 8428, section 4.6).

use super::decimal::Decimal;
use super::error::{SenmlError, SenmlFault};
use super::record::Record;
use super::units::is_secondary;
use super::value::ReadingValue;

/// What to do with a record that has base fields and no value. Some devices begin every pack with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum BaseOnly {
    /// It is a fault, as RFC 8428 says.
    #[default]
    Refuse,
    /// Its base fields count for the records after it.
    Accept,
}

/// How packs of a source are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The time of arrival, in milliseconds since 1970: relative times count from here.
    pub now: i64,
    /// Records that have base fields only.
    pub base_only: BaseOnly,
}

impl Rules {
    /// The rules of RFC 8428, for a pack that arrives now.
    pub const fn strict(now: i64) -> Self {
        Self { now, base_only: BaseOnly::Refuse }
    }
}

/// One reading, resolved. Its `Debug` shows nothing but the place in the pack: the rest is about a person.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading {
    /// Which record of the pack it was, from 0.
    pub record: usize,
    /// The whole name of the sensor.
    pub name: String,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// The unit, where one is given.
    pub unit: Option<String>,
    /// What was measured; none where the record has only a sum.
    pub value: Option<ReadingValue>,
    /// The integral of the value over time, where it is given.
    pub sum: Option<Decimal>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("record", &self.record).finish_non_exhaustive()
    }
}

/// The base fields that count for the records to come.
#[derive(Default, Clone)]
pub(super) struct Base {
    name: String,
    time: Option<Decimal>,
    unit: Option<String>,
    value: Option<Decimal>,
    sum: Option<Decimal>,
    version: Option<u64>,
}

/// The version of RFC 8428, and the same with the secondary units of RFC 9100 (feature 4).
const VERSION: u64 = 10;
const WITH_SECONDARY_UNITS: u64 = VERSION + (1 << 4);

/// Below this many seconds, a time is relative to now (RFC 8428, section 4.5.3).
const RELATIVE_BELOW: i128 = 1 << 28;

const MAX_NAME: usize = 255;

/// The largest time, in milliseconds: what counts of nanoseconds in 64 bits reach.
const MAX_TIME: i128 = 9_223_372_036_854;

impl Base {
    /// Resolves a record. None where it only has base fields, and that is allowed.
    ///
    /// Base fields of a record that is at fault do not count for those after it.
    pub(super) fn resolve(
        &mut self,
        number: usize,
        record: Record<'_>,
        rules: &Rules,
    ) -> Result<Option<Reading>, SenmlError> {
        let fault = |label: &str, fault: SenmlFault| Err(SenmlError::at(number, label, fault));
        let mut base = self.clone();
        let has_base = record.takes_base_into(&mut base);
        if let Some(version) = record.base_version {
            let known = self.version.unwrap_or(version);
            if ![VERSION, WITH_SECONDARY_UNITS].contains(&version) || known != version {
                return fault("bver", SenmlFault::Version);
            }
            base.version = Some(version);
        }
        let unit = record.unit.as_deref().or(base.unit.as_deref()).filter(|unit| !unit.is_empty());
        let unit_label = if record.unit.is_some() { "u" } else { "bu" };
        if unit.is_some_and(is_secondary) && base.version != Some(WITH_SECONDARY_UNITS) {
            return fault(unit_label, SenmlFault::SecondaryUnit);
        }
        let value = match (record.value, record.text, record.flag, record.data) {
            (None, None, None, None) => None,
            (Some(value), None, None, None) => {
                let value = value.checked_add(base.value.unwrap_or(Decimal::ZERO));
                match value {
                    Some(value) => Some(ReadingValue::Number(value)),
                    None => return fault("v", SenmlFault::Number),
                }
            }
            (None, Some(text), None, None) => Some(ReadingValue::Text(text.into_owned())),
            (None, None, Some(flag), None) => Some(ReadingValue::Flag(flag)),
            (None, None, None, Some(data)) => Some(ReadingValue::Data(data.into_owned())),
            _ => return fault("v", SenmlFault::Values),
        };
        // Of the sum and its base, one that is missing counts as zero. A base alone is no reading.
        let sum = match (record.sum, base.sum) {
            (None, None) => None,
            (None, Some(base)) => value.as_ref().map(|_| base),
            (Some(sum), base) => match sum.checked_add(base.unwrap_or(Decimal::ZERO)) {
                Some(sum) => Some(sum),
                None => return fault("s", SenmlFault::Number),
            },
        };
        if value.is_none() && sum.is_none() {
            return match (has_base, rules.base_only) {
                (true, BaseOnly::Accept) if record.name.is_none() && record.time.is_none() => {
                    *self = base;
                    Ok(None)
                }
                (true, _) => fault("", SenmlFault::BaseOnly),
                (false, _) => fault("", SenmlFault::NoValue),
            };
        }
        let name = format!("{}{}", base.name, record.name.as_deref().unwrap_or_default());
        if !is_sensor_name(&name) {
            return fault(if record.name.is_some() { "n" } else { "bn" }, SenmlFault::Name);
        }
        let offset = record.time.unwrap_or(Decimal::ZERO);
        let time = base.time.unwrap_or(Decimal::ZERO).checked_add(offset).and_then(|time| time.floor_to(3));
        let time = time.and_then(|millis| {
            let millis =
                if millis < RELATIVE_BELOW * 1_000 { millis.checked_add(rules.now.into())? } else { millis };
            (0..=MAX_TIME).contains(&millis).then(|| i64::try_from(millis).ok()).flatten()
        });
        let Some(time) = time else {
            return fault(if record.time.is_some() { "t" } else { "bt" }, SenmlFault::Number);
        };
        let unit = unit.map(str::to_owned);
        *self = base;
        Ok(Some(Reading { record: number, name, time, unit, value, sum }))
    }
}

impl Record<'_> {
    /// Whether there were base fields.
    fn takes_base_into(&self, base: &mut Base) -> bool {
        let mut has = self.base_version.is_some();
        if let Some(name) = &self.base_name {
            base.name = name.to_string();
            has = true;
        }
        if let Some(unit) = &self.base_unit {
            base.unit = Some(unit.to_string());
            has = true;
        }
        for (from, to) in [
            (self.base_time, &mut base.time),
            (self.base_value, &mut base.value),
            (self.base_sum, &mut base.sum),
        ] {
            if from.is_some() {
                *to = from;
                has = true;
            }
        }
        has
    }
}

fn is_sensor_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= MAX_NAME
        && bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-:./_".contains(&byte))
}

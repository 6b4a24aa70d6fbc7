//! A first manifest from the columns of a file: narrow where the values are, for a person to narrow further.

use std::collections::BTreeSet;
use std::path::Path;

use csv::StringRecord;
use nest_core::schema::Manifest;
use serde_json::{Map, Value as Json, json};

use super::DataError;
use super::csv::{open, told};

/// The most labels that are proposed: beyond, a column is left to a person.
const MOST_LABELS: usize = 30;

/// The most decimals that are proposed.
const MOST_DECIMALS: usize = 6;

/// The most identifying bits of a record that declares no bound of its own.
const MOST_BITS: u32 = 64;

/// What the values of a column have in common.
struct Seen {
    name: String,
    values: u64,
    absent: bool,
    /// The bounds in units, as long as all values are numbers, and their decimals.
    numbers: Option<(i128, i128)>,
    decimals: usize,
    distinct: Option<BTreeSet<String>>,
}

impl Seen {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: 0,
            absent: false,
            numbers: None,
            decimals: 0,
            distinct: Some(BTreeSet::new()),
        }
    }
}

/// Proposes a manifest for a file, as JSON that is laid out for a person.
///
/// Numbers get the range that the values have, widened to round numbers; up to 30 texts that come back become labels.
/// Other columns are left out, and named beside it, since what they hold may say who somebody is. No field gets a use: a
/// person decides what may be summed.
///
/// # Privacy
///
/// The proposal is made of the data, and a round bound may still be a value that somebody has. Read it before it is
/// shared, and declare what the values may be rather than what they are.
///
/// # Errors
///
/// A [`DataError`] where the file cannot be read, or no column can be proposed.
pub fn propose(path: &Path, delimiter: u8, name: &str) -> Result<Proposal, DataError> {
    let mut reader = open(path, delimiter)?;
    let header = reader.headers().map_err(|error| told(path, &error))?.clone();
    let mut columns: Vec<Seen> = header.iter().map(|name| Seen::new(name.trim())).collect();
    let mut line = StringRecord::new();
    while reader.read_record(&mut line).map_err(|error| told(path, &error))? {
        for (column, value) in columns.iter_mut().zip(line.iter()) {
            column.see(value.trim());
        }
    }
    let (mut fields, mut left_out, mut bits) = (Vec::new(), Vec::new(), 0_u32);
    for column in columns {
        // By itself: a name or a range that the rules refuse is left to a person.
        let field = column.field();
        match field.as_ref().and_then(|field| Some((field, bits_of(field)?))) {
            Some((field, of_it)) => {
                fields.push(field.clone());
                bits = bits.saturating_add(of_it);
            }
            None => left_out.push(column.name),
        }
    }
    if fields.is_empty() {
        return Err(DataError::Propose("no column holds numbers or a few labels: is the delimiter another?"));
    }
    let manifest = if bits > MOST_BITS {
        json!({ "nest": 1, "name": name, "max_bits": bits, "fields": fields })
    } else {
        json!({ "nest": 1, "name": name, "fields": fields })
    };
    let json = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    Ok(Proposal { json, left_out })
}

/// The identifying bits of a field, where it keeps to the rules.
fn bits_of(field: &Json) -> Option<u32> {
    let alone = json!({ "nest": 1, "name": "Proposed", "max_bits": u32::MAX, "fields": [field] });
    Some(Manifest::from_json(&alone.to_string()).ok()?.schema().ok()?.bits())
}

/// A proposed manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proposal {
    /// The manifest, laid out for a person.
    pub json: String,
    /// The columns that are not in it.
    pub left_out: Vec<String>,
}

impl Seen {
    fn see(&mut self, value: &str) {
        if value.is_empty() {
            self.absent = true;
            return;
        }
        self.values += 1;
        let number = parse(value);
        match number {
            Some((steps, decimals)) if self.values == 1 || self.numbers.is_some() => {
                self.put(steps, decimals);
            }
            _ => self.numbers = None,
        }
        if let Some(distinct) = &mut self.distinct {
            distinct.insert(value.to_owned());
            if distinct.len() > MOST_LABELS {
                self.distinct = None;
            }
        }
    }

    /// Widens the bounds by a number, at the larger number of decimals.
    fn put(&mut self, steps: i128, decimals: usize) {
        let (low, high) = self.numbers.unwrap_or((i128::MAX, i128::MIN));
        let (low, high) = if self.numbers.is_some() && decimals > self.decimals {
            let by = 10_i128.pow((decimals - self.decimals) as u32);
            (low * by, high * by)
        } else {
            (low, high)
        };
        let all = self.decimals.max(decimals);
        let steps = steps * 10_i128.pow((all - decimals) as u32);
        self.decimals = all;
        self.numbers = Some((low.min(steps), high.max(steps)));
    }

    /// The field; `None` where a person has to decide.
    fn field(&self) -> Option<Json> {
        let mut field = Map::new();
        field.insert("name".to_owned(), json!(self.name));
        if self.name.is_empty() || self.values == 0 {
            return None;
        }
        let few = self.distinct.as_ref().filter(|distinct| (distinct.len() as u64) < self.values);
        if let Some((low, high)) = self.numbers {
            let (low, high) = (lowest(low, high), round_up(high));
            if self.decimals == 0 {
                field.insert("type".to_owned(), json!("integer"));
                field.insert("min".to_owned(), number(low));
                field.insert("max".to_owned(), number(high));
                if self.absent {
                    field.insert("absent".to_owned(), number(high + 1));
                }
            } else {
                field.insert("type".to_owned(), json!("decimal"));
                let scale = 10_f64.powi(self.decimals as i32);
                field.insert("min".to_owned(), json!(low as f64 / scale));
                field.insert("max".to_owned(), json!(high as f64 / scale));
                field.insert("decimals".to_owned(), json!(self.decimals));
                if self.absent {
                    field.insert("absent".to_owned(), json!((high + 1) as f64 / scale));
                }
            }
            return Some(Json::Object(field));
        }
        let labels = few?;
        field.insert("type".to_owned(), json!("label"));
        field.insert("labels".to_owned(), json!(labels));
        if self.absent {
            field.insert("absent".to_owned(), json!(true));
        }
        Some(Json::Object(field))
    }
}

/// A number in units of its last decimal, where it is one that a manifest can hold.
fn parse(value: &str) -> Option<(i128, usize)> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let plain = !whole.is_empty() && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    // A number with a leading zero is a code and not a number.
    let code = whole.len() > 1 && whole.starts_with('0');
    if !plain || code || part.len() > MOST_DECIMALS || whole.len() > 9 {
        return None;
    }
    let steps: i128 = format!("{whole}{part}").parse().ok()?;
    Some((if value.starts_with('-') { -steps } else { steps }, part.len()))
}

/// The next number away from zero with one digit and zeros.
fn round_up(number: i128) -> i128 {
    if number <= 0 {
        return -round_towards_zero(-number);
    }
    let unit = unit(number);
    number.div_euclid(unit) * unit + if number.rem_euclid(unit) == 0 { 0 } else { unit }
}

/// The smallest bound of values that lie this far apart: 0 where none is negative and the smallest is not far from it.
fn lowest(low: i128, high: i128) -> i128 {
    if low >= 0 && low <= high / 2 { 0 } else { round_down(low) }
}

fn round_down(number: i128) -> i128 {
    -round_up(-number)
}

fn round_towards_zero(number: i128) -> i128 {
    let unit = unit(number);
    number / unit * unit
}

/// The power of ten of the first digit.
fn unit(number: i128) -> i128 {
    10_i128.pow(number.max(1).ilog10())
}

fn number(value: i128) -> Json {
    i64::try_from(value).map_or(Json::Null, |value| json!(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_round_and_hold_the_values() {
        for number in [0_i128, 1, 9, 10, 11, 99, 100, 101, 367, 999, 1_000, -1, -9, -11, -367] {
            assert!(round_up(number) >= number, "{number}");
            assert!(round_down(number) <= number, "{number}");
        }
        assert_eq!(
            (round_up(367), round_down(367), round_up(-367), round_down(-367)),
            (400, 300, -300, -400)
        );
        assert_eq!((round_up(7), round_down(7)), (7, 7));
    }

    #[test]
    fn codes_are_no_numbers() {
        assert_eq!(parse("0042"), None);
        assert_eq!(parse("1234567890"), None);
        assert_eq!(parse("-2.50"), Some((-25, 1)));
        assert_eq!(parse("0.5"), Some((5, 1)));
    }
}

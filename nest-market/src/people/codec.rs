//! The readings of one part of a series as bytes: times as distances, values in as few bytes as they need.

use crate::series::{Series, Value};

/// How the bytes are written.
const FORMAT: u8 = 1;

const NUMBER: u8 = 0;
const TEXT: u8 = 1;

/// The readings as bytes. Times count from `start`, which is not written.
pub(super) fn encode(series: &Series, start: i64) -> Vec<u8> {
    let mut bytes = vec![FORMAT];
    put(&mut bytes, series.len() as u128);
    let mut before = start;
    for (time, value) in series.readings() {
        put(&mut bytes, u128::from(time.abs_diff(before)));
        before = time;
        match value {
            Value::Number(number) => {
                bytes.push(NUMBER);
                // Zigzag: small numbers of either sign are short.
                put(&mut bytes, ((number << 1) ^ (number >> 127)).cast_unsigned());
            }
            Value::Text(text) => {
                bytes.push(TEXT);
                put(&mut bytes, text.len() as u128);
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }
    bytes
}

/// What [`encode`] has written; `None` for anything else.
pub(super) fn decode(bytes: &[u8], start: i64) -> Option<Series> {
    let (&format, mut rest) = bytes.split_first()?;
    if format != FORMAT {
        return None;
    }
    let count = take(&mut rest)?;
    let mut series = Series::new();
    let mut before = start;
    for _ in 0..count {
        let time = before.checked_add_unsigned(u64::try_from(take(&mut rest)?).ok()?)?;
        before = time;
        let (&kind, after) = rest.split_first()?;
        rest = after;
        let value = match kind {
            NUMBER => {
                let zigzag = take(&mut rest)?;
                Value::Number((zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed()))
            }
            TEXT => {
                let len = usize::try_from(take(&mut rest)?).ok()?;
                let (text, after) = rest.split_at_checked(len)?;
                rest = after;
                Value::Text(std::str::from_utf8(text).ok()?.to_owned())
            }
            _ => return None,
        };
        series.insert(time, value);
    }
    rest.is_empty().then_some(series)
}

/// Seven bits in a byte, the lowest first.
fn put(bytes: &mut Vec<u8>, mut number: u128) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u128> {
    let mut number: u128 = 0;
    for shift in (0..128).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u128::from(byte & 0x7f);
        let shifted = part << shift;
        if shifted >> shift != part {
            return None;
        }
        number |= shifted;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A number or a text: a value itself does not show what it is.
    fn value() -> impl Strategy<Value = Result<i128, String>> {
        prop_oneof![any::<i128>().prop_map(Ok), (-1000_i128..1000).prop_map(Ok), ".{0,20}".prop_map(Err),]
    }

    fn of(value: Result<i128, String>) -> Value {
        value.map_or_else(Value::Text, Value::Number)
    }

    proptest! {
        #[test]
        fn readings_come_back(
            start in 0..1_i64 << 45,
            readings in prop::collection::btree_map(0..86_400_000_i64, value(), 0..60),
        ) {
            let series: Series = readings.into_iter().map(|(time, value)| (start + time, of(value))).collect();
            let bytes = encode(&series, start);
            prop_assert!(decode(&bytes, start) == Some(series));
            for len in 0..bytes.len() {
                prop_assert!(decode(&bytes[..len], start).is_none());
            }
        }

        #[test]
        fn nothing_that_is_read_panics(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = decode(&bytes, 0);
        }
    }

    #[test]
    fn a_day_of_minutes_is_short() {
        let series: Series =
            (0..1440).map(|minute| (minute * 60_000, Value::Number(200 + i128::from(minute % 7)))).collect();
        assert!(encode(&series, 0).len() < 1440 * 7);
    }
}

//! Random declarations and records, and their sums in 128 bits to compare with.

use nest_collab::sum::{RawSum, RawSums, SumItem, SumLimits, SumPlan};
use nest_core::schema::{Manifest, Schema};
use nest_core::value::{PlainRecord, Value};
use nest_release::{MinimumCell, MinimumContributors, ReleasePolicy, Suppressible};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

pub(crate) fn seeded(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub(crate) fn manifest(fields: &str) -> &'static Schema {
    let json = format!(r#"{{"nest": 1, "name": "Patient", "max_bits": 4096, "fields": [{fields}]}}"#);
    Manifest::from_json(&json).unwrap().schema().unwrap()
}

/// A record of a whole number, a decimal, a number that may be absent, and a ward.
pub(crate) fn random_schema(rng: &mut StdRng) -> &'static Schema {
    let width = 1_i64 << rng.random_range(1..20);
    let min = rng.random_range(-width..width);
    manifest(&format!(
        r#"{{"name": "visits", "type": "integer", "min": {min}, "max": {}, "uses": ["sum"]}},
           {{"name": "dose", "type": "decimal", "min": -2.5, "max": {}.5, "decimals": 2, "uses": ["sum"]}},
           {{"name": "age", "type": "integer", "min": 0, "max": 120, "absent": 127, "uses": ["sum"]}},
           {{"name": "ward", "type": "integer", "min": 1, "max": 6, "uses": ["group_by"]}}"#,
        min + width,
        width % 50,
    ))
}

pub(crate) fn random_record(schema: &'static Schema, rng: &mut StdRng) -> PlainRecord {
    use nest_core::schema::Type;
    let bounds = |name: &str| match schema.field(name).unwrap().ty {
        Type::Integer { min, max } => (min, max),
        Type::Decimal { min, max, .. } => (min.into(), max.into()),
        _ => panic!("{name}"),
    };
    let mut within = |name: &str| {
        let (min, max) = bounds(name);
        match rng.random_range(0..4) {
            0 => min,
            1 => max,
            _ => rng.random_range(min..=max),
        }
    };
    let (visits, dose, ward) = (within("visits"), within("dose"), within("ward"));
    let mut record = PlainRecord::new(schema);
    record.set("visits", Value::Integer(visits)).unwrap();
    record.set("dose", Value::Decimal { steps: dose as i64, decimals: 2 }).unwrap();
    record.set("ward", Value::Integer(ward)).unwrap();
    if rng.random_range(0..3) > 0 {
        record.set("age", Value::Integer(rng.random_range(0..=120))).unwrap();
    }
    record
}

pub(crate) fn all_items() -> Vec<SumItem> {
    ["count", "visits", "dose", "dose:squares", "age", "age:squares", "ward:histogram"]
        .map(|item| item.parse().unwrap())
        .to_vec()
}

pub(crate) fn plan(schema: &'static Schema, items: &[SumItem], parties: usize) -> SumPlan {
    let limits = SumLimits::new(parties).with_max_records(1_000);
    SumPlan::new(schema, items, if parties == 2 { limits.allow_two() } else { limits }).unwrap()
}

fn number(record: &PlainRecord, field: &str) -> Option<i128> {
    match record.get(field).unwrap() {
        Value::Integer(number) => Some(number),
        Value::Decimal { steps, .. } => Some(steps.into()),
        Value::Absent => None,
        _ => panic!("{field}"),
    }
}

/// Compares every sum with the records themselves, in 128 bits.
pub(crate) fn assert_sums(raw: RawSums, records: &[&PlainRecord]) {
    let minimum = MinimumContributors::new(2);
    for (item, sum) in raw.into_sums() {
        match (&item, sum) {
            (SumItem::Count, RawSum::Count(raw)) => {
                let released = minimum.release(raw).ok().map(|released| released.value);
                assert_eq!(released, Some(records.len() as u64).filter(|count| *count >= 2));
            }
            (SumItem::Sum(field), RawSum::Total(raw)) => {
                let values: Vec<i128> = records.iter().filter_map(|record| number(record, field)).collect();
                let released = minimum.release(raw).ok().map(|released| released.value.steps());
                let expected = (values.len() >= 2).then(|| values.iter().sum::<i128>());
                assert_eq!(released, expected, "{item}");
            }
            (SumItem::Squares(field), RawSum::Total(raw)) => {
                let values: Vec<i128> = records.iter().filter_map(|record| number(record, field)).collect();
                let released = minimum.release(raw).ok().map(|released| released.value.steps());
                let expected =
                    (values.len() >= 2).then(|| values.iter().map(|value| value * value).sum::<i128>());
                assert_eq!(released, expected, "{item}");
            }
            (SumItem::Histogram(field), RawSum::Histogram(raw)) => {
                let Ok(released) = MinimumCell::new(2).release(raw) else {
                    assert!(records.len() < 2);
                    continue;
                };
                let mut shown = 0;
                for (label, cell) in released.value.cells {
                    let label: i128 = label.parse().unwrap();
                    let count = records.iter().filter(|record| number(record, field) == Some(label)).count();
                    if let Suppressible::Value(value) = cell {
                        assert_eq!(value, count as u64, "{item} {label}");
                        shown += 1;
                    }
                }
                assert!(shown > 0 || records.len() < 60, "{} records", records.len());
            }
            _ => panic!("{item} is of another kind"),
        }
    }
}

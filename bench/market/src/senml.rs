//! Reading packs of SenML: to resolved readings, and on to values of an attribute.

use std::error::Error;
use std::hint::black_box;

use nest_market::senml::{Pack, Rules};

use super::best;
use super::people::catalogue;

const RECORDS: usize = 10_000;
const NOW: i64 = 1_764_316_800_000;

/// The pack that all read.
pub(crate) fn pack() -> String {
    let first =
        r#"{"bn": "urn:dev:ow:10e2073a01080063:", "bt": 1764230400, "bu": "Cel", "n": "temp", "v": 20.1}"#;
    let mut records = vec![first.to_owned()];
    records.extend(
        (1..RECORDS).map(|i| format!(r#"{{"n": "temp", "t": {i}, "v": {}.{}}}"#, 10 + i % 20, i % 10)),
    );
    format!("[{}]", records.join(","))
}

/// Nanoseconds a record, for a table that another program writes.
pub(crate) fn nanoseconds() -> Result<(), Box<dyn Error>> {
    let json = pack();
    let each = best(5, 5, || {
        black_box(Pack::parse(json.as_bytes(), &Rules::strict(NOW))?);
        Ok(())
    })?;
    println!("{:.0}", each / RECORDS as f64);
    Ok(())
}

pub(crate) fn measure() -> Result<(), Box<dyn Error>> {
    let json = pack();
    let catalogue = catalogue()?;
    let attribute = catalogue.attribute("Weather", "temperature").ok_or("no attribute")?;
    println!("## Reading SenML\n");
    println!(
        "A pack of {RECORDS} records on one core. serde_json reads the same text into maps and resolves nothing.\n"
    );
    println!("| what | records a second |\n| --- | ---: |");
    let each = best(5, 5, || {
        black_box(serde_json::from_str::<serde_json::Value>(&json)?);
        Ok(())
    })?;
    println!("| serde_json, into maps | {:.0} |", RECORDS as f64 * 1e9 / each);
    let each = best(5, 5, || {
        black_box(Pack::parse(json.as_bytes(), &Rules::strict(NOW))?);
        Ok(())
    })?;
    println!("| ours, resolved | {:.0} |", RECORDS as f64 * 1e9 / each);
    let each = best(5, 5, || {
        for reading in Pack::parse(json.as_bytes(), &Rules::strict(NOW))?.readings() {
            black_box(reading.value_of(attribute)?);
        }
        Ok(())
    })?;
    println!("| ours, to values of an attribute | {:.0} |\n", RECORDS as f64 * 1e9 / each);
    Ok(())
}

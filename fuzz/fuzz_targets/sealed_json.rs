//! JSON that anybody may have sent, read as sealed records and as batches of them.
#![no_main]
#![allow(dead_code, reason = "the modules are those of the tests, which use more of them")]

#[path = "../../nest-core/tests/laws/forged.rs"]
mod forged;
#[path = "../../nest-core/tests/laws/hostile.rs"]
mod hostile;
#[path = "../../nest-core/tests/laws/kinds.rs"]
mod kinds;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use nest_core::PepRecord;
use nest_core::schema::Type;

use crate::kinds::*;

fn read<T: PepRecord>(bytes: &mut Unstructured<'_>) -> Result<()> {
    match bytes.int_in_range(0..=4)? {
        0 => {
            let text = String::from_utf8_lossy(bytes.bytes(bytes.len())?);
            forged::parse_and_write_again::<T>(&text);
            forged::parse_batch_and_write_again::<T>(&text);
        }
        1 | 2 => {
            let json = forged::forged(bytes, &Type::Record(T::SCHEMA))?;
            forged::parse_and_write_again::<T>(&spoilt(bytes, json)?);
        }
        _ => {
            let json = forged::forged_batch(bytes, T::SCHEMA)?;
            forged::parse_batch_and_write_again::<T>(&spoilt(bytes, json)?);
        }
    }
    Ok(())
}

/// Some of the text replaced, now and then.
fn spoilt(bytes: &mut Unstructured<'_>, json: String) -> Result<String> {
    let mut json = json.into_bytes();
    while hostile::rarely(bytes, 4)? && !json.is_empty() {
        let place = bytes.choose_index(json.len())?;
        json[place] = bytes.arbitrary()?;
    }
    Ok(String::from_utf8_lossy(&json).into_owned())
}

fuzz_target!(|data: &[u8]| {
    let bytes = &mut Unstructured::new(data);
    let read = match bytes.int_in_range(0..=6).unwrap_or(0) {
        0 => read::<Plain>,
        1 => read::<Texts>,
        2 => read::<Lists>,
        3 => read::<People>,
        4 => read::<Names>,
        5 => read::<Outcome>,
        _ => read::<Grid<Labels, Inner, 2>>,
    };
    // An error only says that the bytes came to their end.
    let _ = read(bytes);
});

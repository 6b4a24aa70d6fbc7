//! Values that anybody may have sent, read as records of every kind of field.
#![no_main]
#![allow(dead_code, reason = "the modules are those of the tests, which use more of them")]

#[path = "../../nest-core/tests/laws/hostile.rs"]
mod hostile;
#[path = "../../nest-core/tests/laws/kinds.rs"]
mod kinds;
#[path = "../../nest-core/tests/laws/mutate.rs"]
mod mutate;
#[path = "../../nest-core/tests/laws/values.rs"]
mod values;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use nest_core::schema::Type;

use crate::kinds::*;
use crate::values::Sample;

fn read<T: Sample>(bytes: &mut Unstructured<'_>) -> Result<()> {
    let value = match bytes.int_in_range(0..=3)? {
        0 => hostile::anything(bytes, 6)?,
        1 | 2 => hostile::shaped(bytes, &Type::Record(T::SCHEMA))?,
        _ => {
            let changes = bytes.int_in_range(0..=3)?;
            let mut value = T::sample(bytes)?.to_pep().expect("every sample encodes");
            for _ in 0..changes {
                mutate::mutate(bytes, &mut value)?;
            }
            value
        }
    };
    hostile::read_and_write_again::<T>(&value);
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    let bytes = &mut Unstructured::new(data);
    let read = match bytes.int_in_range(0..=17).unwrap_or(0) {
        0 => read::<Assessment>,
        1 => read::<Plain>,
        2 => read::<Ranged>,
        3 => read::<Decimals>,
        4 => read::<Texts>,
        5 => read::<Labels>,
        6 => read::<Absences>,
        7 => read::<Arrays>,
        8 => read::<Lists>,
        9 => read::<Combined>,
        10 => read::<People>,
        11 => read::<Nested>,
        12 => read::<Names>,
        13 => read::<Times>,
        14 => read::<Outcome>,
        15 => read::<History<People>>,
        16 => read::<Grid<Labels, Inner, 2>>,
        _ => read::<Maybe<Outcome>>,
    };
    // An error only says that the bytes came to their end.
    let _ = read(bytes);
});

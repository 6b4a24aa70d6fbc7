//! Blocks that anybody may have sent, opened as records of every kind of field.
#![no_main]
#![allow(dead_code, reason = "the modules are those of the tests, which use more of them")]

#[path = "../../nest-core/tests/laws/ciphers.rs"]
mod ciphers;
#[path = "../../nest-core/tests/laws/hostile.rs"]
mod hostile;
#[path = "../../nest-core/tests/laws/kinds.rs"]
mod kinds;
#[path = "../../nest-core/tests/laws/values.rs"]
mod values;

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

use crate::ciphers::Keys;
use crate::kinds::*;
use crate::values::Sample;

/// One session for all runs: the tables of its keys are made once.
static KEYS: LazyLock<Keys> = LazyLock::new(Keys::new);

fn open<T: Sample>(bytes: &mut Unstructured<'_>) -> Result<()> {
    let sealed = match bytes.int_in_range(0..=7)? {
        0 => bytes.bytes(bytes.len())?.to_vec(),
        _ => ciphers::ciphers::<T>(bytes, &KEYS)?,
    };
    ciphers::open_and_seal_again::<T>(&KEYS, &sealed);
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    let bytes = &mut Unstructured::new(data);
    let open = match bytes.int_in_range(0..=10).unwrap_or(0) {
        0 => open::<Assessment>,
        1 => open::<Plain>,
        2 => open::<Ranged>,
        3 => open::<Decimals>,
        4 => open::<Texts>,
        5 => open::<Labels>,
        6 => open::<Absences>,
        7 => open::<Times>,
        8 => open::<Lists>,
        9 => open::<Visit>,
        _ => open::<Outcome>,
    };
    // An error only says that the bytes came to their end.
    let _ = open(bytes);
});

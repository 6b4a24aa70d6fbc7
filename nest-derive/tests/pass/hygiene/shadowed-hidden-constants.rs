//! Constants of the type itself do not take the place of what the derive writes.

use nest_core::prelude::*;
use nest_core::schema::Field;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
#[allow(dead_code)]
struct Score {
    #[pep(range = 0..=1)]
    points: u8,
}

#[allow(dead_code)]
impl Score {
    const SCHEMA: u8 = 0;
    const __CHECK: u8 = 0;
    const __DECLARED: u8 = 0;
    const __FIELDS: &'static [Field] = &[];
}

fn main() {
    assert_eq!(<Score as PepRecord>::SCHEMA.fields.len(), 1);
}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2, kind = "progress")]
struct Default {
    first: u8,
    second: u8,
}

#[derive(PepRecord)]
#[pep(max_blocks = 3, max_bits = 17, kind = "progress")]
struct Declared {
    first: u8,
    second: u8,
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 3, kind = "record")]
struct Plain {
    first: u8,
    second: u8,
    done: bool,
}

fn main() {
    assert_eq!((Default::SCHEMA.max_bits(), Default::BITS), (Some(16), 16));
    assert_eq!((Declared::SCHEMA.max_bits(), Declared::BITS), (Some(17), 17));
    assert_eq!((Plain::SCHEMA.max_bits(), Plain::BITS), (Some(64), 17));
}

use nest_core::prelude::*;

type Device = u128;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    device: Device,
}

fn main() {}

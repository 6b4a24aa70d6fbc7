use nest_core::prelude::*;

#[derive(Clone)]
struct Uuid([u8; 16]);

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    device: Option<Uuid>,
}

fn main() {}

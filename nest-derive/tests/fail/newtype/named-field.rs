use nest_core::prelude::*;

#[derive(PepField)]
struct Weight {
    grams: u16,
}

fn main() {}

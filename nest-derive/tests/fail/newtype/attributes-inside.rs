use nest_core::prelude::*;

#[derive(PepField)]
struct Weight(#[pep(range = 0..=300)] u16);

fn main() {}

use nest_core::prelude::*;

#[derive(PepField)]
struct Weight(#[pep(range = 0..=300)] u16);

#[derive(PepField)]
#[pep(max_bytes = 15)]
struct Town(String);

fn main() {}

use nest_core::prelude::*;

#[derive(PepField)]
#[pep(max_bytes = 15)]
struct Town(String);

fn main() {}

use nest_core::prelude::*;

#[derive(PepField)]
struct Measured<T>(T);

fn main() {}

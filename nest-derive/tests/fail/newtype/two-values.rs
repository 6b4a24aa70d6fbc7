use nest_core::prelude::*;

#[derive(PepField)]
struct Pressure(u8, u8);

fn main() {}

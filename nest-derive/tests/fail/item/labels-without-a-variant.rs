use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {}

fn main() {}

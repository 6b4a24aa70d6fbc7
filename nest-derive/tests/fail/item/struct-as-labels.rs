use nest_core::prelude::*;

#[derive(PepEnum)]
struct Reason {
    ill: bool,
}

fn main() {}

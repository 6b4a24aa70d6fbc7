use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason<const N: usize> {
    Ill,
    Moved,
}

fn main() {}

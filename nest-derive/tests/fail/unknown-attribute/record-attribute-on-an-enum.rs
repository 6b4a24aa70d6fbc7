use nest_core::prelude::*;

#[derive(PepEnum)]
#[pep(max_blocks = 1)]
enum Reason {
    Ill,
    Moved,
}

fn main() {}

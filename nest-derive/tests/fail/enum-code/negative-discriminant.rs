use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    Ill = -1,
    Moved,
}

fn main() {}

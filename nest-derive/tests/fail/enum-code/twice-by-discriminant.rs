use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    Ill = 3,
    #[pep(code = 3)]
    Moved = 4,
}

fn main() {}

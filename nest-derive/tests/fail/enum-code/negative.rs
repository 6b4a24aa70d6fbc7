use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = -1)]
    Ill,
    Moved,
}

fn main() {}

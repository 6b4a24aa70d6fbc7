use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = 1)]
    Ill,
    #[pep(code = 0)]
    Moved,
    Other,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = 3)]
    Ill,
    #[pep(code = 3)]
    Moved,
}

fn main() {}

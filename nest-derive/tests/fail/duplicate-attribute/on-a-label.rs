use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = 3, code = 4)]
    Ill,
    Moved,
}

fn main() {}

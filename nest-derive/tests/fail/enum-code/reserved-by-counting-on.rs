use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = 65534)]
    Ill,
    Moved,
}

fn main() {}

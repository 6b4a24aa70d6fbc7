use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = 70000)]
    Ill,
    Moved,
}

fn main() {}

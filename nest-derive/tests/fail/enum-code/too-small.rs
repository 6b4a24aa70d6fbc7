use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = -32769)]
    Ill,
    Moved = 2,
    Grown,
}

fn main() {}

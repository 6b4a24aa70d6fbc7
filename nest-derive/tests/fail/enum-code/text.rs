use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = "ill")]
    Ill,
    Moved,
}

fn main() {}

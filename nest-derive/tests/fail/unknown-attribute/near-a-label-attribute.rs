use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    #[pep(cod = 3)]
    Ill,
    Moved,
}

fn main() {}

use nest_core::prelude::*;

const ILL: u16 = 3;

#[derive(PepEnum)]
enum Reason {
    #[pep(code = ILL)]
    Ill,
    Moved,
}

fn main() {}

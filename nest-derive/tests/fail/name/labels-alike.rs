use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    Ill,
    #[pep(rename = "Ill")]
    Sick,
}

fn main() {}

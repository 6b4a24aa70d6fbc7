use nest_core::prelude::*;

#[derive(PepEnum)]
#[pep(activity = "assessment")]
enum Reason {
    Ill,
    Moved,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepField)]
enum Answer {
    Yes,
    No,
}

fn main() {}

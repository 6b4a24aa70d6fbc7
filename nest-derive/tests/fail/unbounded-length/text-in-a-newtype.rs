use nest_core::prelude::*;

#[derive(PepField)]
struct Town(String);

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    town: Town,
}

fn main() {}

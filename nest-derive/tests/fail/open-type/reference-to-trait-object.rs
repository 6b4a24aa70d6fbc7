use nest_core::prelude::*;

trait Content {}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    content: &'static dyn Content,
}

fn main() {}

use nest_core::prelude::*;

trait Content {}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    content: std::sync::Arc<dyn Content>,
}

fn main() {}

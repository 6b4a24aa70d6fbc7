use nest_core::prelude::*;

type Content = serde_json::Value;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    content: Content,
}

fn main() {}

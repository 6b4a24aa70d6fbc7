use nest_core::prelude::*;
use serde_json::Value;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    content: Value,
}

fn main() {}

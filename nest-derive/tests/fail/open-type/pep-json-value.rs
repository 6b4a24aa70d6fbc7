use libpep::data::json::PEPJSONValue;
use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    content: PEPJSONValue,
}

fn main() {}

use nest_core::prelude::*;

type Content = libpep::data::json::PEPJSONValue;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    content: Content,
}

fn main() {}

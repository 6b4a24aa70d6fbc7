use libpep::data::json::EncryptedPEPJSONValue;
use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    content: EncryptedPEPJSONValue,
}

fn main() {}

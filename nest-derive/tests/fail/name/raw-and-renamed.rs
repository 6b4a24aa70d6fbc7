use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    r#type: u8,
    #[pep(rename = "type")]
    kind: u8,
}

fn main() {}

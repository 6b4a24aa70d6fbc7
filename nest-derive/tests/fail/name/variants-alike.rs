use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    #[pep(rename = "Done")]
    Finished,
}

fn main() {}

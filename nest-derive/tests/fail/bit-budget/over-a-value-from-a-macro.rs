use nest_core::prelude::*;

macro_rules! note {
    ($bits:literal) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 1, max_bits = $bits)]
        struct Note {
            score: u8,
        }
    };
}

note!(7);

fn main() {}

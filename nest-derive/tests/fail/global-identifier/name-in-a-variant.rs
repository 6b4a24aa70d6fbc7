use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 5)]
enum Contact {
    Known {
        #[pep(max_bytes = 60)]
        email: String,
    },
    Unknown,
}

fn main() {}

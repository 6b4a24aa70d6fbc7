use nest_core::prelude::*;

macro_rules! note {
    ($ty:ident) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 1)]
        struct Note {
            visits: $ty,
        }
    };
}

note!(u64);

fn main() {}

use nest_core::prelude::*;

macro_rules! note {
    ($ty:ty) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 1)]
        struct Note {
            device: $ty,
        }
    };
}

note!(u128);

fn main() {}

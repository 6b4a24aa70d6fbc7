use nest_core::prelude::*;

macro_rules! note {
    ($ty:ty) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 2)]
        struct Note {
            #[pep(pseudonym)]
            pupil: $ty,
        }
    };
}

note!(libpep::data::long::LongPseudonym);

fn main() {}

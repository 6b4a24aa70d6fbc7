use nest_core::prelude::*;

macro_rules! note {
    ($budget:expr) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = $budget)]
        struct Note {
            answers: [bool; 4],
        }
    };
}

note!(3);

fn main() {}

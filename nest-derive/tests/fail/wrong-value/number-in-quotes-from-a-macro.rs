use nest_core::prelude::*;

macro_rules! note {
    ($bound:expr) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 1)]
        struct Note {
            #[pep(max_bytes = $bound)]
            remark: String,
        }
    };
}

note!("15");

fn main() {}

use nest_core::prelude::*;

macro_rules! note {
    ($name:ident) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 4)]
        struct Note {
            #[pep(max_bytes = 60)]
            $name: String,
        }
    };
}

note!(email);

fn main() {}

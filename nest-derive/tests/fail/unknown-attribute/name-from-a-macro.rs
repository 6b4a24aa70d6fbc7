use nest_core::prelude::*;

macro_rules! note {
    ($attribute:ident) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 1)]
        struct Note {
            #[pep($attribute = 15)]
            remark: String,
        }
    };
}

note!(max_byte);

fn main() {}

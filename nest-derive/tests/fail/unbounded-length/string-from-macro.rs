use nest_core::prelude::*;

macro_rules! note {
    ($($name:ident: $ty:ty),*) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 2)]
        struct Note {
            $($name: $ty,)*
        }
    };
}

note!(aide: bool, remark: String);

fn main() {}

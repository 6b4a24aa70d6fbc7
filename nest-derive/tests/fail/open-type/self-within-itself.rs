use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
enum Group {
    Of {
        #[pep(max_len = 3)]
        groups: Vec<Self>,
    },
    Empty,
}

fn main() {}

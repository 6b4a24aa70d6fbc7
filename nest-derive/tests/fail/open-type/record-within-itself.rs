use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Group {
    open: bool,
    #[pep(max_len = 3)]
    groups: Vec<Group>,
}

fn main() {}

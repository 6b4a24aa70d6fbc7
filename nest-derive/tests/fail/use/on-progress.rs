use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1, kind = "progress")]
struct Note {
    #[pep(uses(group_by))]
    done: bool,
}

fn main() {}

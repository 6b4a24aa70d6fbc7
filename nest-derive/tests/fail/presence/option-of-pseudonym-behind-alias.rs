use nest_core::prelude::*;

type Maybe = Option<Pseudonym>;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(absent)]
    teacher: Maybe,
}

fn main() {}

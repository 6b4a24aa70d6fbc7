use nest_core::prelude::*;

type Maybe<T> = Option<T>;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    aide: Maybe<bool>,
}

fn main() {}

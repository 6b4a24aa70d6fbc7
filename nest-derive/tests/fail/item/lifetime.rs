use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note<'a> {
    done: Flag<'a>,
}

type Flag<'a> = <&'a bool as std::ops::Deref>::Target;

fn main() {}

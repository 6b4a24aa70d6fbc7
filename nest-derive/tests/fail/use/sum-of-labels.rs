use nest_core::prelude::*;

#[derive(PepEnum)]
enum Class {
    Small,
    Regular,
}

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    #[pep(uses(sum))]
    class: Class,
}

fn main() {}

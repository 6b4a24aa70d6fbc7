use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(kind = "linkage", max_blocks = 1)]
struct Person {
    #[pep(max_bytes = 15, uses(link))]
    surname: String,
}

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 400)]
struct Note {
    person: Person,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(kind = "linkage", max_blocks = 1)]
struct Person {
    #[pep(max_bytes = 15, uses(link))]
    surname: String,
}

fn main() {
    let _ = Person { surname: String::new() }.to_pep();
}

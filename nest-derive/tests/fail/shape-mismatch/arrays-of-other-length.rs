use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct Available {
    answers: [bool; 3],
}

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct NotAvailable {
    answers: [bool; 4],
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

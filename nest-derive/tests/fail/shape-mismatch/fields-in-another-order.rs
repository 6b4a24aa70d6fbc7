use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct Available {
    done: bool,
    score: u8,
}

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct NotAvailable {
    score: u8,
    done: bool,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct Available {
    score: u8,
}

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct NotAvailable {
    score: bool,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

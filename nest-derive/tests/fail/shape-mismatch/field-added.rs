use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct Available {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct NotAvailable {
    done: bool,
    score: u8,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

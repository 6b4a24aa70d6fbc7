use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct Available {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct NotAvailable {
    done: u8,
}

type Other = NotAvailable;

nest_core::same_shape!(Available, Other);

fn main() {}

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
}


#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Withdrawn {
    done: u8,
}

nest_core::same_shape!(Available, NotAvailable, Withdrawn);

fn main() {}

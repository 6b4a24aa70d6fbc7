use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct Available {
    #[pep(max_len = 3)]
    answers: Vec<bool>,
}

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct NotAvailable {
    #[pep(max_len = 4)]
    answers: Vec<bool>,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

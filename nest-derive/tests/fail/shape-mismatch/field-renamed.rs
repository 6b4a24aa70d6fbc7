use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct Available {
    score: u8,
}

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct NotAvailable {
    #[pep(rename = "points")]
    score: u8,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

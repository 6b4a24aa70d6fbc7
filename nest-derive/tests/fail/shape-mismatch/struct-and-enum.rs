use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Available {
    Score { points: u8 },
    NoScore,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct NotAvailable {
    points: u8,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Available {
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct NotAvailable {
    done: u8,
}

macro_rules! answers {
    ($($answer:ty),*) => {
        nest_core::same_shape!($($answer),*);
    };
}

answers!(Available, NotAvailable);

fn main() {}

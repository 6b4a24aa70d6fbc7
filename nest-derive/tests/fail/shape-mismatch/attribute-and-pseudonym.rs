use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct Available {
    #[pep(pseudonym)]
    pupil: Pseudonym,
}

#[derive(PepRecord)]
#[pep(max_blocks = 20)]
struct NotAvailable {
    pupil: bool,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Available {
    done: bool,
    #[pep(range = 0..=100)]
    score: u8,
}

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct NotAvailable {
    done: bool,
    /// Always 0.
    #[pep(range = 0..=0)]
    score: u8,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {
    let (one, other) = (Available { done: true, score: 7 }, NotAvailable { done: false, score: 0 });
    assert_eq!(one.to_pep().unwrap().structure(), other.to_pep().unwrap().structure());
    assert_eq!(Available::SCHEMA.shape_fingerprint(), NotAvailable::SCHEMA.shape_fingerprint());
}

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum Available {
    Score { points: u8 },
    NoScore,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum NotAvailable {
    Withdrawn,
    Estimated { points: u8 },
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {
    let (one, other) = (Available::NoScore, NotAvailable::Estimated { points: 3 });
    assert_eq!(one.to_pep().unwrap().structure(), other.to_pep().unwrap().structure());
    assert_eq!(NotAvailable::from_pep(&other.to_pep().unwrap()).unwrap(), other);
}

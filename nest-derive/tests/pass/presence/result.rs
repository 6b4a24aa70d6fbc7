use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
enum Outcome {
    Passed { with_honours: bool },
    Failed { mistakes: u8 },
}

fn main() {
    let (one, other) = (Outcome::Passed { with_honours: true }, Outcome::Failed { mistakes: 12 });
    let (a, b) = (one.to_pep().unwrap(), other.to_pep().unwrap());
    assert_eq!(a.structure(), b.structure());
    assert_eq!(Outcome::from_pep(&a).unwrap(), one);
    assert_eq!(Outcome::from_pep(&b).unwrap(), other);
}

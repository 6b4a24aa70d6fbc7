use nest_core::prelude::*;

#[allow(non_snake_case)]
#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 11, max_bits = 68)]
enum Outcome {
    Done { self_: u8, value: u8, fields: u8, field_0: u8, field_1: u8 },
    Refused { field_1: u8, field_2: bool, T: u8, __nest: u8, code: u8, r#type: bool },
    NotYet,
}

fn main() {
    let all = [
        Outcome::Done { self_: 1, value: 2, fields: 3, field_0: 4, field_1: 5 },
        Outcome::Refused { field_1: 1, field_2: true, T: 3, __nest: 4, code: 5, r#type: false },
        Outcome::NotYet,
    ];
    assert_eq!(Outcome::BLOCKS, 11);
    for outcome in all {
        assert_eq!(Outcome::from_pep(&outcome.to_pep().unwrap()).unwrap(), outcome);
    }
}

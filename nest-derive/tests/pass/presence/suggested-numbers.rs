//! The numbers that the messages suggest for absence stand for it, and leave every number of the range in use.

use nest_core::prelude::*;
use nest_core::schema::Absent;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 5)]
struct Note {
    #[pep(range = 0..=100, absent = 101)]
    from_zero: Option<u8>,
    #[pep(range = 0..=100, absent = -1)]
    signed: Option<i16>,
    #[pep(range = -5..=127, absent = -6)]
    below_zero: Option<i8>,
    #[pep(decimals = 1, range = 0.0..=43.5, absent = -1.0)]
    celsius: Option<f32>,
    #[pep(decimals = 1, range = -40.0..=60.5, absent = 62.0)]
    outdoors: Option<f32>,
}

fn main() {
    let low = Note {
        from_zero: Some(0),
        signed: Some(0),
        below_zero: Some(-5),
        celsius: Some(0.0),
        outdoors: Some(-40.0),
    };
    let high = Note {
        from_zero: Some(100),
        signed: Some(100),
        below_zero: Some(127),
        celsius: Some(43.5),
        outdoors: Some(60.5),
    };
    let none = Note { from_zero: None, signed: None, below_zero: None, celsius: None, outdoors: None };
    for note in [low, high, none] {
        let pep = note.to_pep().unwrap();
        assert_eq!(pep.structure(), Note::structure());
        assert_eq!(Note::from_pep(&pep).unwrap(), note);
    }
    assert_eq!(Note::SCHEMA.fields[0].absent(), Some(Absent::Number(101)));
}

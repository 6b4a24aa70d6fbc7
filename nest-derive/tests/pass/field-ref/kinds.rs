use nest_core::prelude::*;
use nest_core::{FieldRef, Label, Number, OrFiller, Person, Text, field, uses};

mod inner {
    use nest_core::prelude::*;

    #[derive(PepRecord)]
    #[pep(max_blocks = 2)]
    pub struct Home {
        pub open: bool,
        #[pep(decimals = 1, range = -4.0..=6.0, uses(sum))]
        pub celsius: f32,
    }
}

#[derive(PepRecord)]
#[pep(max_blocks = 6, max_bits = 140)]
#[allow(dead_code)]
struct Note<T: PepRecord> {
    #[pep(pseudonym, subject)]
    pupil: Pseudonym,
    #[pep(max_bytes = 15, rename = "the remark")]
    remark: String,
    home: T,
    maybe: OrFiller<T>,
}

type Notes = Note<inner::Home>;

const PUPIL: FieldRef<Notes, Person> = field!(Notes.pupil);
const REMARK: FieldRef<Notes, Text> = field!(Notes."the remark");
const CELSIUS: FieldRef<Notes, Number, uses::Sum> = field!(Notes.maybe.celsius);
const OPEN: FieldRef<inner::Home, Label> = field!(inner::Home.open);

fn main() {
    assert!(PUPIL.field().subject);
    assert_eq!((REMARK.path().as_str(), REMARK.place()), ("the remark", 1..2));
    assert_eq!((CELSIUS.path().as_str(), CELSIUS.place(), CELSIUS.bounds()), ("maybe.celsius", 5..6, (-40, 60)));
    assert!(CELSIUS.may_be_filler() && !REMARK.may_be_filler());
    assert_eq!(OPEN.path(), "open");
    assert!(OPEN.with_use::<uses::GroupBy>().is_none());
}

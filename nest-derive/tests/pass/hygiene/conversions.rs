use libpep::data::json::PEPJSONValue;
use nest_core::prelude::*;
use nest_core::{DecodeError, EncodeError};

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    #[pep(range = 0..=10)]
    score: u8,
}

fn both(note: &Note) -> Result<PEPJSONValue, EncodeError> {
    note.try_into()
}

fn back(pep: PEPJSONValue) -> Result<Note, DecodeError> {
    pep.try_into()
}

fn main() {
    let note = Note { score: 10 };
    let pep = both(&note).unwrap();
    assert_eq!(Note::try_from(&pep).unwrap(), note);
    assert_eq!(back(pep).unwrap(), note);
    assert!(PEPJSONValue::try_from(Note { score: 11 }).is_err());
    assert!(back(PEPJSONValue::Array(vec![])).is_err());
}

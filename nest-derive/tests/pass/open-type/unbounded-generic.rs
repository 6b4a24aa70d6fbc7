use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    points: u8,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1 + T::BLOCKS)]
struct Note<T: PepRecord> {
    done: bool,
    content: T,
}

fn main() {
    let note = Note { done: true, content: Score { points: 9 } };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::<Score>::SCHEMA.max_blocks, 2);
}

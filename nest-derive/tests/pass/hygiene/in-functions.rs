use nest_core::PepRecord as _;

fn blocks() -> usize {
    use nest_core::{PepEnum, PepRecord};

    const MOST: u8 = 10;

    #[derive(Debug, PartialEq, PepEnum)]
    enum Reason {
        Ill,
        Moved,
    }

    #[derive(Debug, PartialEq, PepRecord)]
    #[pep(max_blocks = LEN + 1)]
    struct Note {
        #[pep(range = 0..=MOST)]
        marks: [u8; LEN],
        reason: Reason,
    }

    const LEN: usize = 3;

    nest_core::same_shape!(Note, Note);

    for reason in [Reason::Ill, Reason::Moved] {
        let note = Note { marks: [10; LEN], reason };
        assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    }
    assert!(Note { marks: [11; LEN], reason: Reason::Ill }.to_pep().is_err());
    Note::BLOCKS
}

fn main() {
    assert_eq!(blocks(), 4);
    let bits = || {
        #[derive(nest_core::PepRecord)]
        #[pep(max_blocks = 1)]
        struct Inner {
            done: bool,
        }
        assert!(Inner { done: true }.to_pep().is_ok());
        Inner::BITS
    };
    assert_eq!(bits(), 1);
}

mod school {
    use nest_core::prelude::*;

    #[derive(Debug, PartialEq, PepEnum)]
    pub(crate) enum Reason {
        Ill,
        Moved,
    }

    #[derive(Debug, PartialEq, PepRecord)]
    #[pep(max_blocks = 3)]
    pub(crate) struct Note {
        pub(in crate::school) reason: Reason,
        pub(super) done: bool,
        secret: inner::Secret,
    }

    mod inner {
        use nest_core::prelude::*;

        #[derive(Debug, PartialEq, PepRecord)]
        #[pep(max_blocks = 1)]
        pub(super) struct Secret {
            pub(super) score: u8,
        }
    }

    pub(crate) fn note() -> Note {
        Note { reason: Reason::Moved, done: Reason::Ill.code() == 0, secret: inner::Secret { score: 3 } }
    }
}

use nest_core::PepRecord;

fn main() {
    let note = school::note();
    assert_eq!(school::Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert!(note.done);
}

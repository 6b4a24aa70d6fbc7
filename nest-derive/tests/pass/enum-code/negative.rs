use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepEnum)]
enum Change {
    MuchWorse = -3,
    Worse,
    Same = 0,
    Better = 2,
}

#[derive(Debug, PartialEq, PepEnum)]
enum Extremes {
    #[pep(code = -32768)]
    Smallest,
    #[pep(code = 65534)]
    Largest,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    change: Change,
    #[pep(absent)]
    extremes: Option<Extremes>,
}

fn main() {
    assert_eq!((Change::MuchWorse.code(), Change::Worse.code()), (-3, -2));
    assert_eq!(Change::from_code(-2), Some(Change::Worse));
    assert_eq!((Change::from_code(-4), Extremes::from_code(65535)), (None, None));
    for extremes in [None, Some(Extremes::Smallest), Some(Extremes::Largest)] {
        let note = Note { change: Change::Worse, extremes };
        let pep = note.to_pep().unwrap();
        assert_eq!(pep.structure(), Note::structure());
        assert_eq!(Note::from_pep(&pep).unwrap(), note);
    }
}

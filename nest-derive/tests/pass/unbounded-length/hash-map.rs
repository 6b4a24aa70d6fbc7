use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepEnum)]
enum Subject {
    Reading,
    Arithmetic,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Score {
    subject: Subject,
    #[pep(range = 0..=100)]
    points: u8,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 5)]
struct Note {
    #[pep(max_len = 2)]
    scores: Vec<Score>,
}

fn main() {
    let reading = Score { subject: Subject::Reading, points: 87 };
    let arithmetic = Score { subject: Subject::Arithmetic, points: 91 };
    let note = Note { scores: vec![reading, arithmetic] };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
}

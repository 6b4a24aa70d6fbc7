use nest_core::prelude::*;

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Score {
    points: u8,
    remark: String,
}

#[derive(PepRecord)]
#[pep(max_blocks = 12)]
struct Note {
    score: Score,
    #[pep(max_len = 3)]
    scores: Vec<Score>,
    pair: [Score; 2],
    outcome: Outcome<Score>,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1 + T::BLOCKS)]
enum Outcome<T: PepRecord> {
    Done { score: T },
    NotYet,
}

fn main() {
    let score = Score { points: 7, remark: String::new() };
    let pep = libpep::data::json::PEPJSONValue::try_from(&score).unwrap();
    let _ = Score::try_from(pep).unwrap() == score;
    let _ = (Score::BLOCKS, Score::BITS, Score::SCHEMA.waivers(), Score::structure());
    let _ = Note::from_pep(&Outcome::<Score>::NotYet.to_pep().unwrap());
}

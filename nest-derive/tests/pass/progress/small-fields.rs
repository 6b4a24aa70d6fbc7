use nest_core::prelude::*;
use nest_core::schema::RecordKind;
use nest_core::time::IsoWeek;

#[derive(Debug, PartialEq, PepEnum)]
enum Stage {
    Invited,
    Consented,
    Tested,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1, kind = "progress")]
struct Step {
    done: bool,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 8, kind = "progress", max_bits = 20)]
struct Progress {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    stage: Stage,
    #[pep(range = 0..=10)]
    tests: u32,
    steps: [bool; 3],
    #[pep(range = "2024-W01"..="2024-W52")]
    week: IsoWeek,
    last: Step,
}

fn main() {
    let progress = Progress {
        pupil: Pseudonym::random(),
        stage: Stage::Tested,
        tests: 10,
        steps: [true, true, false],
        week: "2024-W12".parse().unwrap(),
        last: Step { done: true },
    };
    assert_eq!(Progress::from_pep(&progress.to_pep().unwrap()).unwrap(), progress);
    assert_eq!(Progress::SCHEMA.kind, RecordKind::Progress);
    assert_eq!(Progress::BITS, 2 + 4 + 3 + 6 + 1);
}

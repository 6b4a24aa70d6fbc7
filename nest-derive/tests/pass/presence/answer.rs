use nest_core::prelude::*;
use nest_core::schema::Absent;
use nest_core::time::{Month, Year};
use nest_core::{Answer, FieldRef, Label, Number, field, uses};

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum NoAnswer {
    /// The person did not want to say.
    #[pep(code = -1)]
    Refused,
    #[pep(code = 99, rename = "not asked")]
    NotAsked,
}

#[derive(Debug, PartialEq, PepEnum)]
enum Sleep {
    Good,
    Bad,
}

type Said<T> = Answer<T, NoAnswer>;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 10, max_bits = 200)]
struct Visit {
    #[pep(range = 0..=10, uses(sum, group_by))]
    pain: Answer<u8, NoAnswer>,
    smokes: Answer<bool, NoAnswer>,
    #[pep(decimals = 1, range = 30.0..=45.0)]
    celsius: Answer<f64, NoAnswer>,
    sleep: Answer<NoSleep, NoAnswer>,
    #[pep(range = 1990..=2030)]
    since: nest_core::Answer<Year, NoAnswer>,
    #[pep(range = "2020-01"..="2030-12")]
    last: Said<Month>,
    #[pep(max_bytes = 15)]
    remark: Answer<String, NoAnswer>,
    #[pep(range = 0..=3)]
    items: [Answer<u8, NoAnswer>; 2],
}

/// Codes of its own, away from those of the reasons.
#[derive(Debug, PartialEq, PepEnum)]
enum NoSleep {
    Never,
    Often,
}

const PAIN: FieldRef<Visit, Number, uses::Sum> = field!(Visit.pain);
const GROUP: FieldRef<Visit, Label, uses::GroupBy> = field!(Visit.pain);

fn visit(reason: Option<NoAnswer>) -> Visit {
    fn answer<T>(value: T, reason: Option<NoAnswer>) -> Answer<T, NoAnswer> {
        reason.map_or(Answer::Value(value), Answer::Reason)
    }
    Visit {
        pain: answer(7, reason),
        smokes: answer(true, reason),
        celsius: answer(36.6, reason),
        sleep: answer(NoSleep::Often, reason),
        since: answer("2001".parse().unwrap(), reason),
        last: answer("2024-05".parse().unwrap(), reason),
        remark: answer("at noon".to_owned(), reason),
        items: [answer(1, reason), answer(2, None)],
    }
}

fn main() {
    let _ = (Sleep::Good, Sleep::Bad, NoSleep::Never);
    for reason in [None, Some(NoAnswer::Refused), Some(NoAnswer::NotAsked)] {
        let pep = visit(reason).to_pep().unwrap();
        assert_eq!(pep.structure(), Visit::structure());
        assert_eq!(Visit::from_pep(&pep).unwrap(), visit(reason));
    }
    // 11 values and 2 reasons.
    assert_eq!((Visit::BLOCKS, Visit::SCHEMA.fields[0].bits()), (9, 4));
    assert!(matches!(Visit::SCHEMA.fields[0].absent(), Some(Absent::Reasons(reasons)) if reasons.labels.len() == 2));
    assert_eq!((PAIN.bounds(), GROUP.path().as_str()), ((0, 10), "pain"));
    // A text that says what a reason says would be read as the reason.
    let same = Visit { remark: Answer::Value("Refused".to_owned()), ..visit(None) };
    assert!(same.to_pep().is_err());
}

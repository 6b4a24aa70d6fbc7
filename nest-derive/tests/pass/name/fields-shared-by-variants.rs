use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4)]
enum Outcome {
    Done {
        #[pep(range = 0..=100)]
        score: u8,
        aide: bool,
    },
    #[pep(rename = "guessed", code = 9)]
    Estimated {
        #[pep(range = 0..=100, rename = "score")]
        guess: u8,
        #[pep(range = 0..=10)]
        certainty: u8,
    },
    NotYet,
    Empty {},
}

fn main() {
    let all = [
        Outcome::Done { score: 100, aide: true },
        Outcome::Estimated { guess: 3, certainty: 10 },
        Outcome::NotYet,
        Outcome::Empty {},
    ];
    for outcome in all {
        let pep = outcome.to_pep().unwrap();
        assert_eq!(pep.structure(), Outcome::structure());
        assert_eq!(Outcome::from_pep(&pep).unwrap(), outcome);
    }
    let names: Vec<_> = Outcome::SCHEMA.fields.iter().map(|field| field.name).collect();
    assert_eq!(names, ["variant", "score", "aide", "certainty"]);
    assert_eq!(Outcome::SCHEMA.variants[1].name, "guessed");
    assert_eq!(Outcome::SCHEMA.variants[1].fields, ["score", "certainty"]);
}

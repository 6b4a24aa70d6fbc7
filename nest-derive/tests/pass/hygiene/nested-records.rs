use nest_core::prelude::*;

mod deep {
    use nest_core::prelude::*;

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(max_blocks = 2)]
    pub struct Score {
        #[pep(pseudonym)]
        pub teacher: Pseudonym,
        #[pep(range = 0..=100)]
        pub points: u8,
    }
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 6)]
struct Term {
    scores: [deep::Score; 2],
    last: self::deep::Score,
}

type Terms = Vec<Term>;

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 13)]
struct Year {
    #[pep(max_len = 2)]
    terms: Terms,
}

fn main() {
    let score = deep::Score { teacher: Pseudonym::random(), points: 55 };
    let term = Term { scores: [score.clone(), score.clone()], last: score };
    for terms in [vec![], vec![term.clone()], vec![term.clone(), term]] {
        let year = Year { terms };
        let pep = year.to_pep().unwrap();
        assert_eq!(pep.structure(), Year::structure());
        assert_eq!(Year::from_pep(&pep).unwrap(), year);
    }
    assert_eq!(Year::BLOCKS, 1 + 2 * 3 * 2);
}

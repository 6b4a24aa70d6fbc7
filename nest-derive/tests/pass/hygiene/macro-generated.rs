use nest_core::prelude::*;
use nest_core::time::Month;

macro_rules! records {
    ($($name:ident($blocks:expr, $kind:literal) { $($field:ident: $ty:ty = $range:expr,)* })*) => {$(
        #[derive(Debug, PartialEq, PepRecord)]
        #[pep(max_blocks = $blocks, kind = $kind)]
        struct $name {
            $(#[pep(range = $range)] $field: $ty,)*
        }
    )*};
}

records! {
    Score(2, "record") { points: u16 = 0..=1000, month: Month = "2020-01"..="2035-12", }
    Step(1 + 1, "progress") { pages: u8 = 0..=10, week: u8 = 1..=53, }
}

macro_rules! labels {
    ($name:ident { $($label:ident = $code:expr),* }) => {
        #[derive(Debug, PartialEq, PepEnum)]
        enum $name {
            $(#[pep(code = $code)] $label,)*
        }
    };
}

labels!(Reason { Ill = 3, Moved = 9 });

macro_rules! texts {
    ($bytes:literal, $from:literal, $to:literal, $absent:literal) => {
        #[derive(Debug, PartialEq, PepRecord)]
        #[pep(max_blocks = 2, max_bits = 127)]
        struct Texts {
            #[pep(max_bytes = $bytes, absent = $absent)]
            remark: Option<String>,
            #[pep(range = $from..=$to)]
            score: u8,
        }
    };
}

texts!(15, 0, 100, "-");

fn main() {
    let score = Score { points: 1000, month: "2024-02".parse().unwrap() };
    assert_eq!(Score::from_pep(&score.to_pep().unwrap()).unwrap(), score);
    assert!(Step { pages: 10, week: 54 }.to_pep().is_err());
    assert_eq!((Reason::Ill.code(), Reason::Moved.code()), (3, 9));
    let texts = Texts { remark: None, score: 100 };
    assert_eq!(Texts::from_pep(&texts.to_pep().unwrap()).unwrap(), texts);
}

//! Each value of an enum is of one variant, so the bits number the values of all variants together.

use nest_core::prelude::*;
use nest_core::time::{Day, Month, Year};

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4, max_bits = 16)]
enum Onset {
    Day {
        #[pep(range = "1990-01-01"..="2035-12-31")]
        day: Day,
    },
    Month {
        #[pep(range = "1990-01"..="2035-12")]
        month: Month,
    },
    Year {
        #[pep(range = 1990..=2035)]
        year: Year,
    },
    Unknown,
}

#[derive(PepRecord)]
#[pep(max_blocks = 3, max_bits = 2)]
enum Small {
    One { flag: bool },
    Two { other: bool },
}

#[derive(PepRecord)]
#[pep(max_blocks = 30, max_bits = 1_000)]
enum Wide {
    One {
        #[pep(max_bytes = 60)]
        text: String,
    },
    Two {
        #[pep(max_bytes = 60)]
        other: String,
    },
}

fn main() {
    let onset = Onset::Month { month: "2024-02".parse().unwrap() };
    assert_eq!(Onset::from_pep(&onset.to_pep().unwrap()).unwrap(), onset);
    assert_eq!((Onset::BITS, Small::BITS, Wide::BITS), (16, 2, 481));
}

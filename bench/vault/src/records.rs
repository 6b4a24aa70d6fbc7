//! The record that is written and read: eight blocks of numbers and short texts.

use nest_source::prelude::*;
use nest_vault::{Kept, KeptCounts};

#[derive(PepRecord)]
#[pep(max_blocks = 1, max_bits = 1)]
pub(crate) struct Info {
    pub(crate) consent: bool,
}

#[derive(Clone, PartialEq, PepRecord)]
#[pep(activity = "visit", max_blocks = 8, max_bits = 512)]
pub(crate) struct Visit {
    #[pep(range = 0..=100_000)]
    pub(crate) a: u32,
    #[pep(range = 0..=100_000)]
    pub(crate) b: u32,
    #[pep(range = 0..=100_000)]
    pub(crate) c: u32,
    #[pep(range = 0..=100_000)]
    pub(crate) d: u32,
    #[pep(max_bytes = 15)]
    pub(crate) e: String,
    #[pep(max_bytes = 15)]
    pub(crate) f: String,
    #[pep(max_bytes = 15)]
    pub(crate) g: String,
    pub(crate) consent: bool,
}

#[derive(PepRecord)]
#[pep(activity = "visit", kind = "progress", max_blocks = 1, max_bits = 1)]
pub(crate) struct Progress {
    given: bool,
}

impl Activity for Visit {
    type Progress = Progress;
    type Outcome = Visit;
}

impl Kept for Visit {
    fn progress(kept: &KeptCounts) -> Progress {
        Progress { given: kept.given }
    }
}

pub(crate) fn visit(n: usize) -> Visit {
    let n = n as u32 % 100_000;
    Visit {
        a: n,
        b: n / 2,
        c: n / 3,
        d: n / 5,
        e: format!("text {n}"),
        f: format!("more {n}"),
        g: format!("last {n}"),
        consent: n.is_multiple_of(2),
    }
}

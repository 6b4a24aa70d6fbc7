//! How long something took is no moment, whatever its unit, and what happened at a birth is not when.

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 34, max_bits = 900)]
struct Task {
    /// In milliseconds, one for each trial.
    #[pep(max_len = 20, range = 0..=3000)]
    reaction_times: Vec<u16>,
    #[pep(range = 0..=3_600_000)]
    duration_milliseconds: u32,
    #[pep(range = 0..=999_999_999)]
    load_time: u32,
    #[pep(range = 0..=1000)]
    epochs: u16,
    /// In minutes since midnight.
    #[pep(range = 0..=1439)]
    visit_time: u16,
    birth_complications: [bool; 3],
    #[pep(max_bytes = 60)]
    birth_complications_remark: String,
    #[pep(range = 1..=31)]
    birth_day: u8,
}

fn main() {
    let task = Task {
        reaction_times: vec![412, 388, 3000],
        duration_milliseconds: 3_600_000,
        load_time: 1,
        epochs: 960,
        visit_time: 1439,
        birth_complications: [true, false, false],
        birth_complications_remark: "vacuum extraction".to_owned(),
        birth_day: 31,
    };
    assert_eq!(Task::from_pep(&task.to_pep().unwrap()).unwrap(), task);
}

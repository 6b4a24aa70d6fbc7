use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Score {
    points: u8,
    done: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note<T: PepRecord> {
    done: bool,
    content: T,
}

fn main() {
    let _ = Note { done: true, content: Score { points: 3, done: false } }.to_pep();
}

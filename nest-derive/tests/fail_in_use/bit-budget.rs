use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    points: u16,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1, max_bits = 8)]
struct Note<T: PepRecord> {
    content: T,
}

fn main() {
    let _ = Note { content: Score { points: 3 } }.to_pep();
}

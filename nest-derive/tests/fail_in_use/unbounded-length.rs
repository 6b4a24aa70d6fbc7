use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    points: u8,
}

type Remark = String;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note<T: PepRecord> {
    remark: Remark,
    content: T,
}

fn main() {
    let _ = Note { remark: String::new(), content: Score { points: 3 } }.to_pep();
}

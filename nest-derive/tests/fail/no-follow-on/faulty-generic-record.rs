use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    points: u8,
}

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note<T>
where
    T: PepRecord,
{
    content: T,
    remark: String,
}

fn main() {
    let _ = Note { content: Score { points: 7 }, remark: String::new() }.to_pep();
    let _ = Note::<Score>::BLOCKS;
}

use nest_core::prelude::*;

#[derive(Clone, PepRecord)]
#[pep(max_blocks = 1)]
struct Score {
    points: u8,
}

#[derive(PepRecord)]
#[pep(max_blocks = 7)]
struct Note<T, U = Score>
where
    T: Clone + PepRecord,
    U: PepRecord + ?Sized,
{
    content: [T; 2],
    #[pep(max_len = 4)]
    more: Vec<U>,
}

fn main() {
    let note: Note<Score> = Note { content: [Score { points: 9 }, Score { points: 8 }], more: vec![] };
    assert_eq!(note.to_pep().unwrap().structure(), Note::<Score>::structure());
    assert_eq!(Note::<Score>::BLOCKS, 7);
}

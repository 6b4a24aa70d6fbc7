use nest_core::prelude::*;

const fn twice(number: usize) -> usize {
    2 * number
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = twice(3) + 2 * 2)]
struct Fixed {
    answers: [bool; twice(3)],
    grid: [[bool; 2]; 2],
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = N + MAX + 2)]
struct Note<const N: usize, const MAX: usize> {
    answers: [bool; N],
    #[pep(max_len = MAX)]
    marks: Vec<bool>,
    #[pep(max_bytes = MAX)]
    remark: String,
}

fn main() {
    let fixed = Fixed { answers: [true; 6], grid: [[true, false], [false, true]] };
    assert_eq!(Fixed::from_pep(&fixed.to_pep().unwrap()).unwrap(), fixed);
    let note = Note::<3, 2> { answers: [true; 3], marks: vec![false], remark: "ok".to_owned() };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::<3, 2>::BLOCKS, 3 + 3 + 1);
    assert!(Note::<3, 2> { remark: "two".to_owned(), ..note }.to_pep().is_err());
}

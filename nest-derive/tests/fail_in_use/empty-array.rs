use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Note<const N: usize> {
    answers: [bool; N],
}

fn main() {
    let _ = Note::<0>::from_pep(&Note { answers: [true] }.to_pep().unwrap());
}

//! Nothing that generated code names can be replaced by what the program calls so.

use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Note {
    #[pep(range = 0..=10)]
    score: u8,
    done: bool,
}

#[allow(dead_code)]
impl Note {
    const __FIELDS: &'static [bool] = &[];
    const __DECLARED: &'static [bool] = &[];
    const __UNCHECKED: bool = true;
    const __CHECK: u8 = 0;
    const SCHEMA: bool = true;
    const BLOCKS: u8 = 0;
    const BITS: u8 = 0;

    fn __put(&self) {}

    fn __take() {}

    fn to_pep(&self) {}

    fn from_pep() {}
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
#[allow(non_camel_case_types)]
enum Label {
    SCHEMA,
    code,
}

impl Label {
    fn from_code() {}
}

fn main() {
    let note = Note { score: 10, done: true };
    let pep = PepRecord::to_pep(&note).unwrap();
    assert_eq!(<Note as PepRecord>::from_pep(&pep).unwrap(), note);
    assert_eq!((<Note as PepRecord>::BLOCKS, <Note as PepRecord>::BITS), (2, 5));
    assert_eq!(<Label as PepEnum>::from_code(1), Some(Label::code));
    Label::from_code();
    note.__put();
    note.to_pep();
    Note::from_pep();
    Note::__take();
    assert_eq!(Label::SCHEMA.code(), 0);
}

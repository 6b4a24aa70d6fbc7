use nest_core::prelude::*;

#[allow(non_snake_case)]
#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 16, max_bits = 128)]
struct Note {
    self_: u8,
    value: u8,
    fields: u8,
    T: u8,
    R: u8,
    D: u8,
    __nest: u8,
    __D: u8,
    field_0: u8,
    code: u8,
    variant: u8,
    count: u8,
    items: u8,
    schema: u8,
    error: u8,
    place: u8,
}

fn main() {
    let note = Note {
        self_: 1,
        value: 2,
        fields: 3,
        T: 4,
        R: 5,
        D: 6,
        __nest: 7,
        __D: 8,
        field_0: 9,
        code: 10,
        variant: 11,
        count: 12,
        items: 13,
        schema: 14,
        error: 15,
        place: 16,
    };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
}

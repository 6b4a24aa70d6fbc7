use nest_core::prelude::*;
use nest_core::schema::Type;

type Remark = String;

#[derive(PepRecord)]
#[pep(max_blocks = 1, max_bits = 120)]
struct Note {
    #[pep(max_bytes = 15)]
    remark: Remark,
}

fn main() {
    assert_eq!(Note::SCHEMA.fields[0].ty, Type::Text { max_bytes: 15 });
    assert!(Note { remark: "seen".to_owned() }.to_pep().is_ok());
}

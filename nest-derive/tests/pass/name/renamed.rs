use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    #[pep(rename = "score in points")]
    score: u8,
    #[pep(rename = "r#type")]
    kind: u8,
    #[pep(rename = "variant")]
    variant_of_test: u8,
}

fn main() {
    let names: Vec<_> = Note::SCHEMA.fields.iter().map(|field| field.name).collect();
    assert_eq!(names, ["score in points", "r#type", "variant"]);
    assert_eq!(Note::SCHEMA.field("r#type").unwrap().blocks(), 1);
}

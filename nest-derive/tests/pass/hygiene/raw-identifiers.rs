use nest_core::prelude::*;

#[allow(non_camel_case_types)]
#[derive(Debug, PartialEq, PepEnum)]
enum r#match {
    r#if,
    r#else,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
struct r#Note {
    r#type: r#match,
    r#fn: bool,
    r#async: r#u8,
}

fn main() {
    let note = Note { r#type: r#match::r#else, r#fn: true, r#async: 3 };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    let names: Vec<_> = Note::SCHEMA.fields.iter().map(|field| field.name).collect();
    assert_eq!(names, ["type", "fn", "async"]);
    assert_eq!(<r#match as PepEnum>::SCHEMA.labels[0].name, "if");
    assert_eq!(r#match::r#if.code(), 0);
}

use nest_core::prelude::*;
use nest_core::schema::RecordKind;
use nest_core::time::Day;

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(kind = "linkage", max_blocks = 3)]
struct Person {
    #[pep(max_bytes = 31, uses(link, fuzzy), canon = "nfc,trim,upper")]
    surname: String,
    #[pep(range = "1900-01-01"..="2025-12-31", uses(block))]
    birth_date: Day,
}

fn main() {
    assert_eq!(Person::SCHEMA.kind, RecordKind::Linkage);
    let person = Person { surname: "Bakker".to_owned(), birth_date: "2001-02-03".parse().unwrap() };
    assert_eq!(Person::from_plain(&person.to_plain().unwrap()).unwrap(), person);
}

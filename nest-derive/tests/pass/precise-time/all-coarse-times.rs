use nest_core::prelude::*;
use nest_core::schema::Type;
use nest_core::time::{Day, Hour, IsoWeek, Month, TimeUnit, Year};

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 6)]
struct Note {
    #[pep(range = 2015..=2035)]
    born: Year,
    #[pep(range = "2015"..="2035")]
    enrolled: Year,
    #[pep(range = "2020-01"..="2035-12")]
    moved: Month,
    #[pep(range = "2020-W01"..="2035-W52")]
    tested: IsoWeek,
    #[pep(range = "2020-01-01"..="2035-12-31")]
    ill: Day,
    #[pep(range = "2024-01-01T00"..="2024-12-31T23")]
    seen: Hour,
}

fn main() {
    let note = Note {
        born: "2018".parse().unwrap(),
        enrolled: "2022".parse().unwrap(),
        moved: "2024-02".parse().unwrap(),
        tested: "2020-W53".parse().unwrap(),
        ill: "2024-02-29".parse().unwrap(),
        seen: "2024-12-31T23".parse().unwrap(),
    };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert_eq!(Note::SCHEMA.fields[0].ty, Type::Time { unit: TimeUnit::Year, min: 2015, max: 2035 });
    assert_eq!(Note::SCHEMA.fields[0].ty, Note::SCHEMA.fields[1].ty);
    assert_eq!(Note::SCHEMA.fields[2].bits(), 8);
    assert!(Note { born: "2014".parse().unwrap(), ..note }.to_pep().is_err());
}

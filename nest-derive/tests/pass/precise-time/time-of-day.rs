use nest_core::prelude::*;
use nest_core::schema::{TimeUnit, Type};
use nest_core::time::TimeOfDay;

const BREAKFAST: &str = "06:00";

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4)]
struct Diary {
    /// Any time of the day.
    bedtime: TimeOfDay,
    #[pep(range = BREAKFAST..="11:30", absent)]
    wake_up_time: Option<TimeOfDay>,
}

fn main() {
    let diary = Diary { bedtime: "23:59".parse().unwrap(), wake_up_time: Some("07:45".parse().unwrap()) };
    assert_eq!(Diary::from_pep(&diary.to_pep().unwrap()).unwrap(), diary);
    assert!(Diary { wake_up_time: Some("11:31".parse().unwrap()), ..diary }.to_pep().is_err());
    let unit = TimeUnit::TimeOfDay;
    assert_eq!(Diary::SCHEMA.fields[0].ty, Type::Time { unit, min: 0, max: 1439 });
    assert_eq!(Diary::SCHEMA.fields[0].bits(), 11);
    assert!("24:00".parse::<TimeOfDay>().is_err());
}

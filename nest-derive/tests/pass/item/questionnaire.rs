//! A questionnaire as REDCap exports it, the form "Basic Demography" and the PHQ-9, written after them from memory, to try what a questionnaire needs.
//!
//! Of its thirty and more fields, those that name or date a person do not come along: `first_name`, `last_name`,
//! `address`, `telephone`, `email` and `study_id` are one pseudonym, `dob` is a year, and `date_enrolled` a month.

use nest_core::prelude::*;
use nest_core::time::{Month, Year};

/// Each choice with the code of the data dictionary.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Ethnicity {
    #[pep(code = 0, rename = "Hispanic or Latino")]
    Hispanic,
    #[pep(rename = "NOT Hispanic or Latino")]
    NotHispanic,
    #[pep(rename = "Unknown / Not Reported")]
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Sex {
    Female,
    Male,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Difficulty {
    NotAtAll,
    Somewhat,
    Very,
    Extremely,
}

/// Why a question has no answer. In a data dictionary these are codes such as -97 and -99.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Why {
    NotAsked,
    Refused,
    DoesNotKnow,
}

/// An answer on a scale, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, PepRecord)]
#[pep(max_blocks = 3, max_bits = 4)]
enum Answer {
    Given {
        #[pep(range = 0..=3)]
        answer: u8,
    },
    None {
        why: Why,
    },
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "baseline", max_blocks = 110, max_bits = 3_400)]
struct Baseline {
    /// `study_id`, with the names and addresses that belong to it.
    #[pep(pseudonym)]
    participant: Pseudonym,
    #[pep(range = "2020-01"..="2030-12")]
    date_enrolled: Month,
    #[pep(range = 1920..=2020, absent)]
    dob: Option<Year>,
    #[pep(range = 0..=110)]
    age: u8,
    ethnicity: Ethnicity,
    /// Six check boxes: `race___1` to `race___6`.
    race: [bool; 6],
    sex: Sex,
    /// Asked of women only.
    #[pep(absent)]
    given_birth: Option<bool>,
    #[pep(range = 0..=20, absent = 21)]
    num_children: Option<u8>,
    /// Five weekdays each.
    gym: [bool; 5],
    aerobics: [bool; 5],
    eat: [bool; 5],
    drink: [bool; 5],
    /// A slider.
    #[pep(range = 0..=100)]
    specify_mood: u8,
    meds: [bool; 5],
    /// In centimetres.
    #[pep(range = 130..=215)]
    height: u8,
    /// In kilograms.
    #[pep(range = 35..=200)]
    weight: u8,
    #[pep(decimals = 1, range = 10.0..=80.0)]
    bmi: f64,
    /// A box of 60 characters, of which each may take four bytes.
    #[pep(max_bytes = 240)]
    comments: String,
    /// `phq9_1` to `phq9_9`.
    phq9: [Answer; 9],
    #[pep(absent)]
    phq9_difficulty: Option<Difficulty>,
    /// A score of the form itself.
    #[pep(range = 0..=27, absent = 99)]
    phq9_total_score: Option<u8>,
    /// Better or worse than a year ago.
    #[pep(range = -3..=3)]
    change_of_health: i8,
    /// Minutes since midnight.
    #[pep(range = 0..=1439, absent = 1440)]
    usual_bedtime: Option<u16>,
    /// In minutes, on a day of work.
    #[pep(range = 0..=720)]
    time_to_work: u16,
    #[pep(max_len = 5, max_bytes = 31)]
    medication_name: Vec<String>,
    #[pep(range = 1000..=9999, absent = 0)]
    postcode: Option<u16>,
    phone_use_minutes: u16,
    birth_complications: bool,
    /// Incomplete, unverified or complete.
    #[pep(range = 0..=2)]
    demographics_complete: u8,
}

fn main() {
    let baseline = Baseline {
        participant: Pseudonym::try_from_long_id("study-4/participants", "1042").unwrap(),
        date_enrolled: "2024-05".parse().unwrap(),
        dob: None,
        age: 41,
        ethnicity: Ethnicity::Unknown,
        race: [false, false, true, false, false, false],
        sex: Sex::Female,
        given_birth: Some(false),
        num_children: Some(0),
        gym: [true; 5],
        aerobics: [false; 5],
        eat: [true; 5],
        drink: [true; 5],
        specify_mood: 55,
        meds: [false; 5],
        height: 171,
        weight: 64,
        bmi: 21.9,
        comments: "😀".repeat(60),
        phq9: [Answer::Given { answer: 3 }; 9],
        phq9_difficulty: Some(Difficulty::Somewhat),
        phq9_total_score: None,
        change_of_health: -3,
        usual_bedtime: Some(1_410),
        time_to_work: 35,
        medication_name: vec!["metoprolol".to_owned()],
        postcode: Some(6525),
        phone_use_minutes: 90,
        birth_complications: false,
        demographics_complete: 2,
    };
    let pep = baseline.to_pep().unwrap();
    assert_eq!(Baseline::from_pep(&pep).unwrap(), baseline);
    let other = Baseline {
        phq9: [Answer::None { why: Why::Refused }; 9],
        medication_name: vec![],
        comments: String::new(),
        ..baseline
    };
    assert_eq!(other.to_pep().unwrap().structure(), pep.structure());
    assert!(Baseline::SCHEMA.waivers().is_empty());
}

//! A questionnaire from its data dictionary in REDCap: `inst/test-data/projects/longitudinal/dictionary.csv` of the
//! package REDCapR (github.com/OuhscBbmc/REDCapR, MIT licence), a trial of food supplements in dialysis.
//!
//! Declared from the documentation alone, in four records. The names are those of the
//! dictionary, so that an export can be read column by column. Of its 100 fields these do not come along:
//!
//! - `study_id`, the names, addresses, phone numbers and the e-mail address name a person: they are one pseudonym;
//! - `patient_document` is a file, and `bmi`, `bmi2` follow from height and weight;
//! - `dob` and the dates are declared as a year, months and weeks.

use nest_core::Answer;
use nest_core::prelude::*;
use nest_core::time::{IsoWeek, Month, Year};

/// What an export has in the place of an answer: the branching hid the question, or the box was left empty.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum NoAnswer {
    #[pep(code = -1)]
    NotShown,
    #[pep(code = -2)]
    Empty,
}

/// Each choice with the code of the dictionary, which counts from 0.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Ethnicity {
    Hispanic,
    NotHispanic,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Race {
    AmericanIndian,
    Asian,
    PacificIslander,
    Black,
    White,
    Several,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Sex {
    Female,
    Male,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Pills {
    #[pep(rename = "less than 5")]
    Few,
    #[pep(rename = "5-10")]
    Some,
    #[pep(rename = "6-15")]
    Many,
    #[pep(rename = "over 15")]
    Most,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Openness {
    NotOpen,
    Undecided,
    VeryOpen,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Anxiety {
    NotAnxious,
    Undecided,
    VeryAnxious,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum DrawnBy {
    RegisteredNurse,
    PracticalNurse,
    Assistant,
    Doctor,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Withdrawal {
    NonCompliance,
    OwnWish,
    Tolerance,
    Hospitalization,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Compliance {
    #[pep(rename = "100 percent")]
    Full,
    #[pep(rename = "99-75 percent")]
    High,
    #[pep(rename = "74-50 percent")]
    Half,
    #[pep(rename = "49-25 percent")]
    Low,
    #[pep(rename = "0-24 percent")]
    Least,
}

/// Counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Cause {
    #[pep(code = 1)]
    VascularAccess,
    Heart,
    Other,
}

/// A measurement in mg/dL that the laboratory may have left out.
type Measured = Answer<f64, NoAnswer>;

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "demographics", max_blocks = 72, max_bits = 2_150)]
struct Demographics {
    #[pep(pseudonym)]
    participant: Pseudonym,
    #[pep(range = "2010-01"..="2035-12")]
    date_enrolled: Month,
    #[pep(range = 1900..=2020)]
    dob: Answer<Year, NoAnswer>,
    #[pep(range = 0..=120)]
    age: Answer<u8, NoAnswer>,
    #[pep(uses(group_by))]
    ethnicity: Ethnicity,
    race: Race,
    #[pep(uses(group_by))]
    sex: Sex,
    given_birth: Answer<bool, NoAnswer>,
    #[pep(range = 0..=20)]
    num_children: Answer<u8, NoAnswer>,
    /// Check boxes from Monday to Friday, `gym___0` to `gym___4`.
    gym: [bool; 5],
    aerobics: [bool; 5],
    eat: [bool; 5],
    drink: [bool; 5],
    #[pep(range = 0..=100)]
    specify_mood: Answer<u8, NoAnswer>,
    meds: [bool; 5],
    #[pep(decimals = 1, range = 130.0..=215.0, unit = "cm")]
    height: Measured,
    #[pep(range = 35..=200, unit = "kg", uses(sum))]
    weight: Answer<u8, NoAnswer>,
    /// A box for notes, of at most 60 characters.
    #[pep(max_bytes = 240, at_rest = "alone")]
    comments: String,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "baseline", max_blocks = 9, max_bits = 80)]
struct BaselineData {
    #[pep(decimals = 1, range = 50.0..=250.0, unit = "cm")]
    height2: Measured,
    #[pep(range = 20..=300, unit = "kg")]
    weight2: Answer<u16, NoAnswer>,
    #[pep(decimals = 1, range = 0.0..=100.0, unit = "mg/dL")]
    prealb_b: Measured,
    #[pep(decimals = 2, range = 0.0..=30.0, unit = "mg/dL")]
    creat_b: Measured,
    #[pep(decimals = 2, range = 0.0..=5.0)]
    npcr_b: Measured,
    #[pep(range = 0..=1000, unit = "mg/dL")]
    chol_b: Answer<u16, NoAnswer>,
    #[pep(range = 0..=1000, unit = "mg/dL")]
    transferrin_b: Answer<u16, NoAnswer>,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "visit", max_blocks = 48, max_bits = 1_100)]
struct Visit {
    pmq1: Answer<Pills, NoAnswer>,
    #[pep(range = 0..=5)]
    pmq2: Answer<u8, NoAnswer>,
    pmq3: Answer<bool, NoAnswer>,
    pmq4: Answer<Openness, NoAnswer>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    vbw1: Measured,
    #[pep(decimals = 2, range = 0.0..=30.0)]
    vbw2: Measured,
    /// In the afternoon, and not in the morning.
    vbw6: Answer<bool, NoAnswer>,
    vbw7: Answer<DrawnBy, NoAnswer>,
    vbw8: Answer<Anxiety, NoAnswer>,
    vbw9: Answer<bool, NoAnswer>,
    /// `vob1` to `vob6`: what the nurse saw.
    #[pep(rename = "vob1-6")]
    seen: [Answer<bool, NoAnswer>; 6],
    #[pep(max_bytes = 60)]
    vob7: Answer<String, NoAnswer>,
    /// `vob8` to `vob13`: the same of the nurse.
    #[pep(rename = "vob8-13")]
    felt: [Answer<bool, NoAnswer>; 6],
    #[pep(max_bytes = 60)]
    vob14: Answer<String, NoAnswer>,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "completion", max_blocks = 20, max_bits = 120)]
struct Completion {
    complete_study: bool,
    #[pep(range = "2010-W01"..="2035-W52")]
    withdraw_date: Answer<IsoWeek, NoAnswer>,
    #[pep(range = "2010-W01"..="2035-W52")]
    date_visit_4: Answer<IsoWeek, NoAnswer>,
    #[pep(decimals = 1, range = 0.0..=10.0)]
    alb_4: Measured,
    #[pep(range = "2010-01"..="2035-12")]
    discharge_date_4: Answer<Month, NoAnswer>,
    discharge_summary_4: Answer<bool, NoAnswer>,
    withdraw_reason: Answer<Withdrawal, NoAnswer>,
    #[pep(range = 0..=50)]
    cpq5: Answer<u8, NoAnswer>,
    cpq6: Answer<Compliance, NoAnswer>,
    cpq7: Answer<bool, NoAnswer>,
    cpq8: Answer<Cause, NoAnswer>,
}

fn main() {
    let demographics = Demographics {
        participant: Pseudonym::try_from_long_id("dialysis/participants", "1042").unwrap(),
        date_enrolled: "2024-05".parse().unwrap(),
        dob: Answer::Reason(NoAnswer::Empty),
        age: Answer::Value(41),
        ethnicity: Ethnicity::Unknown,
        race: Race::Several,
        sex: Sex::Male,
        given_birth: Answer::Reason(NoAnswer::NotShown),
        num_children: Answer::Reason(NoAnswer::NotShown),
        gym: [true; 5],
        aerobics: [false; 5],
        eat: [true; 5],
        drink: [true; 5],
        specify_mood: Answer::Value(55),
        meds: [false; 5],
        height: Answer::Value(171.5),
        weight: Answer::Value(64),
        comments: "😀".repeat(60),
    };
    let pep = demographics.to_pep().unwrap();
    assert_eq!(Demographics::from_pep(&pep).unwrap(), demographics);
    let other = Demographics {
        given_birth: Answer::Value(true),
        num_children: Answer::Value(2),
        height: Answer::Reason(NoAnswer::Empty),
        comments: String::new(),
        ..demographics
    };
    assert_eq!(other.to_pep().unwrap().structure(), pep.structure());

    let visit = Visit {
        pmq1: Answer::Value(Pills::Many),
        pmq2: Answer::Value(0),
        pmq3: Answer::Value(false),
        pmq4: Answer::Reason(NoAnswer::Empty),
        vbw1: Answer::Value(28.4),
        vbw2: Answer::Reason(NoAnswer::Empty),
        vbw6: Answer::Value(true),
        vbw7: Answer::Value(DrawnBy::Doctor),
        vbw8: Answer::Value(Anxiety::Undecided),
        vbw9: Answer::Value(true),
        seen: [Answer::Value(false); 6],
        vob7: Answer::Value("tired".to_owned()),
        felt: [Answer::Reason(NoAnswer::Empty); 6],
        vob14: Answer::Reason(NoAnswer::Empty),
    };
    assert_eq!(Visit::from_pep(&visit.to_pep().unwrap()).unwrap(), visit);
    let all = [Demographics::SCHEMA, BaselineData::SCHEMA, Visit::SCHEMA, Completion::SCHEMA];
    assert!(all.iter().all(|schema| schema.waivers().is_empty()));
    assert!(all.iter().map(|schema| schema.fields.len()).sum::<usize>() > 30);
}

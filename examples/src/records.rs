//! The records that the school and the platform agree on. Both compile this file; nothing else is agreed.

use nest_api::prelude::*;
use nest_core::time::Month;

/// What a pupil achieved in one school year, and who taught them.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "assessment", max_blocks = 8, max_bits = 26)]
pub struct Assessment {
    /// The pupil whose scores these are.
    #[pep(pseudonym, subject)]
    pub pupil: Pseudonym,
    /// The teacher of the class.
    #[pep(pseudonym)]
    pub teacher: Pseudonym,
    /// The school year.
    pub grade: Grade,
    /// The kind of class, assigned at random: what the experiment was about.
    pub class_type: ClassType,
    /// The surroundings of the school.
    pub school_type: SchoolType,
    /// Whether the pupil had a right to free lunch, where it is known.
    #[pep(absent)]
    pub free_lunch: Option<bool>,
    /// The scaled reading score, where a test was taken.
    #[pep(range = 288..=775, absent = 0)]
    pub reading: Option<u16>,
    /// The scaled mathematics score, where a test was taken.
    #[pep(range = 288..=775, absent = 0)]
    pub math: Option<u16>,
}

/// How much there is about somebody: records of a pupil, or of all pupils of a teacher.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "assessment", kind = "progress", max_blocks = 2, max_bits = 16)]
pub struct AssessmentProgress {
    /// The number of records, which is also the number of pages to ask for.
    #[pep(range = 0..=255)]
    pub records: u8,
    /// Of these, the records with both scores.
    #[pep(range = 0..=255)]
    pub complete: u8,
}

impl Activity for Assessment {
    type Progress = AssessmentProgress;
    type Outcome = Assessment;
}

/// Practice in reading, which the platform gives to a pupil and the school sees to.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "reading-practice", max_blocks = 3, max_bits = 18)]
pub struct ReadingPractice {
    /// How hard it is.
    #[pep(range = 1..=5)]
    pub level: u8,
    /// How much is asked for.
    #[pep(range = 15..=300)]
    pub minutes_per_week: u16,
    /// When it begins: a month is enough to plan by, and many begin in the same.
    #[pep(range = "1985-08"..="1989-07")]
    pub start: Month,
}

/// How far a pupil is with the practice.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "reading-practice", kind = "progress", max_blocks = 2, max_bits = 12)]
pub struct PracticeProgress {
    /// The weeks that are over, which is also the number of pages to ask for.
    #[pep(range = 0..=WEEKS)]
    pub weeks: u8,
    /// Of these, the weeks with as many minutes as were asked for.
    #[pep(range = 0..=WEEKS)]
    pub kept: u8,
}

/// The most weeks that practice goes on for.
pub const WEEKS: u8 = 52;

/// One week of practice.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "reading-practice", max_blocks = 2, max_bits = 16)]
pub struct PracticeOutcome {
    /// Which week, from the first.
    #[pep(range = 1..=WEEKS)]
    pub week: u8,
    /// How long the pupil practised.
    #[pep(range = 0..=600)]
    pub minutes: u16,
}

impl Activity for ReadingPractice {
    type Progress = PracticeProgress;
    type Outcome = PracticeOutcome;
}

/// What the school wants to know of somebody who is registered.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 1, max_bits = 1)]
pub struct PersonInfo {
    /// Whether they learn or teach.
    pub role: Role,
}

/// One line of a list of people, as one domain hands it to another.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2, max_bits = 1)]
pub struct Enrolment {
    /// A person, under the pseudonym of the record's receiver.
    #[pep(pseudonym)]
    pub person: Pseudonym,
    /// Whether they learn or teach.
    pub role: Role,
}

/// Whether somebody learns or teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PepEnum)]
pub enum Role {
    /// Somebody who learns.
    Pupil,
    /// Somebody who teaches.
    Teacher,
}

/// A school year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, PepEnum)]
pub enum Grade {
    /// At the age of five.
    Kindergarten,
    /// At the age of six.
    First,
    /// At the age of seven.
    Second,
    /// At the age of eight.
    Third,
}

/// The kind of class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, PepEnum)]
pub enum ClassType {
    /// 13 to 17 pupils.
    Small,
    /// 22 to 25 pupils.
    Regular,
    /// 22 to 25 pupils, and an aide beside the teacher.
    RegularWithAide,
}

/// The surroundings of a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, PepEnum)]
pub enum SchoolType {
    /// In the centre of a large city.
    InnerCity,
    /// In a suburb.
    Suburban,
    /// In the country.
    Rural,
    /// In a town.
    Urban,
}

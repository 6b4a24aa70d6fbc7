//! A source with every kind of field, that does some of what there is.

use nest_core::InProcess;
use nest_core::time::Month;

use crate::TokenHash;
use crate::prelude::*;

/// Where somebody went.
#[derive(PepEnum)]
pub(super) enum Place {
    /// At the doctor's.
    Doctor,
    School,
}

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
#[allow(dead_code)]
pub(super) enum Ending {
    Done {
        #[pep(range = 0..=240)]
        minutes: u8,
    },
    Missed {
        place: Place,
    },
}

/// One visit.
#[derive(PepRecord)]
#[pep(activity = "visits", max_blocks = 20, max_bits = 463, version = 3)]
pub(super) struct Visit {
    /// Who came.
    #[pep(pseudonym, subject)]
    visitor: Pseudonym,
    #[pep(max_bytes = 10)]
    word: String,
    /// What was said.
    #[pep(max_bytes = 40)]
    remark: String,
    #[pep(decimals = 1, range = 34.0..=42.5, absent = 0.0)]
    #[pep(uses(sum), logical = "medical", unit = "Cel", context = "inside")]
    temperature: Option<f64>,
    #[pep(range = "2020-01"..="2035-12")]
    month: Month,
    #[pep(range = 0..=9)]
    marks: [u8; 2],
    #[pep(max_len = 2)]
    places: Vec<Place>,
    ending: Ending,
    #[pep(range = 0..=9_999_999, allow(global_identifier, reason = "drawn for this study"))]
    visit_id: u32,
    #[pep(absent)]
    paid: Option<bool>,
}

#[derive(PepRecord)]
#[pep(activity = "visits", kind = "progress", max_blocks = 1)]
pub(super) struct Progress {
    #[pep(range = 0..=255)]
    visits: u8,
}

impl Activity for Visit {
    type Progress = Progress;
    type Outcome = Visit;
}

mod walk {
    use super::*;

    #[derive(PepRecord)]
    #[pep(activity = "a-walk", max_blocks = 1)]
    pub(super) struct Walk {
        pub(super) long: bool,
    }

    /// Another record of that name.
    #[derive(PepRecord)]
    #[pep(activity = "a-walk", kind = "progress", max_blocks = 1)]
    pub(super) struct Progress {
        #[pep(range = 0..=9)]
        pub(super) walks: u8,
    }

    impl Activity for Walk {
        type Progress = Progress;
        type Outcome = Walk;
    }
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
pub(super) struct Person {
    pub(super) consent: bool,
}

pub(super) struct Clinic;

impl DataSource for Clinic {
    type Participant = Person;
    const PARTICIPANTS: &'static [Operation] = &[Operation::Create];

    async fn create_participant(&self, _: &Context, _: Pseudonym, _: Person) -> Result<(), RecordError> {
        Ok(())
    }
}

impl Serves<Visit> for Clinic {
    const OPERATIONS: &'static [Operation] =
        &[Operation::Results, Operation::Progress, Operation::Create, Operation::Delete];

    async fn create(&self, _: &Context, _: Pseudonym, _: Visit) -> Result<(), RecordError> {
        Ok(())
    }

    async fn delete(&self, _: &Context, _: Pseudonym) -> Result<(), RecordError> {
        Ok(())
    }

    async fn progress(&self, _: &Context, _: Pseudonym) -> Result<Progress, RecordError> {
        Err(RecordError::NotFound)
    }

    async fn results(&self, _: &Context, _: Pseudonym, _: u16) -> Result<Visit, RecordError> {
        Err(RecordError::NotFound)
    }
}

impl Serves<walk::Walk> for Clinic {
    const OPERATIONS: &'static [Operation] = &[Operation::Progress];

    async fn progress(&self, _: &Context, _: Pseudonym) -> Result<walk::Progress, RecordError> {
        Err(RecordError::NotFound)
    }
}

pub(super) const RECORDS: usize = 3;

pub(super) fn api() -> DataSourceApi<Clinic, InProcess> {
    DataSourceApi::builder(Clinic)
        .domain("clinic")
        .domain("clinic-2")
        .transcryption(InProcess::new(2))
        .caller(Caller::new("nest", TokenHash::of("token")))
        .max_records(RECORDS)
        .activity::<Visit>()
        .activity::<walk::Walk>()
        .build()
        .unwrap()
}

pub(super) fn visit() -> Visit {
    Visit {
        visitor: Pseudonym::random(),
        word: "good".to_owned(),
        remark: "Came on foot, and left early.".to_owned(),
        temperature: Some(37.5),
        month: "2024-05".parse().unwrap(),
        marks: [1, 2],
        places: vec![Place::Doctor],
        ending: Ending::Done { minutes: 20 },
        visit_id: 7,
        paid: None,
    }
}

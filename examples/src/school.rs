//! The data source `school`: an excerpt of the STAR data in memory, under the school's own pseudonyms, and what
//! a platform has registered and given since.
//!
//! This is all that a team with data writes. Nothing here knows of ciphertexts, sessions, JSON or HTTP.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard};

use nest_api::prelude::*;

use crate::records::{
    Assessment, AssessmentProgress, Enrolment, PersonInfo, PracticeOutcome, PracticeProgress,
    ReadingPractice, Role, WEEKS,
};
use crate::star::Row;

/// The school's people, and what is known of each. Clones are the same school.
#[derive(Clone)]
pub struct School {
    people: Arc<HashMap<Pseudonym, Person>>,
    participants: Arc<Mutex<Participants>>,
}

struct Person {
    role: Role,
    /// A pupil's own, or those of all pupils of a teacher; one record is with both.
    records: Vec<Arc<Assessment>>,
}

/// Those that somebody has registered.
type Participants = HashMap<Pseudonym, Participant>;

/// What is given to a participant lies with their registration, so that it is forgotten with it.
struct Participant {
    info: PersonInfo,
    practice: Option<Practice>,
}

struct Practice {
    given: ReadingPractice,
    weeks: Vec<PracticeOutcome>,
}

/// How the school knows the pupil of this number.
pub fn pupil(number: &str) -> Pseudonym {
    Pseudonym::from_long_id("school/pupils", number)
}

/// How the school knows the teacher of this number.
pub fn teacher(number: &str) -> Pseudonym {
    Pseudonym::from_long_id("school/teachers", number)
}

/// The record of a line of the file, under the school's pseudonyms.
pub fn assessment(row: &Row) -> Assessment {
    Assessment {
        pupil: pupil(&row.pupil),
        teacher: teacher(&row.teacher),
        grade: row.grade,
        class_type: row.class_type,
        school_type: row.school_type,
        free_lunch: row.free_lunch,
        reading: row.reading,
        math: row.math,
    }
}

impl School {
    /// The school with these records.
    pub fn new(rows: &[Row]) -> Self {
        let mut people = HashMap::new();
        for row in rows {
            let record = Arc::new(assessment(row));
            for (who, role) in [(record.pupil, Role::Pupil), (record.teacher, Role::Teacher)] {
                let person = people.entry(who).or_insert_with(|| Person { role, records: Vec::new() });
                person.records.push(Arc::clone(&record));
            }
        }
        Self { people: Arc::new(people), participants: Arc::default() }
    }

    /// Everybody that the school knows, in no order.
    pub fn roll(&self) -> Vec<Enrolment> {
        self.people.iter().map(|(who, person)| Enrolment { person: *who, role: person.role }).collect()
    }

    /// Another week of practice is over. `practised` says for how many minutes a pupil did what was given.
    /// Returns the minutes of all.
    ///
    /// # Errors
    ///
    /// [`RecordError::Internal`] where another thread has failed while it changed something.
    pub fn end_week(&self, practised: impl Fn(&ReadingPractice) -> u16) -> Result<u32, RecordError> {
        let mut sum = 0;
        for Practice { given, weeks } in
            self.participants()?.values_mut().filter_map(|who| who.practice.as_mut())
        {
            let minutes = practised(given);
            if let Some(week) = u8::try_from(weeks.len() + 1).ok().filter(|week| *week <= WEEKS) {
                weeks.push(PracticeOutcome { week, minutes });
                sum += u32::from(minutes);
            }
        }
        Ok(sum)
    }

    fn participants(&self) -> Result<MutexGuard<'_, Participants>, RecordError> {
        self.participants.lock().map_err(|_| RecordError::Internal)
    }

    /// Somebody whom the school knows, if what is said of them is true.
    fn check(&self, who: Pseudonym, info: &PersonInfo) -> Result<(), RecordError> {
        let person = self.people.get(&who).ok_or(RecordError::NotFound)?;
        if person.role == info.role { Ok(()) } else { Err(RecordError::Invalid) }
    }

    /// The records of somebody who is registered.
    fn records(&self, who: Pseudonym) -> Result<&[Arc<Assessment>], RecordError> {
        self.with(who, |_| Ok(()))?;
        self.people.get(&who).map(|person| person.records.as_slice()).ok_or(RecordError::NotFound)
    }

    /// Does something with somebody who is registered.
    fn with<R>(
        &self,
        who: Pseudonym,
        act: impl FnOnce(&mut Participant) -> Result<R, RecordError>,
    ) -> Result<R, RecordError> {
        act(self.participants()?.get_mut(&who).ok_or(RecordError::NotFound)?)
    }

    /// Does something with the practice of somebody who has some.
    fn with_practice<R>(
        &self,
        who: Pseudonym,
        act: impl FnOnce(&mut Practice) -> Result<R, RecordError>,
    ) -> Result<R, RecordError> {
        self.with(who, |participant| act(participant.practice.as_mut().ok_or(RecordError::NotFound)?))
    }
}

impl DataSource for School {
    type Participant = PersonInfo;
    const PARTICIPANTS: &[Operation] = Operation::OF_PARTICIPANTS;

    async fn create_participant(
        &self,
        _: &Context,
        who: Pseudonym,
        info: PersonInfo,
    ) -> Result<(), RecordError> {
        self.check(who, &info)?;
        match self.participants()?.entry(who) {
            Entry::Occupied(_) => Err(RecordError::Conflict),
            Entry::Vacant(place) => {
                place.insert(Participant { info, practice: None });
                Ok(())
            }
        }
    }

    async fn read_participant(&self, _: &Context, who: Pseudonym) -> Result<PersonInfo, RecordError> {
        self.with(who, |participant| Ok(participant.info.clone()))
    }

    async fn update_participant(
        &self,
        _: &Context,
        who: Pseudonym,
        info: PersonInfo,
    ) -> Result<(), RecordError> {
        self.check(who, &info)?;
        self.with(who, |participant| {
            participant.info = info;
            Ok(())
        })
    }

    async fn delete_participant(&self, _: &Context, who: Pseudonym) -> Result<(), RecordError> {
        self.participants()?.remove(&who).map(drop).ok_or(RecordError::NotFound)
    }
}

/// The school's own records: a platform may ask for them, and give none. Whoever asks for one of the operations
/// that are not listed is told so, and nobody has to write them.
impl Serves<Assessment> for School {
    const OPERATIONS: &[Operation] = &[Operation::Progress, Operation::Results];

    async fn progress(&self, _: &Context, who: Pseudonym) -> Result<AssessmentProgress, RecordError> {
        let records = self.records(who)?;
        let complete = records.iter().filter(|record| record.reading.is_some() && record.math.is_some());
        Ok(AssessmentProgress { records: count(records.len())?, complete: count(complete.count())? })
    }

    async fn results(&self, _: &Context, who: Pseudonym, page: u16) -> Result<Assessment, RecordError> {
        let record = self.records(who)?.get(usize::from(page)).ok_or(RecordError::NotFound)?;
        Ok(Assessment::clone(record))
    }
}

/// What a platform gives to pupils.
impl Serves<ReadingPractice> for School {
    const OPERATIONS: &[Operation] = Operation::ALL;

    async fn create(&self, _: &Context, who: Pseudonym, given: ReadingPractice) -> Result<(), RecordError> {
        self.with(who, |participant| match participant {
            Participant { info: PersonInfo { role: Role::Teacher }, .. } => Err(RecordError::Invalid),
            Participant { practice: Some(_), .. } => Err(RecordError::Conflict),
            Participant { practice, .. } => {
                *practice = Some(Practice { given, weeks: Vec::new() });
                Ok(())
            }
        })
    }

    async fn read(&self, _: &Context, who: Pseudonym) -> Result<ReadingPractice, RecordError> {
        self.with_practice(who, |practice| Ok(practice.given.clone()))
    }

    async fn update(&self, _: &Context, who: Pseudonym, given: ReadingPractice) -> Result<(), RecordError> {
        self.with_practice(who, |practice| {
            practice.given = given;
            Ok(())
        })
    }

    async fn delete(&self, _: &Context, who: Pseudonym) -> Result<(), RecordError> {
        self.with(who, |participant| participant.practice.take().map(drop).ok_or(RecordError::NotFound))
    }

    async fn progress(&self, _: &Context, who: Pseudonym) -> Result<PracticeProgress, RecordError> {
        self.with_practice(who, |Practice { given, weeks }| {
            let kept = weeks.iter().filter(|week| week.minutes >= given.minutes_per_week);
            Ok(PracticeProgress { weeks: count(weeks.len())?, kept: count(kept.count())? })
        })
    }

    async fn results(&self, _: &Context, who: Pseudonym, page: u16) -> Result<PracticeOutcome, RecordError> {
        self.with_practice(who, |practice| {
            practice.weeks.get(usize::from(page)).cloned().ok_or(RecordError::NotFound)
        })
    }
}

/// A number of pages, which are counted to 255.
fn count(count: usize) -> Result<u8, RecordError> {
    u8::try_from(count).map_err(|_| RecordError::Unsupported)
}

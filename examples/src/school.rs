//! The data source `school`: an excerpt of the STAR data in memory, under the school's own pseudonyms.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use nest_api::prelude::*;

use crate::records::{Assessment, AssessmentProgress, Enrolment, PersonInfo, Role};
use crate::star::Row;

/// The school's people, and what is known of each.
pub struct School {
    people: HashMap<Pseudonym, Person>,
    /// Those that somebody has registered.
    participants: Mutex<HashSet<Pseudonym>>,
}

struct Person {
    role: Role,
    /// A pupil's own, or those of all pupils of a teacher; one record is with both.
    records: Vec<Arc<Assessment>>,
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
        Self { people, participants: Mutex::default() }
    }

    /// Everybody that the school knows, in no order.
    pub fn roll(&self) -> Vec<Enrolment> {
        self.people.iter().map(|(who, person)| Enrolment { person: *who, role: person.role }).collect()
    }

    /// Somebody who is registered.
    fn participant(&self, who: Pseudonym) -> Result<&Person, RecordError> {
        let participants = self.participants.lock().map_err(|_| RecordError::Internal)?;
        if !participants.contains(&who) {
            return Err(RecordError::NotFound);
        }
        self.people.get(&who).ok_or(RecordError::NotFound)
    }
}

impl DataSource for School {
    type Participant = PersonInfo;
    const PARTICIPANTS: &[Operation] = &[Operation::Create];

    async fn create_participant(
        &self,
        _: &Context,
        who: Pseudonym,
        info: PersonInfo,
    ) -> Result<(), RecordError> {
        let person = self.people.get(&who).ok_or(RecordError::NotFound)?;
        if person.role != info.role {
            return Err(RecordError::Invalid);
        }
        let mut participants = self.participants.lock().map_err(|_| RecordError::Internal)?;
        if participants.insert(who) { Ok(()) } else { Err(RecordError::Conflict) }
    }
}

impl Serves<Assessment> for School {
    const OPERATIONS: &[Operation] = &[Operation::Progress, Operation::Results];

    async fn progress(&self, _: &Context, who: Pseudonym) -> Result<AssessmentProgress, RecordError> {
        let records = &self.participant(who)?.records;
        let complete = records.iter().filter(|record| record.reading.is_some() && record.math.is_some());
        let count = |count: usize| u8::try_from(count).map_err(|_| RecordError::Unsupported);
        Ok(AssessmentProgress { records: count(records.len())?, complete: count(complete.count())? })
    }

    async fn results(&self, _: &Context, who: Pseudonym, page: u8) -> Result<Assessment, RecordError> {
        let record = self.participant(who)?.records.get(usize::from(page)).ok_or(RecordError::NotFound)?;
        Ok(Assessment::clone(record))
    }
}

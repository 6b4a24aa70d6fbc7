//! The data source `school`: the STAR data in a vault, under the school's own pseudonyms, and what a platform has
//! registered and given since.
//!
//! This is all that a team with data writes. Nothing here knows of ciphertexts, sessions, SQL or HTTP. A team without
//! rules of its own writes less: a `SqlVault` is a data source as it is.

use std::collections::HashMap;
use std::sync::Arc;

use nest_api::prelude::*;
use nest_core::Domain;
use nest_source::{Found, Purpose};
use nest_vault::{Checked, Opened, SqlVault, Stored, VaultError, Who};

use crate::Failure;
use crate::records::{
    Assessment, AssessmentProgress, Enrolment, PersonInfo, PracticeOutcome, PracticeProgress,
    ReadingPractice, Role, WEEKS,
};
use crate::star::Row;
use crate::store::Store;

/// The school's people, and the vault that keeps what is known of them. Clones are the same school.
#[derive(Clone)]
pub struct School {
    /// From the school's own administration: whom it may be asked about at all.
    people: Arc<HashMap<Pseudonym, Role>>,
    vault: SqlVault<PersonInfo>,
    domain: Domain,
    store: Arc<Store>,
    is_new: bool,
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
    /// The school with these records, in the vault of this store, served in this domain. Records that are there already
    /// stay.
    ///
    /// # Errors
    ///
    /// What the vault refuses.
    pub async fn open(domain: &str, rows: &[Row], store: Store) -> Result<Self, Failure> {
        let vault = store.open().await?;
        let domain = Domain::new(domain)?;
        let records: Vec<_> = rows.iter().map(assessment).collect();
        let mut people = HashMap::new();
        for record in &records {
            people.insert(record.pupil, Role::Pupil);
            people.insert(record.teacher, Role::Teacher);
        }
        let mut school =
            Self { people: Arc::new(people), vault, domain, store: Arc::new(store), is_new: false };
        let first = school.vault.scan_outcomes::<Assessment>(&Purpose::new("is-imported")?, None, 1).await?;
        if first.records.is_empty() {
            school.is_new = true;
            let outcomes: Vec<_> = records.iter().map(|record| (record.pupil, record)).collect();
            for kept in school.vault.add_outcomes::<Assessment>(&school.domain, &outcomes).await? {
                kept?;
            }
        }
        Ok(school)
    }

    /// The school with these records, in a vault that is gone with it.
    ///
    /// # Errors
    ///
    /// What the vault and the file system refuse.
    pub async fn temporary(domain: &str, rows: &[Row]) -> Result<Self, Failure> {
        Self::open(domain, rows, Store::temporary()?).await
    }

    /// Whether the records were not there before.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Where the vault is.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Everybody that the school knows, in no order.
    pub fn roll(&self) -> Vec<Enrolment> {
        self.people.iter().map(|(who, role)| Enrolment { person: *who, role: *role }).collect()
    }

    /// The vault, for what its operator does.
    pub fn vault(&self) -> &SqlVault<PersonInfo> {
        &self.vault
    }

    /// Somebody, as the vault is asked about them.
    pub fn who(&self, pseudonym: Pseudonym) -> Who<'_> {
        Who { domain: &self.domain, pseudonym }
    }

    /// Another week of practice is over. `practised` says for how many minutes a pupil did what was given.
    /// Returns the minutes of all.
    ///
    /// # Errors
    ///
    /// What the vault refuses.
    pub async fn end_week(&self, practised: impl Fn(&ReadingPractice) -> u16) -> Result<u32, Failure> {
        let purpose = Purpose::new("end-of-week")?;
        let pupils: Vec<_> = self.people.keys().copied().collect();
        let given = self.vault.get_many::<ReadingPractice>(&self.domain, &pupils, &purpose).await?;
        let weeks = self.vault.outcomes_many::<ReadingPractice>(&self.domain, &pupils, &purpose).await?;
        let mut over = Vec::new();
        for ((who, given), weeks) in pupils.iter().zip(&given).zip(&weeks) {
            let Some(given) = given.as_ref().and_then(|given| given.record.record()) else { continue };
            if let Some(week) = u8::try_from(weeks.len() + 1).ok().filter(|week| *week <= WEEKS) {
                over.push((*who, PracticeOutcome { week, minutes: practised(given) }));
            }
        }
        let outcomes: Vec<_> = over.iter().map(|(who, week)| (*who, week)).collect();
        for kept in self.vault.add_outcomes::<ReadingPractice>(&self.domain, &outcomes).await? {
            kept?;
        }
        Ok(over.iter().map(|(_, week)| u32::from(week.minutes)).sum())
    }

    /// Somebody whom the school knows, if what is said of them is true.
    fn checked(&self, who: Pseudonym, info: PersonInfo) -> Checked<PersonInfo> {
        match self.people.get(&who) {
            None => Err(RecordError::NotFound),
            Some(role) if *role == info.role => Ok((who, info)),
            Some(_) => Err(RecordError::Invalid),
        }
    }

    /// Teachers are given no practice.
    fn checked_practice(&self, who: Pseudonym, given: ReadingPractice) -> Checked<ReadingPractice> {
        if self.people.get(&who) == Some(&Role::Teacher) {
            Err(RecordError::Invalid)
        } else {
            Ok((who, given))
        }
    }

    /// How far registered people are, from what is kept of them.
    async fn progress_of<A: Activity>(
        &self,
        ctx: &Context,
        people: &[Pseudonym],
        progress: impl Fn(Option<&A>, &[A::Outcome]) -> Result<A::Progress, RecordError>,
    ) -> Result<Vec<Result<A::Progress, RecordError>>, RecordError> {
        let registered = self.vault.are_registered(ctx, people).await?;
        let (domain, purpose) = (ctx.domain(), ctx.purpose());
        let given = self.vault.get_many::<A>(domain, people, &purpose).await.map_err(internal)?;
        let outcomes = self.vault.outcomes_many::<A>(domain, people, &purpose).await.map_err(internal)?;
        let each = registered.into_iter().zip(given).zip(outcomes).map(|((registered, given), outcomes)| {
            if !registered {
                return Err(RecordError::NotFound);
            }
            let given = given.as_ref().and_then(|given| given.record.record());
            let outcomes: Vec<_> = outcomes.into_iter().filter_map(left).collect();
            progress(given, &outcomes)
        });
        Ok(each.collect())
    }
}

/// What is left of a record, for counting.
fn left<R>(stored: Stored<R>) -> Option<R> {
    match stored.record {
        Opened::Whole(record) | Opened::Partly { record, .. } => Some(record),
        _ => None,
    }
}

fn internal(_: VaultError) -> RecordError {
    RecordError::Internal
}

fn first<R>(mut results: Vec<Result<R, RecordError>>) -> Result<R, RecordError> {
    results.pop().unwrap_or(Err(RecordError::Internal))
}

impl DataSource for School {
    type Participant = PersonInfo;
    const PARTICIPANTS: &[Operation] = Operation::OF_PARTICIPANTS;

    async fn create_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
        info: PersonInfo,
    ) -> Result<(), RecordError> {
        first(self.create_participant_batch(ctx, vec![(who, info)]).await)
    }

    async fn create_participant_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, PersonInfo)>,
    ) -> Vec<Result<(), RecordError>> {
        let items = items.into_iter().map(|(who, info)| self.checked(who, info)).collect();
        self.vault.create_checked_participants(ctx, items).await
    }

    async fn read_participant(&self, ctx: &Context, who: Pseudonym) -> Result<PersonInfo, RecordError> {
        self.vault.read_participant(ctx, who).await
    }

    async fn read_participant_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<PersonInfo, RecordError>> {
        self.vault.read_participant_batch(ctx, participants).await
    }

    async fn update_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
        info: PersonInfo,
    ) -> Result<(), RecordError> {
        first(self.update_participant_batch(ctx, vec![(who, info)]).await)
    }

    async fn update_participant_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, PersonInfo)>,
    ) -> Vec<Result<(), RecordError>> {
        let items = items.into_iter().map(|(who, info)| self.checked(who, info)).collect();
        self.vault.update_checked_participants(ctx, items).await
    }

    async fn delete_participant(&self, ctx: &Context, who: Pseudonym) -> Result<(), RecordError> {
        self.vault.delete_participant(ctx, who).await
    }

    async fn delete_participant_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<(), RecordError>> {
        self.vault.delete_participant_batch(ctx, participants).await
    }
}

/// The school's own records. A platform may ask for them, and cannot give any. Operations that are not listed are
/// refused, and need no method.
impl Serves<Assessment> for School {
    const OPERATIONS: &[Operation] = &[Operation::Progress, Operation::Results];

    async fn progress(&self, ctx: &Context, who: Pseudonym) -> Result<AssessmentProgress, RecordError> {
        first(Serves::<Assessment>::progress_batch(self, ctx, vec![who]).await)
    }

    async fn progress_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<AssessmentProgress, RecordError>> {
        let progress = self.progress_of::<Assessment>(ctx, &participants, |_, records| {
            let complete = records.iter().filter(|record| record.reading.is_some() && record.math.is_some());
            Ok(AssessmentProgress { records: count(records.len())?, complete: count(complete.count())? })
        });
        progress.await.unwrap_or_else(|error| participants.iter().map(|_| Err(error)).collect())
    }

    async fn results(&self, ctx: &Context, who: Pseudonym, page: u16) -> Result<Assessment, RecordError> {
        first(Serves::<Assessment>::find_results(self, ctx, vec![(who, page)]).await)
            .map(|found| found.record().clone())
    }

    async fn find_results(
        &self,
        ctx: &Context,
        pages: Vec<(Pseudonym, u16)>,
    ) -> Vec<Result<Found<Assessment>, RecordError>> {
        self.vault.find_outcomes::<Assessment>(ctx, &pages).await
    }
}

/// What a platform gives to pupils.
impl Serves<ReadingPractice> for School {
    const OPERATIONS: &[Operation] = Operation::ALL;

    async fn create(&self, ctx: &Context, who: Pseudonym, given: ReadingPractice) -> Result<(), RecordError> {
        first(self.create_batch(ctx, vec![(who, given)]).await)
    }

    async fn create_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, ReadingPractice)>,
    ) -> Vec<Result<(), RecordError>> {
        let items = items.into_iter().map(|(who, given)| self.checked_practice(who, given)).collect();
        self.vault.create_checked(ctx, items).await
    }

    async fn read(&self, ctx: &Context, who: Pseudonym) -> Result<ReadingPractice, RecordError> {
        first(Serves::<ReadingPractice>::find(self, ctx, vec![who]).await)
            .map(|found: Found<ReadingPractice>| found.record().clone())
    }

    async fn find(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<Found<ReadingPractice>, RecordError>> {
        self.vault.find_records::<ReadingPractice>(ctx, &participants).await
    }

    async fn update(&self, ctx: &Context, who: Pseudonym, given: ReadingPractice) -> Result<(), RecordError> {
        first(self.update_batch(ctx, vec![(who, given)]).await)
    }

    async fn update_batch(
        &self,
        ctx: &Context,
        items: Vec<(Pseudonym, ReadingPractice)>,
    ) -> Vec<Result<(), RecordError>> {
        let items = items.into_iter().map(|(who, given)| self.checked_practice(who, given)).collect();
        self.vault.update_checked(ctx, items).await
    }

    async fn delete(&self, ctx: &Context, who: Pseudonym) -> Result<(), RecordError> {
        first(self.vault.delete_records(ctx, &[who]).await)
    }

    async fn delete_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<(), RecordError>> {
        self.vault.delete_records(ctx, &participants).await
    }

    async fn progress(&self, ctx: &Context, who: Pseudonym) -> Result<PracticeProgress, RecordError> {
        first(Serves::<ReadingPractice>::progress_batch(self, ctx, vec![who]).await)
    }

    async fn progress_batch(
        &self,
        ctx: &Context,
        participants: Vec<Pseudonym>,
    ) -> Vec<Result<PracticeProgress, RecordError>> {
        let progress = self.progress_of::<ReadingPractice>(ctx, &participants, |given, weeks| {
            let given = given.ok_or(RecordError::NotFound)?;
            let kept = weeks.iter().filter(|week| week.minutes >= given.minutes_per_week);
            Ok(PracticeProgress { weeks: count(weeks.len())?, kept: count(kept.count())? })
        });
        progress.await.unwrap_or_else(|error| participants.iter().map(|_| Err(error)).collect())
    }

    async fn results(
        &self,
        ctx: &Context,
        who: Pseudonym,
        page: u16,
    ) -> Result<PracticeOutcome, RecordError> {
        first(Serves::<ReadingPractice>::find_results(self, ctx, vec![(who, page)]).await)
            .map(|found| found.record().clone())
    }

    async fn find_results(
        &self,
        ctx: &Context,
        pages: Vec<(Pseudonym, u16)>,
    ) -> Vec<Result<Found<PracticeOutcome>, RecordError>> {
        self.vault.find_outcomes::<ReadingPractice>(ctx, &pages).await
    }
}

/// A number of pages, which are counted to 255.
fn count(count: usize) -> Result<u8, RecordError> {
    u8::try_from(count).map_err(|_| RecordError::Unsupported)
}

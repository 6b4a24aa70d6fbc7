//! The budget: how much privacy each person has left, what was answered, and the only place where noise is drawn.
//!
//! A question is answered in two steps. [`Budget::ask`] reserves ε of every person who takes part, or finds the answer
//! that was already given. [`Budget::commit`] draws the noise, stores the answer and makes the charge final, in one
//! transaction: either all of that has happened or nothing has. Whatever happens in between, a crash included, the
//! people are charged once or not at all, and no two draws are seen for one question.

mod added;
mod data_set;
mod ledger;
mod pool;
mod question;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;

use crate::sql::{Database, StorageError, Transaction};
use crate::{MicroEpsilon, Noised, PersonToken, Refused, Released, Shape, TallyError};

pub use pool::{Pool, Reservation};
pub use question::{Question, Spend};

const SECONDS_A_DAY: i64 = 86_400;

/// The most ε that may be spent of one person in any so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// By one processor.
    pub per_processor: MicroEpsilon,
    /// By all processors together: they may compare what they got.
    pub per_person: MicroEpsilon,
    /// The days. Any window of so many days counts, not calendar quarters.
    pub days: u32,
}

impl Default for Limits {
    /// ε 3 for each processor and ε 6 in all, in 90 days.
    fn default() -> Self {
        Self {
            per_processor: MicroEpsilon::from_micros(3_000_000),
            per_person: MicroEpsilon::from_micros(6_000_000),
            days: 90,
        }
    }
}

/// What one person has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// For this processor.
    pub processor: MicroEpsilon,
    /// For all processors together.
    pub person: MicroEpsilon,
}

impl Left {
    /// What a question of this processor may take.
    pub fn available(self) -> MicroEpsilon {
        self.processor.min(self.person)
    }
}

/// What came of asking.
pub enum Asked<S: Noised> {
    /// The question was answered before: here is the same answer, and nothing is charged.
    Answered(Released<S::Answer>),
    /// The budget is reserved: collect the rows, then [`commit`](Budget::commit).
    Reserved(Reservation<S>),
}

/// Why a question has no answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum BudgetError {
    /// A policy refuses.
    Refused(Refused),
    /// Somebody else is answering this question just now: ask again later for their answer.
    Busy,
    /// The reservation has lapsed or was given back. Nothing is charged.
    Lapsed,
    /// A spend of zero, or two spends of one person.
    Spends,
    /// The rows do not fit the reservation.
    Tally(TallyError),
    /// The database fails. Whether an answer was stored shows when the question is asked again.
    Storage(StorageError),
}

impl fmt::Display for BudgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BudgetError::Refused(refused) => refused.fmt(f),
            BudgetError::Busy => f.write_str("this question is being answered: ask again later"),
            BudgetError::Lapsed => {
                f.write_str("the reservation has lapsed or was given back; nothing is charged")
            }
            BudgetError::Spends => f.write_str("each person spends once, and more than zero"),
            BudgetError::Tally(error) => error.fmt(f),
            BudgetError::Storage(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BudgetError {}

impl From<Refused> for BudgetError {
    fn from(refused: Refused) -> Self {
        BudgetError::Refused(refused)
    }
}

impl From<StorageError> for BudgetError {
    fn from(error: StorageError) -> Self {
        BudgetError::Storage(error)
    }
}

impl From<TallyError> for BudgetError {
    fn from(error: TallyError) -> Self {
        BudgetError::Tally(error)
    }
}

/// The durable record of what was charged and answered, in SQLite or PostgreSQL.
///
/// Several processes may use one database. ε is counted in whole millionths. What is promised is ε-differential
/// privacy for adding or removing one person, where each person's ε is the sum of their charges; see the guide on
/// releases for what that does not cover.
///
/// ```
/// # use nest_core::prelude::*;
/// # #[derive(PepRecord)]
/// # #[pep(max_blocks = 2)]
/// # struct Visit {
/// #     #[pep(pseudonym)]
/// #     patient: Pseudonym,
/// #     #[pep(range = 0..=120)]
/// #     age: u8,
/// # }
/// use nest_release::{Asked, Budget, Column, Limits, Mean, PersonToken, Question, Spend};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let file = std::env::temp_dir().join(format!("nest-release-doc-{}.sqlite", std::process::id()));
/// # let _ = std::fs::remove_file(&file);
/// # let url = format!("sqlite:{}", file.display());
/// # let patients: Vec<_> = (0..200).map(|number| PersonToken::from_bytes([number; 32])).collect();
/// let budget = Budget::open(&url, Limits::default()).await?;
/// let spends: Vec<_> = patients.iter().map(|person| Spend { person: *person, epsilon: "0.5".parse().unwrap() }).collect();
///
/// let question = Question::<Mean>::new("university", Column::of(Visit::SCHEMA, "age")?, "everybody, in May");
/// let released = match budget.ask(&question, &spends, 50).await? {
///     Asked::Answered(released) => released,
///     Asked::Reserved(reservation) => {
///         let mut pool = reservation.pool();
///         for person in reservation.people() {
///             pool.add(person, 40)?;
///         }
///         budget.commit(reservation, pool).await?
///     }
/// };
/// println!("{} ± {}", released.value, released.noise.unwrap().within);
///
/// // Asked again, it has the same answer.
/// let Asked::Answered(again) = budget.ask(&question, &spends, 50).await? else { panic!("drawn twice") };
/// assert_eq!(again, released);
/// # std::fs::remove_file(file)?;
/// # Ok(())
/// # }
/// ```
pub struct Budget {
    database: Database,
    limits: Limits,
    lease: Duration,
    /// Tests move the database's clock by this.
    #[cfg(test)]
    offset: std::sync::atomic::AtomicI64,
}

impl Budget {
    /// Opens a database, by an address such as `sqlite:budget.sqlite` or `postgres://user@host/database`, and brings
    /// its tables up to date. They begin with `release_`, so they may live beside others.
    ///
    /// # Errors
    /// The address cannot be read, the database does not answer, or a newer program has changed the tables.
    pub async fn open(url: &str, limits: Limits) -> Result<Self, StorageError> {
        Ok(Self {
            database: Database::open(url, "release_migration", ledger::MIGRATIONS).await?,
            limits,
            lease: Duration::from_secs(600),
            #[cfg(test)]
            offset: std::sync::atomic::AtomicI64::new(0),
        })
    }

    /// Keeps reservations for so long, instead of ten minutes. After that they are given back.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Reserves the budget for a question, or finds its answer.
    ///
    /// People without enough budget left are left out and not charged. `minimum` is the fewest people who must take
    /// part. It is counted here, over everybody named, before any of their data is looked at, so a refusal tells
    /// nothing of the data; whom to name is the caller's business, such as everybody who has agreed.
    ///
    /// # Errors
    /// Too few people were named or have budget left ([`Refused`]), or somebody else is answering the question.
    pub async fn ask<S: Noised>(
        &self,
        question: &Question<S>,
        spends: &[Spend],
        minimum: u32,
    ) -> Result<Asked<S>, BudgetError> {
        let sorted = sorted(spends)?;
        self.give_back_lapsed().await?;
        let mut tx = self.database.begin().await?;
        let now = self.now(&mut tx).await?;
        let today = now.div_euclid(SECONDS_A_DAY);
        let id = || question.id.as_slice().into();
        // The second of two waits here until the first has committed.
        let insert =
            "INSERT INTO release_question (id, reservation, answer, lease, expires) VALUES ($1, $1, '', 0, 0)
            ON CONFLICT (id) DO NOTHING";
        let new = tx.execute(insert, vec![id()]).await? == 1;
        let select = "SELECT answer, lease, expires, reservation FROM release_question WHERE id = $1";
        let rows = tx.fetch_locked(select, vec![id()]).await?;
        let row = rows.first().ok_or(BudgetError::Busy)?;
        let (answer, lease, expires) = (row.text(0)?, row.int(1)?, row.int(2)?);
        if !answer.is_empty() && today < expires {
            return Ok(Asked::Answered(read(&answer)?));
        }
        if answer.is_empty() && !new {
            if lease > now {
                return Err(BudgetError::Busy);
            }
            ledger::uncharge(&mut tx, &row.bytes(3)?).await?;
        }

        ledger::lock(&mut tx, &sorted).await?;
        let people = sorted.iter().map(|spend| spend.person);
        let left = ledger::left(&mut tx, people, &question.processor, today, &self.limits).await?;
        let payers = who_can_pay(&sorted, &left, minimum)?;
        let reservation: [u8; 16] = rand::rng().random();
        ledger::charge(&mut tx, &reservation, &question.processor, today, &payers).await?;
        let update = "UPDATE release_question SET reservation = $2, answer = '', lease = $3, expires = 0 WHERE id = $1";
        let until = now.saturating_add_unsigned(self.lease.as_secs());
        tx.execute(update, vec![id(), reservation.as_slice().into(), until.into()]).await?;
        boundary("reserved");
        tx.commit().await?;
        boundary("reservation committed");
        Ok(Asked::Reserved(Reservation {
            question: question.id,
            id: reservation,
            bounds: question.bounds.clone(),
            period_days: question.period_days,
            classes: question.classes.clone(),
            people: Arc::new(payers.into_iter().map(|spend| (spend.person, spend.epsilon)).collect()),
        }))
    }

    /// Draws the noise, stores the answer and makes the charge final, in one transaction.
    ///
    /// Noise is drawn for every class that was reserved, also where no person in it has a value: an answer always has the
    /// same shape. Everybody reserved is charged, also those who have no value: who has one is data.
    ///
    /// # Errors
    /// The reservation has lapsed, the pool is of another reservation, or the database fails. Where the database fails
    /// at the very end, asking again shows whether the answer was stored.
    pub async fn commit<S: Noised>(
        &self,
        reservation: Reservation<S>,
        pool: Pool<S>,
    ) -> Result<Released<S::Answer>, BudgetError> {
        if !pool.belongs_to(&reservation) {
            return Err(BudgetError::Tally(TallyError::Mismatch));
        }
        let classes = pool.classes()?;
        let mut tx = self.database.begin().await?;
        self.check(&mut tx, &reservation).await?;
        let today = self.now(&mut tx).await?.div_euclid(SECONDS_A_DAY);
        let failed = |_| StorageError::new("no noise can be drawn");
        let released = S::noised(&reservation.bounds, &classes, &mut rand::rng()).map_err(failed)?;
        boundary("drawn");
        let answer =
            serde_json::to_string(&released).map_err(|_| StorageError::new("an answer cannot be written"))?;
        let update = "UPDATE release_question SET answer = $2, expires = $3 WHERE id = $1";
        let expires = today + i64::from(reservation.period_days);
        tx.execute(
            update,
            vec![reservation.question.as_slice().into(), answer.as_str().into(), expires.into()],
        )
        .await?;
        // The window of the budget counts from the answer, not from the reservation.
        let update = "UPDATE release_charge SET day = $2 WHERE reservation = $1 AND day <> $2";
        tx.execute(update, vec![reservation.id.as_slice().into(), today.into()]).await?;
        boundary("stored");
        tx.commit().await?;
        boundary("answer committed");
        Ok(released)
    }

    /// Gives the budget back, for a question that will not be answered. Nothing has been drawn yet.
    ///
    /// # Errors
    /// The reservation has already lapsed, or the database fails: then it lapses by itself.
    pub async fn give_back<S: Noised>(&self, reservation: Reservation<S>) -> Result<(), BudgetError> {
        let mut tx = self.database.begin().await?;
        self.check(&mut tx, &reservation).await?;
        ledger::uncharge(&mut tx, &reservation.id).await?;
        tx.execute(
            "DELETE FROM release_question WHERE id = $1",
            vec![reservation.question.as_slice().into()],
        )
        .await?;
        boundary("given back");
        tx.commit().await?;
        Ok(())
    }

    /// What a person has left for a processor: exact, for the person.
    ///
    /// # Errors
    /// The database fails.
    pub async fn left(&self, person: &PersonToken, processor: &str) -> Result<Left, StorageError> {
        let mut tx = self.database.begin().await?;
        let today = self.now(&mut tx).await?.div_euclid(SECONDS_A_DAY);
        let left = ledger::left(&mut tx, std::iter::once(*person), processor, today, &self.limits).await?;
        left.get(person).copied().ok_or_else(|| StorageError::new("a stored value cannot be read"))
    }

    /// Deletes charges that no longer count, and answers whose period has ended.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune(&self) -> Result<(), StorageError> {
        self.give_back_lapsed().await?;
        let mut tx = self.database.begin().await?;
        let today = self.now(&mut tx).await?.div_euclid(SECONDS_A_DAY);
        let oldest = today - i64::from(self.limits.days);
        tx.execute("DELETE FROM release_charge WHERE day <= $1", vec![oldest.into()]).await?;
        tx.execute("DELETE FROM release_question WHERE answer <> '' AND expires <= $1", vec![today.into()])
            .await?;
        tx.execute("DELETE FROM release_data_set WHERE expires <= $1", vec![today.into()]).await?;
        tx.commit().await
    }

    /// Gives back reservations whose lease has run out. Nothing has been drawn for them, and their holders can no
    /// longer commit.
    async fn give_back_lapsed(&self) -> Result<(), StorageError> {
        let mut tx = self.database.begin().await?;
        let now = self.now(&mut tx).await?;
        let select =
            "SELECT id, reservation FROM release_question WHERE answer = '' AND lease <= $1 ORDER BY id";
        for row in tx.fetch_locked(select, vec![now.into()]).await? {
            ledger::uncharge(&mut tx, &row.bytes(1)?).await?;
            tx.execute("DELETE FROM release_question WHERE id = $1", vec![row.bytes(0)?.into()]).await?;
        }
        tx.commit().await
    }

    /// Locks the question and makes sure that the reservation still holds it.
    async fn check<S: Shape>(
        &self,
        tx: &mut Transaction,
        reservation: &Reservation<S>,
    ) -> Result<(), BudgetError> {
        let select = "SELECT reservation, answer FROM release_question WHERE id = $1";
        let rows = tx.fetch_locked(select, vec![reservation.question.as_slice().into()]).await?;
        match rows.first() {
            Some(row) if row.bytes(0)? == reservation.id && row.text(1)?.is_empty() => Ok(()),
            _ => Err(BudgetError::Lapsed),
        }
    }

    async fn now(&self, tx: &mut Transaction) -> Result<i64, StorageError> {
        let now = tx.now().await?;
        #[cfg(test)]
        let now = now + self.offset.load(std::sync::atomic::Ordering::Relaxed);
        Ok(now)
    }
}

/// The spends in the order of the people's tokens: the order in which all transactions lock them.
fn sorted(spends: &[Spend]) -> Result<Vec<Spend>, BudgetError> {
    let mut sorted = spends.to_vec();
    sorted.sort_by_key(|spend| spend.person);
    let twice = sorted.windows(2).any(|pair| matches!(pair, [a, b] if a.person == b.person));
    if twice || sorted.iter().any(|spend| spend.epsilon.micros() == 0) {
        return Err(BudgetError::Spends);
    }
    Ok(sorted)
}

/// Those who have enough left; a refusal where they are too few.
fn who_can_pay(
    spends: &[Spend],
    left: &HashMap<PersonToken, Left>,
    minimum: u32,
) -> Result<Vec<Spend>, Refused> {
    let minimum = minimum.max(1) as usize;
    if spends.len() < minimum {
        return Err(Refused::TooFew);
    }
    let available =
        |spend: &Spend| left.get(&spend.person).map_or_else(MicroEpsilon::default, |left| left.available());
    let payers: Vec<_> = spends.iter().filter(|spend| available(spend) >= spend.epsilon).copied().collect();
    if payers.len() >= minimum {
        return Ok(payers);
    }
    // As much as the minimum of people still have: never about fewer people than an answer would have been about.
    let mut all: Vec<_> = spends.iter().map(available).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    let enough = all.get(minimum - 1).copied().unwrap_or_default();
    let asked = spends.iter().map(|spend| spend.epsilon).max().unwrap_or_default();
    Err(Refused::BudgetExhausted { asked, left: enough.rounded_down() })
}

fn read<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, StorageError> {
    serde_json::from_str(answer).map_err(|_| StorageError::new("a stored value cannot be read"))
}

/// A place where the tests of crashes may stop the process. It is nothing outside of tests.
#[cfg(not(test))]
fn boundary(_: &str) {}
#[cfg(test)]
use tests::boundary;

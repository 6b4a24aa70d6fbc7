//! The budget against real databases: SQLite files and a PostgreSQL server.

mod answers;
mod crashes;
mod orders;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nest_core::PepRecord;
use nest_testbed_postgres::Postgres;

use super::*;
use crate::testing::{Visit, person};
use crate::{Column, Mean};

pub(super) use crashes::boundary;

/// A database of its own for a test: one of each kind.
pub(super) struct Databases {
    folder: std::path::PathBuf,
    pub(super) urls: [String; 2],
}

impl Databases {
    pub(super) fn fresh() -> Self {
        static SERVER: OnceLock<Postgres> = OnceLock::new();
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("nest-release-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let postgres = SERVER.get_or_init(|| Postgres::start().unwrap()).fresh_database().unwrap();
        let urls = [format!("sqlite:{}", folder.join("budget.sqlite").display()), postgres];
        Self { folder, urls }
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(super) fn epsilon(text: &str) -> MicroEpsilon {
    text.parse().unwrap()
}

/// People of the tests with the same ε each.
pub(super) fn spends(people: std::ops::Range<u64>, each: &str) -> Vec<Spend> {
    people.map(|number| Spend { person: person(number), epsilon: epsilon(each) }).collect()
}

pub(super) fn question(processor: &str, text: &str) -> Question<Mean> {
    Question::new(processor, Column::of(Visit::SCHEMA, "score").unwrap(), text)
}

impl Budget {
    /// Asks and answers: everybody has the score 40.
    pub(super) async fn answer(
        &self,
        question: &Question<Mean>,
        spends: &[Spend],
        minimum: u32,
    ) -> Result<Released<crate::Fixed>, BudgetError> {
        match self.ask(question, spends, minimum).await? {
            Asked::Answered(released) => Ok(released),
            Asked::Reserved(reservation) => {
                let mut pool = reservation.pool();
                for person in reservation.people() {
                    pool.add(person, 40)?;
                }
                self.commit(reservation, pool).await
            }
        }
    }

    pub(super) fn pass_days(&self, days: i64) {
        self.offset.fetch_add(days * SECONDS_A_DAY, Ordering::Relaxed);
    }

    pub(super) async fn available(&self, number: u64, processor: &str) -> MicroEpsilon {
        self.left(&person(number), processor).await.unwrap().available()
    }
}

//! Requests that are sent twice: their outcomes are kept with what they wrote.

use nest_source::RecordError;
use nest_source::repetition::{KeyedRequest, Outcome};

use super::{Refusal, Store, Version};
use crate::database::Tx;
use crate::day;
use crate::error::VaultError;

/// A request that may be repeated, with what was refused of it before the store was asked.
#[derive(Debug, Clone)]
pub(crate) struct Repetition {
    name: [u8; 32],
    asked: [u8; 32],
    /// For each item of the request, in order: why it does not come here.
    refused: Vec<Option<RecordError>>,
}

/// For how many days outcomes are kept.
const DAYS: i64 = 2;

impl Repetition {
    pub(crate) fn new(request: &KeyedRequest, refused: Vec<Option<RecordError>>) -> Self {
        Self { name: *request.name(), asked: *request.asked(), refused }
    }
}

impl Refusal {
    pub(crate) fn to_record_error(self) -> RecordError {
        match self {
            Refusal::NotFound | Refusal::Erased => RecordError::NotFound,
            Refusal::Conflict(_) | Refusal::Hold => RecordError::Conflict,
            Refusal::Invalid => RecordError::Invalid,
        }
    }
}

impl Store {
    /// Whether the request was carried out by another process at this moment: then nothing of it may be written.
    pub(super) async fn is_new(
        &self,
        tx: &mut Tx,
        repetition: Option<&Repetition>,
    ) -> Result<bool, VaultError> {
        let Some(repetition) = repetition else { return Ok(true) };
        let sql = "SELECT name FROM repetition WHERE name = $1";
        Ok(tx.query(sql, &[repetition.name.into()]).await?.is_empty())
    }

    /// Keeps the outcomes in the transaction of what they are of.
    pub(super) async fn remember(
        &self,
        tx: &mut Tx,
        repetition: Option<&Repetition>,
        outcomes: &[Result<Version, Refusal>],
    ) -> Result<(), VaultError> {
        let Some(repetition) = repetition else { return Ok(()) };
        let today = day::today();
        tx.execute("DELETE FROM repetition WHERE day < $1", &[(today - DAYS).into()]).await?;
        let mut own = outcomes.iter();
        let status = |refused: &Option<RecordError>| match refused {
            Some(error) => error.status(),
            None => match own.next() {
                Some(Ok(_)) => RecordError::OK_STATUS,
                Some(Err(refusal)) => refusal.to_record_error().status(),
                None => RecordError::Internal.status(),
            },
        };
        let statuses: Vec<u8> = repetition.refused.iter().map(status).collect();
        let sql = "INSERT INTO repetition (name, asked, outcomes, day) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT DO NOTHING";
        let params = [repetition.name.into(), repetition.asked.into(), statuses.into(), today.into()];
        match tx.execute(sql, &params).await? {
            1 => Ok(()),
            // It was carried out elsewhere at this moment, and nothing of this one is written.
            _ => Err(VaultError::Unavailable),
        }
    }

    /// Keeps the outcomes of erasures, which are many transactions and may be repeated as they are.
    pub(crate) async fn remember_after(
        &self,
        request: &KeyedRequest,
        outcomes: &[Outcome],
    ) -> Result<(), VaultError> {
        let refused = outcomes.iter().map(|outcome| outcome.err()).collect();
        let repetition = Repetition::new(request, refused);
        let succeeded: Vec<_> = outcomes.iter().filter(|outcome| outcome.is_ok()).map(|_| Ok(0)).collect();
        let mut tx = self.db.begin().await?;
        self.remember(&mut tx, Some(&repetition), &succeeded).await?;
        Ok(tx.commit().await?)
    }

    /// The outcomes of a request that was carried out before; `Err` where its key was sent with another request.
    pub(crate) async fn outcomes(
        &self,
        request: &KeyedRequest,
    ) -> Result<Option<Result<Vec<Outcome>, ()>>, VaultError> {
        let sql = "SELECT asked, outcomes FROM repetition WHERE name = $1";
        let rows = self.db.query(sql, &[(*request.name()).into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.array(0)? != *request.asked() {
            return Ok(Some(Err(())));
        }
        let outcome = |status| RecordError::from_status(status).map_or(Ok(()), Err);
        Ok(Some(Ok(row.bytes(1)?.into_iter().map(outcome).collect())))
    }
}

//! Sources that do not push: an adapter asks them, and its readings go the way of those that were pushed.

use std::fmt;

use async_trait::async_trait;

use super::{Keeper, PeopleError, PersonSource, PushSummary, Sources};
use crate::account::Account;
use crate::database::Database;
use crate::senml::Pack;

/// Asks a source for the readings of one person.
///
/// ```
/// use async_trait::async_trait;
/// use nest_market::people::{Poll, PollError};
/// use nest_market::senml::{Pack, Rules};
///
/// /// A weather service that answers in SenML.
/// struct Weather;
///
/// #[async_trait]
/// impl Poll for Weather {
///     async fn poll(&self, _since: i64, rules: &Rules) -> Result<Pack, PollError> {
///         let body = br#"[{"n": "temperature", "u": "Cel", "v": 21.5}]"#;
///         Pack::parse(body, rules).map_err(|_| PollError)
///     }
/// }
/// ```
#[async_trait]
pub trait Poll: Send + Sync + 'static {
    /// The readings since a time in milliseconds since 1970. Readings that it gives twice are kept once.
    async fn poll(&self, since: i64, rules: &crate::senml::Rules) -> Result<Pack, PollError>;
}

/// A source gave no readings: it does not answer, or answers something else. It is asked again later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PollError;

impl fmt::Display for PollError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source gave no readings")
    }
}

impl std::error::Error for PollError {}

impl Keeper {
    /// Asks a source for the readings of one person since a time, and keeps them: all, or none.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Source`] where it does not answer, and as [`push`](Self::push).
    pub async fn poll(
        &self,
        database: &Database,
        sources: &Sources,
        (account, settings): (&Account, &PersonSource),
        adapter: &dyn Poll,
        since: i64,
    ) -> Result<PushSummary, PeopleError> {
        let catalogue = sources.catalogue().await?;
        let source = catalogue.source(&settings.source).ok_or(PeopleError::NotFound)?;
        let rules = settings.rules(database.now().await?);
        let pack = adapter.poll(since, &rules).await.map_err(|_| PeopleError::Source)?;
        let readings = pack.into_readings().into_iter().map(Ok).collect();
        self.keep(account, source, settings, readings, false).await
    }
}

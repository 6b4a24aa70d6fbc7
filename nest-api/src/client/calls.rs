//! The parts that all typed calls share.

use nest_core::schema::Schema;
use nest_core::{PepRecord, Pseudonym, Transcryption};
use nest_source::is_activity_name;

use crate::client::answer::Asked;
use crate::operation::{Mode, PARTICIPANTS, Route};
use crate::wire::item::{Ask, Given, Receipt, Reply, Response};
use crate::wire::mark::Mark;
use crate::{Answer, ClientError, NestClient, Operation};

/// The client, and the subject of its calls.
pub(super) struct Calls<'a, T> {
    pub(super) client: &'a NestClient<T>,
    /// The name of the activity, or `participants`.
    pub(super) subject: &'static str,
    /// The record of the activity, or what is known of participants.
    pub(super) about: &'static Schema,
}

impl<T: Transcryption> Calls<'_, T> {
    pub(super) async fn ask<R: PepRecord + Send + Sync + 'static>(
        &self,
        operation: Operation,
        mode: Mode,
        pages: Vec<(Pseudonym, u16)>,
    ) -> Result<Vec<Answer<R>>, ClientError> {
        self.send_asks::<Reply<R>>(operation, mode, R::SCHEMA, pages).await
    }

    pub(super) async fn delete(
        &self,
        mode: Mode,
        who: Vec<Pseudonym>,
    ) -> Result<Vec<Answer<()>>, ClientError> {
        self.send_asks::<Receipt>(Operation::Delete, mode, self.about, first_pages(&who)).await
    }

    async fn send_asks<O: Response>(
        &self,
        operation: Operation,
        mode: Mode,
        about: &'static Schema,
        pages: Vec<(Pseudonym, u16)>,
    ) -> Result<Vec<Answer<O::Record>>, ClientError> {
        let route = self.route(operation, mode)?;
        let mark = Mark::new(route, about);
        let item = move |(who, page), ticket| (Asked { who, page }, Ask::new(mark, who, page, ticket));
        self.client.ask::<_, _, O>(route, about, pages, item).await
    }

    pub(super) async fn give<R: PepRecord + Send + Sync + 'static>(
        &self,
        operation: Operation,
        mode: Mode,
        records: Vec<(Pseudonym, R)>,
    ) -> Result<Vec<Answer<()>>, ClientError> {
        let route = self.route(operation, mode)?;
        let mark = Mark::new(route, R::SCHEMA);
        let item =
            move |(who, record), ticket| (Asked { who, page: 0 }, Given::new(mark, who, record, ticket));
        self.client.ask::<_, _, Receipt>(route, R::SCHEMA, records, item).await
    }

    fn route(&self, operation: Operation, mode: Mode) -> Result<Route, ClientError> {
        if self.subject == PARTICIPANTS || is_activity_name(self.subject) {
            Ok(Route::new(self.subject, operation, mode))
        } else {
            Err(ClientError::ActivityName)
        }
    }
}

/// The question about each participant that names no page.
pub(super) fn first_pages(who: &[Pseudonym]) -> Vec<(Pseudonym, u16)> {
    who.iter().map(|who| (*who, 0)).collect()
}

/// The one answer to a question about one participant.
pub(super) fn only<R>(answers: Vec<Answer<R>>) -> Result<R, ClientError> {
    let answer = answers.into_iter().next().ok_or(ClientError::Answer)?;
    answer.into_result().map_err(ClientError::Record)
}

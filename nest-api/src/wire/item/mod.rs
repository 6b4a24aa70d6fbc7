//! Sealed items, one for each participant: questions, given records, replies and receipts.
//!
//! The participant is inside the item with the question or the answer, so a shuffle moves both, and nothing in clear
//! tells which item is about whom. Each item has a tag besides its pseudonyms. Opened with the keys of another
//! session, a pseudonym becomes another pseudonym, while a tag becomes an error.

mod ask;
mod given;
mod receipt;
mod reply;
mod tag;

use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use nest_core::{PepRecord, Pseudonym};
use nest_source::Found;

use crate::RecordError;
use crate::wire::mark::Mark;

pub(crate) use ask::Ask;
pub(crate) use given::Given;
pub(crate) use receipt::Receipt;
pub(crate) use reply::Reply;
use tag::{OK, tags};

/// A number that links a question and its reply. The platform draws it, and no two of one batch are the same.
pub(crate) type Ticket = u16;

/// An item of a request.
pub(crate) trait Item: PepRecord + Send + Sync + 'static {
    /// What the source is given of the item.
    type Input: Send + 'static;

    /// The participant.
    fn who(&self) -> Pseudonym;

    /// Which item of its batch.
    fn ticket(&self) -> Ticket;

    /// Whether it was sealed for a route with this mark.
    fn is_for(&self, mark: Mark) -> bool;

    /// The likely tags of so many items of a route.
    fn likely_tags(mark: Mark, items: usize) -> impl Iterator<Item = u64> + Send + 'static {
        tags(0, mark, items)
    }

    /// What the source is given.
    fn into_input(self) -> Self::Input;

    /// The record that the item brings; `None` where it brings none.
    const RECORD: Option<&'static Schema>;

    /// What the source is given, from a record in plaintext.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] where it is not the record that was declared.
    fn input(who: Pseudonym, page: u16, record: Option<PlainRecord>) -> Result<Self::Input, RecordError>;
}

/// An item of an answer.
pub(crate) trait Response: PepRecord + Send + Sync + 'static {
    /// What a success says at the source.
    type Content: Send + 'static;

    /// What a success says to the platform.
    type Record: Send + 'static;

    /// A success without a record; [`RecordError::Internal`] where successes have records.
    fn done() -> Result<Self::Content, RecordError> {
        Err(RecordError::Internal)
    }

    /// The reply to an item.
    fn new(mark: Mark, who: Pseudonym, ticket: Ticket, result: Result<Self::Content, RecordError>) -> Self;

    /// The reply with this error in the place of what it says.
    fn failed(&self, mark: Mark, error: RecordError) -> Self;

    /// The likely tags of so many replies: those of successes.
    fn likely_tags(mark: Mark, replies: usize) -> impl Iterator<Item = u64> + Send + 'static {
        tags(OK.into(), mark, replies)
    }

    /// The parts of a reply; `None` where it is of another route, or contradicts itself.
    fn into_parts(self, mark: Mark) -> Option<Parts<Self::Record>>;

    /// The record that a success holds; `None` where it holds none.
    const RECORD: Option<&'static Schema>;

    /// The record of a success in plaintext.
    ///
    /// # Errors
    ///
    /// [`RecordError::PartlyErased`] where some of its people are erased, and [`RecordError::Internal`] where it is
    /// not the record that was declared.
    fn plain(content: Self::Content) -> Result<Option<PlainRecord>, RecordError>;
}

/// The participant of a reply, the ticket of its question, and what it says.
pub(crate) type Parts<R> = (Pseudonym, Ticket, Result<Found<R>, RecordError>);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

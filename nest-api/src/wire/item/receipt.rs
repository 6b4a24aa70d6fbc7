//! The answer to a question where a success has no record.

use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use nest_core::{PepRecord, Pseudonym};
use nest_source::Found;

use super::tag::{OK, is_for, status, tag, ticket};
use super::{Parts, Response, Ticket};
use crate::RecordError;
use crate::wire::mark::Mark;

/// What a data source says about an item where a success has nothing else to say.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Receipt {
    /// The participant.
    #[pep(pseudonym)]
    pub(super) who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket and 30 of mark, as asked; the status in 8 bits: 0 success, 1 not found,
    /// 2 forbidden, 3 invalid, 4 in conflict with what is there, 5 not supported, 6 the source failed. Any other is a
    /// failure that a later version knows.
    #[pep(range = 0..=0x3f_ffff_ffff_ffff, allow(global_identifier, reason = "links a question to its reply and names nobody"))]
    pub(super) tag: u64,
}

impl Response for Receipt {
    type Content = ();
    type Record = ();

    const RECORD: Option<&'static Schema> = None;

    fn plain((): ()) -> Result<Option<PlainRecord>, RecordError> {
        Ok(None)
    }

    fn done() -> Result<(), RecordError> {
        Ok(())
    }

    fn new(mark: Mark, who: Pseudonym, ticket: Ticket, result: Result<(), RecordError>) -> Self {
        let status = result.map_or_else(RecordError::status, |()| OK);
        Self { who, tag: tag(status.into(), mark, ticket) }
    }

    fn failed(&self, mark: Mark, error: RecordError) -> Self {
        Self::new(mark, self.who, ticket(self.tag), Err(error))
    }

    fn into_parts(self, mark: Mark) -> Option<Parts<()>> {
        let result = match RecordError::from_status(status(self.tag)) {
            None => Ok(Found::Whole(())),
            Some(error) => Err(error),
        };
        is_for(self.tag, mark).then_some((self.who, ticket(self.tag), result))
    }
}

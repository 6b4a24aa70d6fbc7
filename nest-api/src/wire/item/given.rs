//! A record to be kept about a participant.

use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use nest_core::{PepRecord, Pseudonym};

use super::tag::{is_for, tag, ticket};
use super::{Item, Ticket};
use crate::RecordError;
use crate::wire::mark::Mark;

/// A record to be kept about a participant.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS, max_bits = 64 + R::BITS)]
pub(crate) struct Given<R: PepRecord> {
    /// The participant.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket, drawn by the sender and no two alike in a batch; 30 bits of
    /// mark (`x-nest-route`).
    #[pep(range = 0..=0x3fff_ffff_ffff)]
    tag: u64,
    /// The record.
    record: R,
}

impl<R: PepRecord> Given<R> {
    pub(crate) fn new(mark: Mark, who: Pseudonym, record: R, ticket: Ticket) -> Self {
        Self { who, tag: tag(0, mark, ticket), record }
    }
}

impl<R: PepRecord + Send + Sync + 'static> Item for Given<R> {
    type Input = (Pseudonym, R);

    fn who(&self) -> Pseudonym {
        self.who
    }

    fn ticket(&self) -> Ticket {
        ticket(self.tag)
    }

    fn is_for(&self, mark: Mark) -> bool {
        is_for(self.tag, mark)
    }

    fn into_input(self) -> Self::Input {
        (self.who, self.record)
    }

    const RECORD: Option<&'static Schema> = Some(R::SCHEMA);

    fn input(who: Pseudonym, _: u16, record: Option<PlainRecord>) -> Result<Self::Input, RecordError> {
        let record = record.ok_or(RecordError::Invalid)?;
        Ok((who, R::from_plain(&record).map_err(|_| RecordError::Invalid)?))
    }
}

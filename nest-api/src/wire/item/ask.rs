//! A question about a participant.

use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use nest_core::{PepRecord, Pseudonym};

use super::tag::{detail, is_for, tag, ticket};
use super::{Item, Ticket};
use crate::RecordError;
use crate::wire::mark::Mark;

/// A question about a participant.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Ask {
    /// The participant.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket, drawn by the sender and no two alike in a batch; 30 bits of
    /// mark (`x-nest-route`); 16 bits of page: which of the participant's records, from 0. It is 0 where the question
    /// is not about one of several.
    #[pep(range = 0..=0x3fff_ffff_ffff_ffff, allow(global_identifier, reason = "links a question to its reply and names nobody"))]
    tag: u64,
}

impl Ask {
    pub(crate) fn new(mark: Mark, who: Pseudonym, page: u16, ticket: Ticket) -> Self {
        Self { who, tag: tag(page, mark, ticket) }
    }
}

impl Item for Ask {
    type Input = (Pseudonym, u16);

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
        (self.who, detail(self.tag))
    }

    const RECORD: Option<&'static Schema> = None;

    fn input(who: Pseudonym, page: u16, _: Option<PlainRecord>) -> Result<Self::Input, RecordError> {
        Ok((who, page))
    }
}

//! The answer to a question that has a record.

use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use nest_core::{OrFiller, PepRecord, Pseudonym};
use nest_source::Found;

use super::tag::{OK, is_for, status, tag, ticket};
use super::{Parts, Response, Ticket};
use crate::RecordError;
use crate::wire::erased;
use crate::wire::mark::Mark;

/// What a data source says about one item: a record, or a status and filler.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS, max_bits = 64 + R::BITS)]
pub(crate) struct Reply<R: PepRecord> {
    /// The participant.
    #[pep(pseudonym)]
    pub(super) who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket and 30 of mark, as asked; the status in 8 bits: 0 success, 1 not found,
    /// 2 forbidden, 3 invalid, 4 in conflict with what is there, 5 not supported, 6 the source failed, 7 partly: a
    /// record about several people, with the opposite of `who` for each erased one, or filler where the rest is not given.
    /// Any other is a failure that a later version knows.
    #[pep(range = 0..=0x3f_ffff_ffff_ffff, allow(global_identifier, reason = "links a question to its reply and names nobody"))]
    pub(super) tag: u64,
    /// The record; where the status has none, filler that says nothing.
    pub(super) record: OrFiller<R>,
}

/// The status of a record with erased people.
const PARTLY: u8 = RecordError::PartlyErased.status();

impl<R: PepRecord + Send + Sync + 'static> Response for Reply<R> {
    type Content = Found<R>;
    type Record = R;

    const RECORD: Option<&'static Schema> = Some(R::SCHEMA);

    fn plain(found: Found<R>) -> Result<Option<PlainRecord>, RecordError> {
        if !found.erased().is_empty() {
            return Err(RecordError::PartlyErased);
        }
        found.record().to_plain().map(Some).map_err(|_| RecordError::Internal)
    }

    fn new(mark: Mark, who: Pseudonym, ticket: Ticket, result: Result<Found<R>, RecordError>) -> Self {
        let result = match result {
            Ok(Found::Whole(record)) => Ok((OK, record)),
            Ok(found) if found.erased().is_empty() => Ok((OK, found.into_record())),
            Ok(found) => {
                let marked = erased::mark(found.record(), who, found.erased());
                marked.map(|record| (PARTLY, record)).ok_or(RecordError::Internal)
            }
            Err(error) => Err(error),
        };
        let (status, record) = match result {
            Ok((status, record)) => (status, OrFiller::record(record)),
            Err(error) => (error.status(), OrFiller::filler()),
        };
        Self { who, tag: tag(status.into(), mark, ticket), record }
    }

    fn failed(&self, mark: Mark, error: RecordError) -> Self {
        Self::new(mark, self.who, ticket(self.tag), Err(error))
    }

    fn into_parts(self, mark: Mark) -> Option<Parts<R>> {
        let result = match RecordError::from_status(status(self.tag)) {
            None => Ok(Found::Whole(self.record.into_record()?)),
            Some(RecordError::PartlyErased) => {
                // A record may also equal filler, so this does not tell the two apart.
                let is_filler = self.record.is_filler();
                let record = self.record.into_record();
                match record.and_then(|record| erased::read(&record, self.who)) {
                    Some((record, erased)) => Ok(Found::Partly { record, erased }),
                    None if is_filler => Err(RecordError::PartlyErased),
                    None => return None,
                }
            }
            Some(error) if self.record.is_filler() => Err(error),
            Some(_) => return None,
        };
        is_for(self.tag, mark).then_some((self.who, ticket(self.tag), result))
    }
}

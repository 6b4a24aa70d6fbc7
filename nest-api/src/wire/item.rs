//! What travels sealed, one of each per participant: questions, given records, replies and receipts.
//!
//! The participant is inside the item, with what is asked or said about them, so that a shuffle moves both,
//! and nothing in clear tells which item is about whom. Each item has a tag besides its pseudonyms: opened
//! with the keys of another session, a pseudonym becomes another pseudonym, while a tag becomes an error.

use nest_core::{OrFiller, PepRecord, Pseudonym};
use nest_source::Found;

use crate::RecordError;
use crate::wire::erased;
use crate::wire::mark::{MARK_BITS, Mark};

/// What links a question and its reply, drawn by whoever asks: no two of one batch are the same.
pub(crate) type Ticket = u16;

/// An item of a request.
pub(crate) trait Item: PepRecord + Send + Sync + 'static {
    /// What the source is given of it.
    type Input: Send + 'static;

    /// About whom.
    fn who(&self) -> Pseudonym;

    /// Which item of its batch.
    fn ticket(&self) -> Ticket;

    /// Whether it was sealed for a route with this mark.
    fn is_for(&self, mark: Mark) -> bool;

    /// The tags that so many items of a route are likely to have.
    fn likely_tags(mark: Mark, items: usize) -> impl Iterator<Item = u64> + Send + 'static {
        tags(0, mark, items)
    }

    /// What the source is given.
    fn into_input(self) -> Self::Input;
}

/// An item of an answer.
pub(crate) trait Response: PepRecord + Send + Sync + 'static {
    /// What a success says at the source.
    type Content: Send + 'static;

    /// What a success says to whoever asked.
    type Record: Send + 'static;

    /// What a success says where it has nothing else to say; [`RecordError::Internal`] where it has.
    fn done() -> Result<Self::Content, RecordError> {
        Err(RecordError::Internal)
    }

    /// The reply to an item.
    fn new(mark: Mark, who: Pseudonym, ticket: Ticket, result: Result<Self::Content, RecordError>) -> Self;

    /// The tags that so many replies are likely to have: those of successes.
    fn likely_tags(mark: Mark, replies: usize) -> impl Iterator<Item = u64> + Send + 'static {
        tags(OK.into(), mark, replies)
    }

    /// The parts of a reply; `None` where it is no reply of a route with this mark, or contradicts itself.
    fn into_parts(self, mark: Mark) -> Option<Parts<Self::Record>>;
}

/// About whom a reply is, to which question, and what it says.
pub(crate) type Parts<R> = (Pseudonym, Ticket, Result<Found<R>, RecordError>);

// A tag is one number: from the lowest bit 16 bits of ticket, 30 bits of mark, and what else there is to say. The page
// of a question takes 16 bits, the status of a reply 8.
const TICKET_BITS: u32 = 16;
const DETAIL_SHIFT: u32 = TICKET_BITS + MARK_BITS;

const fn tag(detail: u16, mark: Mark, ticket: Ticket) -> u64 {
    (detail as u64) << DETAIL_SHIFT | (mark.bits() as u64) << TICKET_BITS | ticket as u64
}

/// One tag for each of so many tickets.
fn tags(detail: u16, mark: Mark, items: usize) -> impl Iterator<Item = u64> + Send + 'static {
    (0..=Ticket::MAX).take(items).map(move |ticket| tag(detail, mark, ticket))
}

const fn detail(tag: u64) -> u16 {
    (tag >> DETAIL_SHIFT) as u16
}

/// The status of a reply: its tag has no bit beyond.
const fn status(tag: u64) -> u8 {
    (tag >> DETAIL_SHIFT) as u8
}

const fn ticket(tag: u64) -> Ticket {
    tag as u16
}

const fn is_for(tag: u64, mark: Mark) -> bool {
    (tag >> TICKET_BITS) & ((1 << MARK_BITS) - 1) == mark.bits() as u64
}

/// A question about a participant.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Ask {
    /// About whom.
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
}

/// A record to be kept about a participant.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS, max_bits = 64 + R::BITS)]
pub(crate) struct Given<R: PepRecord> {
    /// About whom.
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
}

/// What a data source says about one item: a record, or a status and filler.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS, max_bits = 64 + R::BITS)]
pub(crate) struct Reply<R: PepRecord> {
    /// About whom.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket and 30 of mark, as asked; the status in 8 bits: 0 success, 1 not found,
    /// 2 forbidden, 3 invalid, 4 in conflict with what is there, 5 not supported, 6 the source failed, 7 partly: a
    /// record of which some people are erased, each by the opposite of `who`, or filler where the rest is not given.
    /// Any other is a failure that a later version knows.
    #[pep(range = 0..=0x3f_ffff_ffff_ffff, allow(global_identifier, reason = "links a question to its reply and names nobody"))]
    tag: u64,
    /// The record; where the status has none, filler that says nothing.
    record: OrFiller<R>,
}

/// The status of a record of which some people are erased.
const PARTLY: u8 = RecordError::PartlyErased.status();

impl<R: PepRecord + Send + Sync + 'static> Response for Reply<R> {
    type Content = Found<R>;
    type Record = R;

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

    fn into_parts(self, mark: Mark) -> Option<Parts<R>> {
        let result = match RecordError::from_status(status(self.tag)) {
            None => Ok(Found::Whole(self.record.into_record()?)),
            Some(RecordError::PartlyErased) => {
                // A record may also be all that filler is, so this does not tell the two apart.
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

/// What a data source says about an item where a success has nothing else to say.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Receipt {
    /// About whom.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket and 30 of mark, as asked; the status in 8 bits: 0 success, 1 not found,
    /// 2 forbidden, 3 invalid, 4 in conflict with what is there, 5 not supported, 6 the source failed. Any other is a
    /// failure that a later version knows.
    #[pep(range = 0..=0x3f_ffff_ffff_ffff, allow(global_identifier, reason = "links a question to its reply and names nobody"))]
    tag: u64,
}

impl Response for Receipt {
    type Content = ();
    type Record = ();

    fn done() -> Result<(), RecordError> {
        Ok(())
    }

    fn new(mark: Mark, who: Pseudonym, ticket: Ticket, result: Result<(), RecordError>) -> Self {
        let status = result.map_or_else(RecordError::status, |()| OK);
        Self { who, tag: tag(status.into(), mark, ticket) }
    }

    fn into_parts(self, mark: Mark) -> Option<Parts<()>> {
        let result = match RecordError::from_status(status(self.tag)) {
            None => Ok(Found::Whole(())),
            Some(error) => Err(error),
        };
        is_for(self.tag, mark).then_some((self.who, ticket(self.tag), result))
    }
}

/// The status of a success.
const OK: u8 = RecordError::OK_STATUS;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nest_core::prelude::*;
    use nest_source::Slots;
    use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    use super::*;
    use crate::operation::{Mode, Operation, Route};

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(max_blocks = 2)]
    struct Points {
        #[pep(range = 0..=100)]
        points: u8,
        #[pep(pseudonym)]
        teacher: Pseudonym,
    }

    fn points(points: u8) -> Points {
        Points { points, teacher: Pseudonym::random() }
    }

    fn mark(operation: Operation) -> Mark {
        Mark::new(Route::new("walk", operation, Mode::Batch), Points::SCHEMA)
    }

    fn parts(reply: &Reply<Points>, mark: Mark) -> Option<Parts<Points>> {
        Reply::<Points>::from_pep(&reply.to_pep().unwrap()).unwrap().into_parts(mark)
    }

    const ERRORS: [RecordError; 8] = [
        RecordError::NotFound,
        RecordError::Forbidden,
        RecordError::Invalid,
        RecordError::Conflict,
        RecordError::Unsupported,
        RecordError::Internal,
        RecordError::PartlyErased,
        RecordError::Other,
    ];

    #[test]
    fn every_error_comes_back_and_has_the_shape_of_a_success() {
        let (who, results) = (Pseudonym::random(), mark(Operation::Results));
        let none = points(0);
        let success = Reply::new(results, who, 7, Ok(none.clone().into()));
        let receipt = Receipt::new(results, who, 7, Ok(())).to_pep().unwrap();
        for error in ERRORS {
            let reply = Reply::<Points>::new(results, who, 7, Err(error));
            assert_eq!(reply.to_pep().unwrap().structure(), success.to_pep().unwrap().structure());
            assert_eq!(parts(&reply, results), Some((who, 7, Err(error))));

            let failed = Receipt::new(results, who, 7, Err(error)).to_pep().unwrap();
            assert_eq!(failed.structure(), receipt.structure());
            let parts = Receipt::from_pep(&failed).unwrap().into_parts(results);
            assert_eq!(parts, Some((who, 7, Err(error))));
        }
        // The record of a success may be all that filler is, and still is a record.
        assert_eq!(parts(&success, results), Some((who, 7, Ok(none.into()))));
    }

    #[test]
    fn who_is_erased_comes_back_in_the_shape_of_a_success() {
        let (who, results) = (Pseudonym::random(), mark(Operation::Results));
        let erased = Slots::NONE.with(0).unwrap();
        let success = Reply::new(results, who, 7, Ok(points(9).into())).to_pep().unwrap();
        // One of them is all that filler is.
        for number in [9, 0] {
            let record = points(number);
            let reply = Reply::new(results, who, 7, Ok(Found::Partly { record: record.clone(), erased }));
            assert_eq!(reply.to_pep().unwrap().structure(), success.structure());
            let (_, _, found) = parts(&reply, results).unwrap();
            let found = found.unwrap();
            assert_eq!((found.record().points, found.erased()), (number, erased));
            assert!(found.record().teacher != record.teacher && found.record().teacher != who.opposite());
        }
        // Nobody erased is a whole record; somebody who is not in it is a fault of the source.
        let whole = Reply::new(results, who, 7, Ok(Found::Partly { record: points(9), erased: Slots::NONE }));
        assert!(matches!(parts(&whole, results), Some((_, 7, Ok(Found::Whole(_))))));
        let erased = Slots::NONE.with(1).unwrap();
        let fault = Reply::new(results, who, 7, Ok(Found::Partly { record: points(9), erased }));
        assert_eq!(parts(&fault, results), Some((who, 7, Err(RecordError::Internal))));
    }

    #[test]
    fn a_reply_that_contradicts_itself_is_none() {
        let results = mark(Operation::Results);
        // A failure with a record; and a record of which nobody is erased although the status says so.
        for status in [1, 6, 7, 8, 255] {
            let record = OrFiller::record(points(3));
            let reply = Reply { who: Pseudonym::random(), tag: tag(status, results, 7), record };
            assert_eq!(parts(&reply, results), None, "{status}");
        }
    }

    #[test]
    fn a_status_of_a_later_version_is_other() {
        let (who, results) = (Pseudonym::random(), mark(Operation::Results));
        for status in [8, 100, 254] {
            let reply = Reply { who, tag: tag(status, results, 7), record: OrFiller::<Points>::filler() };
            assert_eq!(parts(&reply, results), Some((who, 7, Err(RecordError::Other))));
            let receipt = Receipt { who, tag: tag(status, results, 7) };
            assert_eq!(receipt.into_parts(results), Some((who, 7, Err(RecordError::Other))));
        }
    }

    #[test]
    fn what_was_asked_of_one_route_is_not_for_another() {
        let ask = Ask::new(mark(Operation::Read), Pseudonym::random(), 0, 1);
        assert!(ask.is_for(mark(Operation::Read)));
        assert!(!ask.is_for(mark(Operation::Results)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_tag_holds_its_parts(page: u16, ticket: u16, operation in select(Operation::ALL)) {
            let mark = mark(operation);
            let who = Pseudonym::random();
            let ask = Ask::new(mark, who, page, ticket);
            let ask = Ask::from_pep(&ask.to_pep().unwrap()).unwrap();
            prop_assert!(ask.is_for(mark));
            prop_assert_eq!(ask.ticket(), ticket);
            prop_assert_eq!(ask.into_input(), (who, page));
        }
    }
}

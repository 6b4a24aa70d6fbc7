//! What travels sealed, one of each per participant: questions, given records, replies and receipts.
//!
//! The participant is inside the item, with what is asked or said about them, so that a shuffle moves both,
//! and nothing in clear tells which item is about whom. Each item has a tag besides its pseudonyms: opened
//! with the keys of another session, a pseudonym becomes another pseudonym, while a tag becomes an error.

use nest_core::{OrFiller, PepRecord, Pseudonym};

use crate::RecordError;
use crate::operation::Route;

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

    /// Whether it was sealed for this route.
    fn is_for(&self, route: Route) -> bool;

    /// The tags that so many items of this route are likely to have.
    fn likely_tags(route: Route, items: usize) -> impl Iterator<Item = u64> + Send + 'static {
        tags(Self::LIKELY_DETAIL, route, items)
    }

    /// What is likely to stand in a tag besides ticket and route.
    const LIKELY_DETAIL: u16;

    /// What the source is given; [`RecordError::Invalid`] where it was declared otherwise than here.
    fn into_input(self) -> Result<Self::Input, RecordError>;
}

/// An item of an answer.
pub(crate) trait Response: PepRecord + Send + Sync + 'static {
    /// What a success says.
    type Content: Send + 'static;

    /// The reply of this route to an item.
    fn new(route: Route, who: Pseudonym, ticket: Ticket, result: Result<Self::Content, RecordError>) -> Self;

    /// What a success says where it has nothing else to say; [`RecordError::Internal`] where it has.
    fn done() -> Result<Self::Content, RecordError> {
        Err(RecordError::Internal)
    }

    /// The tags that so many replies of this route are likely to have: those of successes.
    fn likely_tags(route: Route, replies: usize) -> impl Iterator<Item = u64> + Send + 'static {
        tags(OK, route, replies)
    }

    /// The parts of a reply; `None` where it is no reply of this route, or contradicts itself.
    fn into_parts(self, route: Route) -> Option<(Pseudonym, Ticket, Result<Self::Content, RecordError>)>;
}

// A tag is one number: from the lowest bit 16 bits of ticket, 15 bits of route, and what else there is to say.
const TICKET_BITS: u32 = 16;
const ROUTE_BITS: u32 = 15;
const DETAIL_SHIFT: u32 = TICKET_BITS + ROUTE_BITS;

const fn tag(detail: u16, route: Route, ticket: Ticket) -> u64 {
    (detail as u64) << DETAIL_SHIFT | (route.code() as u64) << TICKET_BITS | ticket as u64
}

/// One tag for each of so many tickets.
fn tags(detail: u16, route: Route, items: usize) -> impl Iterator<Item = u64> + Send + 'static {
    (0..=Ticket::MAX).take(items).map(move |ticket| tag(detail, route, ticket))
}

const fn detail(tag: u64) -> u16 {
    (tag >> DETAIL_SHIFT) as u16
}

const fn ticket(tag: u64) -> Ticket {
    tag as u16
}

const fn is_for(tag: u64, route: Route) -> bool {
    (tag >> TICKET_BITS) & ((1 << ROUTE_BITS) - 1) == route.code() as u64
}

/// A question about a participant.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Ask {
    /// About whom.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket, drawn by the sender and no two alike in a batch; 15 bits of
    /// route (`x-nest-route`); a page: which of the participant's records, from 0. It is 0 where the question
    /// is not about one of several.
    #[pep(range = 0..=0x7fff_ffff_ffff)]
    tag: u64,
}

impl Ask {
    pub(crate) fn new(route: Route, who: Pseudonym, page: u16, ticket: Ticket) -> Self {
        Self { who, tag: tag(page, route, ticket) }
    }
}

impl Item for Ask {
    type Input = (Pseudonym, u16);

    const LIKELY_DETAIL: u16 = 0;

    fn who(&self) -> Pseudonym {
        self.who
    }

    fn ticket(&self) -> Ticket {
        ticket(self.tag)
    }

    fn is_for(&self, route: Route) -> bool {
        is_for(self.tag, route)
    }

    fn into_input(self) -> Result<Self::Input, RecordError> {
        Ok((self.who, detail(self.tag)))
    }
}

/// A record to be kept about a participant.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS)]
pub(crate) struct Given<R: PepRecord> {
    /// About whom.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket, drawn by the sender and no two alike in a batch; 15 bits of
    /// route (`x-nest-route`); the version of the record's declaration at the sender, since one shape may have
    /// had several meanings.
    #[pep(range = 0..=0x7fff_ffff_ffff)]
    tag: u64,
    /// The record.
    record: R,
}

impl<R: PepRecord> Given<R> {
    /// Versions beyond the last that fits are taken for that one.
    const VERSION: u16 =
        if R::SCHEMA.version < u16::MAX as u32 { R::SCHEMA.version as u16 } else { u16::MAX };

    pub(crate) fn new(route: Route, who: Pseudonym, record: R, ticket: Ticket) -> Self {
        Self { who, tag: tag(Self::VERSION, route, ticket), record }
    }
}

impl<R: PepRecord + Send + Sync + 'static> Item for Given<R> {
    type Input = (Pseudonym, R);

    const LIKELY_DETAIL: u16 = Self::VERSION;

    fn who(&self) -> Pseudonym {
        self.who
    }

    fn ticket(&self) -> Ticket {
        ticket(self.tag)
    }

    fn is_for(&self, route: Route) -> bool {
        is_for(self.tag, route)
    }

    fn into_input(self) -> Result<Self::Input, RecordError> {
        if detail(self.tag) == Self::VERSION {
            Ok((self.who, self.record))
        } else {
            Err(RecordError::Invalid)
        }
    }
}

/// What a data source says about one item: a record, or a status and filler.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS)]
pub(crate) struct Reply<R: PepRecord> {
    /// About whom.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket and 15 of route, as asked; the status: 0 success, 1 not found,
    /// 2 forbidden, 3 invalid, 4 in conflict with what is there, 5 not supported, 6 the source failed.
    #[pep(range = 0..=0x7fff_ffff_ffff)]
    tag: u64,
    /// The record; where the status is no success, filler that says nothing.
    record: OrFiller<R>,
}

impl<R: PepRecord + Send + Sync + 'static> Response for Reply<R> {
    type Content = R;

    fn new(route: Route, who: Pseudonym, ticket: Ticket, result: Result<R, RecordError>) -> Self {
        let (status, record) = match result {
            Ok(record) => (OK, OrFiller::record(record)),
            Err(error) => (status(error), OrFiller::filler()),
        };
        Self { who, tag: tag(status, route, ticket), record }
    }

    fn into_parts(self, route: Route) -> Option<(Pseudonym, Ticket, Result<R, RecordError>)> {
        let result = match detail(self.tag) {
            OK => Ok(self.record.into_record()?),
            status if self.record.is_filler() => Err(error(status)?),
            _ => return None,
        };
        is_for(self.tag, route).then_some((self.who, ticket(self.tag), result))
    }
}

/// What a data source says about an item where a success has nothing else to say.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Receipt {
    /// About whom.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// From the lowest bit: 16 bits of ticket and 15 of route, as asked; the status: 0 success, 1 not found,
    /// 2 forbidden, 3 invalid, 4 in conflict with what is there, 5 not supported, 6 the source failed.
    #[pep(range = 0..=0x7fff_ffff_ffff)]
    tag: u64,
}

impl Response for Receipt {
    type Content = ();

    fn done() -> Result<(), RecordError> {
        Ok(())
    }

    fn new(route: Route, who: Pseudonym, ticket: Ticket, result: Result<(), RecordError>) -> Self {
        Self { who, tag: tag(result.map_or_else(status, |()| OK), route, ticket) }
    }

    fn into_parts(self, route: Route) -> Option<(Pseudonym, Ticket, Result<(), RecordError>)> {
        let result = match detail(self.tag) {
            OK => Ok(()),
            status => Err(error(status)?),
        };
        is_for(self.tag, route).then_some((self.who, ticket(self.tag), result))
    }
}

/// The status of a success.
const OK: u16 = RecordError::OK_STATUS as u16;

fn status(error: RecordError) -> u16 {
    error.status().into()
}

fn error(status: u16) -> Option<RecordError> {
    RecordError::from_status(u8::try_from(status).ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nest_core::prelude::*;
    use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    use super::*;
    use crate::operation::{Mode, Operation, PARTICIPANTS};

    #[derive(Debug, PartialEq, PepRecord)]
    #[pep(max_blocks = 1)]
    struct Points {
        #[pep(range = 0..=100)]
        points: u8,
    }

    const RESULTS: Route = Route::new("walk", Operation::Results, Mode::Batch);
    const READ: Route = Route::new("walk", Operation::Read, Mode::Batch);

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
        let who = Pseudonym::random();
        let success = Reply::new(RESULTS, who, 7, Ok(Points { points: 0 })).to_pep().unwrap();
        let receipt = Receipt::new(RESULTS, who, 7, Ok(())).to_pep().unwrap();
        for error in ERRORS {
            let reply = Reply::<Points>::new(RESULTS, who, 7, Err(error)).to_pep().unwrap();
            assert_eq!(reply.structure(), success.structure());
            let parts = Reply::<Points>::from_pep(&reply).unwrap().into_parts(RESULTS);
            assert_eq!(parts, Some((who, 7, Err(error))));

            let failed = Receipt::new(RESULTS, who, 7, Err(error)).to_pep().unwrap();
            assert_eq!(failed.structure(), receipt.structure());
            let parts = Receipt::from_pep(&failed).unwrap().into_parts(RESULTS);
            assert_eq!(parts, Some((who, 7, Err(error))));
        }
        // The record of a success may be all that filler is, and still is a record.
        let parts = Reply::<Points>::from_pep(&success).unwrap().into_parts(RESULTS);
        assert_eq!(parts, Some((who, 7, Ok(Points { points: 0 }))));
    }

    #[test]
    fn a_failure_with_a_record_contradicts_itself() {
        let record = OrFiller::record(Points { points: 3 });
        let reply = Reply { who: Pseudonym::random(), tag: tag(1, RESULTS, 7), record };
        let reply = Reply::<Points>::from_pep(&reply.to_pep().unwrap()).unwrap();
        assert_eq!(reply.into_parts(RESULTS), None);
    }

    #[test]
    fn a_record_of_another_version_is_invalid() {
        let who = Pseudonym::random();
        let given = |version| Given { who, tag: tag(version, READ, 3), record: Points { points: 3 } };
        assert!(given(1).into_input().is_ok());
        assert_eq!(given(2).into_input().err(), Some(RecordError::Invalid));
    }

    #[test]
    fn what_was_asked_of_one_route_is_not_for_another() {
        let ask = Ask::new(READ, Pseudonym::random(), 0, 1);
        assert!(ask.is_for(READ) && ask.is_for(Route::new("walk", Operation::Read, Mode::Single)));
        assert!(!ask.is_for(RESULTS) && !ask.is_for(Route::new(PARTICIPANTS, Operation::Read, Mode::Batch)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_tag_holds_its_parts(page: u16, ticket: u16, operation in select(Operation::ALL)) {
            let route = Route::new("walk", operation, Mode::Batch);
            let who = Pseudonym::random();
            let ask = Ask::new(route, who, page, ticket);
            let ask = Ask::from_pep(&ask.to_pep().unwrap()).unwrap();
            prop_assert!(ask.is_for(route));
            prop_assert_eq!(ask.ticket(), ticket);
            prop_assert_eq!(ask.into_input(), Ok((who, page)));
        }
    }
}

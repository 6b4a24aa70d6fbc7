//! Every item comes back, and failures look like successes.

use nest_core::OrFiller;
use nest_core::prelude::*;
use nest_source::Slots;
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;

use super::tag::tag;
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
    // Without erased people it is a whole record. An erased slot that the record does not have is a fault of the
    // source.
    let whole = Reply::new(results, who, 7, Ok(Found::Partly { record: points(9), erased: Slots::NONE }));
    assert!(matches!(parts(&whole, results), Some((_, 7, Ok(Found::Whole(_))))));
    let erased = Slots::NONE.with(1).unwrap();
    let fault = Reply::new(results, who, 7, Ok(Found::Partly { record: points(9), erased }));
    assert_eq!(parts(&fault, results), Some((who, 7, Err(RecordError::Internal))));
}

#[test]
fn a_reply_that_contradicts_itself_is_none() {
    let results = mark(Operation::Results);
    // A failure with a record; and a record without erased people although the status says so.
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

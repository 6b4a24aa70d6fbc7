//! The order in which records leave says nothing about the order in which they were held.

use nest_core::{Batch, Domain};

use crate::kinds::Counted;
use crate::law::session;

const RECORDS: usize = 6;
const BATCHES: usize = 300;

/// The places of the records of a batch: at `i` that of the record that was handed over as number `i`.
fn places() -> Vec<[usize; RECORDS]> {
    let (domain, session) = (Domain::new("school").unwrap(), session());
    let records: Vec<_> = (0..RECORDS).map(|i| Counted { count: i as u8, items: [false] }).collect();
    (0..BATCHES)
        .map(|_| {
            let batch = Batch::seal(&domain, &session, &records).unwrap();
            let mut places = [RECORDS; RECORDS];
            for (place, record) in batch.open(&session).into_iter().enumerate() {
                places[usize::from(record.unwrap().count)] = place;
            }
            assert!(places.iter().all(|place| *place < RECORDS), "each record once");
            places
        })
        .collect()
}

/// The bounds are so loose that a fair shuffle passes them in all but one of a thousand million runs.
#[test]
fn every_record_of_a_batch_leaves_at_every_place() {
    let places = places();
    let expected = BATCHES as f64 / RECORDS as f64;
    for record in 0..RECORDS {
        let mut counts = [0_usize; RECORDS];
        for places in &places {
            counts[places[record]] += 1;
        }
        assert!(counts.iter().all(|count| *count > 0), "{record}: {counts:?}");
        let chi_square: f64 = counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum();
        assert!(chi_square < 60.0, "{record}: {counts:?}");
    }
    // Not a rotation, nor a reversal: who follows whom changes as well.
    let follows = places.iter().filter(|places| places[1] == places[0] + 1).count();
    assert!((1..BATCHES / 2).contains(&follows), "{follows}");
}

#[test]
fn the_records_of_a_batch_are_all_there_however_many() {
    let (domain, session) = (Domain::new("school").unwrap(), session());
    for len in [0, 1, 2, 40] {
        let records: Vec<_> = (0..len).map(|count| Counted { count, items: [true] }).collect();
        let batch = Batch::seal(&domain, &session, &records).unwrap();
        assert_eq!((batch.len(), batch.is_empty()), (usize::from(len), len == 0));
        let mut opened: Vec<_> = batch.open(&session).into_iter().map(Result::unwrap).collect();
        opened.sort_by_key(|record| record.count);
        assert_eq!(opened, records);
    }
}

/// One record of another session spoils itself only.
#[test]
fn a_record_that_cannot_be_opened_does_not_spoil_the_others() {
    let (domain, own, other) = (Domain::new("school").unwrap(), session(), session());
    let record = |count| Counted { count, items: [true] };
    let sealed =
        [own.seal(&record(1)), other.seal(&record(2)), own.seal(&record(3))].map(Result::unwrap).into();
    let opened = Batch::from_sealed(domain, own.ids().clone(), sealed).open(&own);
    assert_eq!(opened[0].as_ref().unwrap(), &record(1));
    assert!(opened[1].is_err());
    assert_eq!(opened[2].as_ref().unwrap(), &record(3));
}

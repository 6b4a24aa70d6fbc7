//! Reports of contributors that are not trusted: counted once, verified, and never released in small numbers.

use nest_collab::sum::prio3::{Batch, BatchTerms, Contributor, Report, Submitted, Verifier, collect};
use nest_collab::sum::{SumError, SumLimits, SumPlan};
use nest_core::value::{PlainRecord, Value};
use nest_release::Bucket;

use super::records::manifest;

const RUN: [u8; 16] = [3; 16];
const TERMS: [u8; 32] = [4; 32];

fn visits() -> SumPlan {
    let schema = manifest(r#"{"name": "visits", "type": "integer", "min": 10, "max": 400, "uses": ["sum"]}"#);
    SumPlan::new(schema, &["visits".parse().unwrap()], SumLimits::new(3)).unwrap()
}

fn record(plan: &SumPlan, visits: i128) -> PlainRecord {
    let mut record = PlainRecord::new(plan.schema());
    record.set("visits", Value::Integer(visits)).unwrap();
    record
}

fn batches(plan: &SumPlan, minima: [u64; 2]) -> [Batch; 2] {
    [0, 1].map(|aggregator| {
        let terms = BatchTerms {
            run: RUN,
            terms: TERMS,
            verify_key: [5; 32],
            aggregator,
            aggregators: 2,
            minimum: minima[aggregator],
        };
        Batch::new(plan, terms).unwrap()
    })
}

fn new(submitted: Result<Submitted, SumError>) -> Verifier {
    match submitted.unwrap() {
        Submitted::New(verifier) => verifier,
        other => panic!("{other:?}"),
    }
}

/// Both aggregators take a report; whether they accept it.
fn take(batches: &[Batch; 2], reports: &[Report]) -> bool {
    let told = [0, 1].map(|place| batches[place].submit(&reports[place]).unwrap());
    let [Submitted::New(first), Submitted::New(second)] = told else { return false };
    let id = reports[0].id;
    let accepted =
        [batches[0].verify(&id, &[(1, &second)]).unwrap(), batches[1].verify(&id, &[(0, &first)]).unwrap()];
    assert_eq!(accepted[0], accepted[1]);
    accepted[0]
}

fn total(plan: &SumPlan, batches: &[Batch; 2]) -> serde_json::Value {
    let shares = [batches[0].release().unwrap(), batches[1].release().unwrap()];
    collect(plan, &shares).unwrap().release(2, 2).unwrap().results()
}

/// A report whose values are no values: an input share with one bit flipped.
fn spoilt(reports: &[Report], seed: usize) -> Vec<Report> {
    let mut json = serde_json::to_value(&reports[0]).unwrap();
    let input = json["shares"][1][1].as_array_mut().unwrap();
    let place = (seed * 7) % (input.len() - 1);
    let byte = input[place].as_u64().unwrap() ^ 1;
    input[place] = byte.into();
    vec![serde_json::from_value(json).unwrap(), reports[1].clone()]
}

#[test]
fn a_report_that_comes_many_times_counts_once() {
    let plan = visits();
    let contributor = Contributor::new(&plan, RUN, TERMS, 2).unwrap();
    let batches = batches(&plan, [1, 1]);
    for visits in [10, 400] {
        assert!(take(&batches, &contributor.split(&record(&plan, visits)).unwrap()));
    }
    let reports = contributor.split(&record(&plan, 25)).unwrap();
    // Fifty at once: one is new, and none of the others is an error.
    let submitted: Vec<Submitted> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..50).map(|_| scope.spawn(|| batches[0].submit(&reports[0]).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut first: Vec<Verifier> = Vec::new();
    for submitted in submitted {
        match submitted {
            Submitted::New(verifier) => first.push(verifier),
            other => assert_eq!(other, Submitted::Again),
        }
    }
    assert_eq!(first.len(), 1);
    let second = new(batches[1].submit(&reports[1]));
    let id = reports[0].id;
    // Verified many times, it still counts once.
    for _ in 0..5 {
        assert!(batches[0].verify(&id, &[(1, &second)]).unwrap());
        assert!(batches[1].verify(&id, &[(0, &first[0])]).unwrap());
    }
    assert_eq!(total(&plan, &batches), serde_json::json!({"visits": 435}));
}

#[test]
fn the_minimum_counts_valid_reports_and_not_uploads() {
    let plan = visits();
    let contributor = Contributor::new(&plan, RUN, TERMS, 2).unwrap();
    let batches = batches(&plan, [50, 50]);
    let mut accepted = 0;
    for number in 0..100 {
        let reports = contributor.split(&record(&plan, 20)).unwrap();
        let reports = if number < 60 { spoilt(&reports, number) } else { reports };
        accepted += usize::from(take(&batches, &reports));
    }
    assert_eq!(accepted, 40);
    for batch in &batches {
        let error = batch.release().err().unwrap();
        assert!(matches!(error, SumError::Expired { have } if have == Bucket::of(40)), "{error}");
    }
    // Nothing was deleted: with ten more it is enough.
    for _ in 0..10 {
        assert!(take(&batches, &contributor.split(&record(&plan, 20)).unwrap()));
    }
    assert_eq!(total(&plan, &batches), serde_json::json!({"visits": 1_000}));
}

#[test]
fn a_released_batch_takes_no_report_and_answers_the_same_again() {
    let plan = visits();
    let contributor = Contributor::new(&plan, RUN, TERMS, 2).unwrap();
    let batches = batches(&plan, [2, 2]);
    let waiting = contributor.split(&record(&plan, 99)).unwrap();
    for visits in [11, 12, 13] {
        assert!(take(&batches, &contributor.split(&record(&plan, visits)).unwrap()));
    }
    let told = [0, 1].map(|place| new(batches[place].submit(&waiting[place])));
    let before = total(&plan, &batches);
    // A new one is refused, one that waited for its proof is refused, and the answer is the same.
    let late = contributor.split(&record(&plan, 300)).unwrap();
    assert!(matches!(batches[0].submit(&late[0]), Err(SumError::Late)));
    assert!(matches!(batches[0].verify(&waiting[0].id, &[(1, &told[1])]), Err(SumError::Late)));
    assert_eq!(total(&plan, &batches), before);
    assert_eq!(before, serde_json::json!({"visits": 36}));
}

#[test]
fn every_aggregator_keeps_its_own_minimum() {
    let plan = visits();
    let contributor = Contributor::new(&plan, RUN, TERMS, 2).unwrap();
    let batches = batches(&plan, [1, 20]);
    for _ in 0..15 {
        assert!(take(&batches, &contributor.split(&record(&plan, 20)).unwrap()));
    }
    let leader = batches[0].release().unwrap();
    assert!(matches!(batches[1].release(), Err(SumError::Expired { .. })));
    // One sum alone gives nothing.
    assert!(collect(&plan, std::slice::from_ref(&leader)).is_err());
    assert!(
        collect(&plan, &[leader.clone(), leader]).is_err_and(|error| matches!(error, SumError::Impossible))
    );
}

#[test]
fn a_report_of_another_run_or_another_place_is_not_accepted() {
    let plan = visits();
    let batches = batches(&plan, [1, 1]);
    let other = Contributor::new(&plan, [9; 16], TERMS, 2).unwrap();
    assert!(!take(&batches, &other.split(&record(&plan, 20)).unwrap()));
    let contributor = Contributor::new(&plan, RUN, TERMS, 2).unwrap();
    let mut reports = contributor.split(&record(&plan, 20)).unwrap();
    reports.swap(0, 1);
    assert_eq!(batches[0].submit(&reports[0]).unwrap(), Submitted::Invalid);
}

#[test]
fn a_field_with_one_value_is_refused() {
    let schema = manifest(r#"{"name": "visits", "type": "integer", "min": 7, "max": 7, "uses": ["sum"]}"#);
    let plan = SumPlan::new(schema, &["visits".parse().unwrap()], SumLimits::new(3)).unwrap();
    assert!(
        Contributor::new(&plan, RUN, TERMS, 2).is_err_and(|error| error.to_string().contains("one value"))
    );
    assert!(Contributor::new(&visits(), RUN, TERMS, 1).is_err());
}

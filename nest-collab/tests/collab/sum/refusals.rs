//! What is refused before anything is sent, and what a party never does.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use nest_collab::sum::pairwise::{Pairwise, PairwiseTerms, Survivors};
use nest_collab::sum::{
    LocalSums, SumError, SumItem, SumLimits, SumMode, SumOf, SumPlan, SumRecords, SumTerms, secure_sum,
};
use nest_core::field;
use nest_core::prelude::*;
use nest_core::value::{PlainRecord, Value};

use super::network::{Network, sum};
use super::records::{manifest, plan};

fn limits(parties: usize, max_records: u64) -> SumLimits {
    SumLimits::new(parties).with_max_records(max_records)
}

#[test]
fn a_sum_that_could_reach_two_to_the_63_is_refused() {
    let schema = manifest(r#"{"name": "income", "type": "integer", "min": 0, "max": 7, "uses": ["sum"]}"#);
    let income = [SumItem::Sum("income".to_owned())];
    // 7 · 3 · n < 2^63 holds for n up to 439208192231179800.
    let most = ((1_u64 << 63) - 1) / 21;
    assert!(SumPlan::new(schema, &income, limits(3, most)).is_ok());
    let error = SumPlan::new(schema, &income, limits(3, most + 1)).unwrap_err();
    assert!(matches!(&error, SumError::CouldOverflow { item, .. } if item == "income"), "{error}");
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    // Squares have a bound of their own, and so do counts.
    let squares = [SumItem::Squares("income".to_owned())];
    assert!(SumPlan::new(schema, &squares, limits(3, most / 7)).is_ok());
    let error = SumPlan::new(schema, &squares, limits(3, most / 3)).unwrap_err();
    assert!(error.to_string().contains("income:squares"), "{error}");
    assert!(SumPlan::new(schema, &[SumItem::Count], limits(3, u64::MAX)).is_err());
}

#[tokio::test(start_paused = true)]
async fn the_largest_sum_is_exactly_right() {
    let max = (1_i128 << 52) - 1;
    let schema = manifest(&format!(
        r#"{{"name": "income", "type": "integer", "min": {}, "max": 0, "uses": ["sum"],
             "waivers": [{{"rule": "global-identifier", "reason": "a test of the largest sum"}}]}}"#,
        -max
    ));
    let plan = Arc::new(SumPlan::new(schema, &["income".parse().unwrap()], limits(4, 512)).unwrap());
    let mut record = PlainRecord::new(schema);
    record.set("income", Value::Integer(0)).unwrap();
    let records = vec![vec![record; 512]; 4];
    let mode = SumMode::Prio3 { aggregators: vec![0, 2], minimum: 1 };
    for mode in [SumMode::Ring, SumMode::pairwise(4), mode] {
        let records = if matches!(mode, SumMode::Prio3 { .. }) {
            vec![records[0][..8].to_vec(); 4]
        } else {
            records.clone()
        };
        let terms = SumTerms { mode, share: false, wait: Duration::from_secs(5) };
        let mut results = sum(&Network::new(4), &plan, &records, &terms, &HashMap::new()).await;
        // All values are the largest: the shifted sum is (2^52 − 1) · 2^11, which is 2^63 − 2^11.
        let released = results.swap_remove(0).unwrap().unwrap().release(2, 2).unwrap();
        assert_eq!(released.results(), serde_json::json!({"income": 0}));
    }
}

#[test]
fn fewer_than_three_parties_are_refused_unless_they_agreed() {
    let schema = manifest(r#"{"name": "visits", "type": "integer", "min": 0, "max": 7, "uses": ["sum"]}"#);
    let error = SumPlan::new(schema, &[SumItem::Count], SumLimits::new(2)).unwrap_err();
    assert!(matches!(error, SumError::TooFewParties { parties: 2, least: 3 }));
    assert!(SumPlan::new(schema, &[SumItem::Count], SumLimits::new(2).allow_two()).is_ok());
    assert!(SumPlan::new(schema, &[SumItem::Count], SumLimits::new(1).allow_two()).is_err());
    // A plan for more parties does not let two of them compute.
    let plan = plan(schema, &[SumItem::Count], 5);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let terms = SumTerms::new(2);
    let network = Network::new(2);
    let member = network.member(0, None);
    let sum = secure_sum(&member, &plan, SumRecords::new(&plan, &terms.mode), &terms);
    assert!(matches!(runtime.block_on(sum), Err(SumError::TooFewParties { .. })));
    assert!(network.sent().is_empty());
}

#[test]
fn a_field_is_summed_only_as_declared() {
    let schema = manifest(
        r#"{"name": "visits", "type": "integer", "min": 0, "max": 7},
           {"name": "remark", "type": "text", "max_bytes": 15}"#,
    );
    let error = |item: &str| {
        SumPlan::new(schema, &[item.parse().unwrap()], SumLimits::new(3)).unwrap_err().to_string()
    };
    assert!(error("visits").contains("add `sum`"), "{}", error("visits"));
    assert!(error("visits:histogram").contains("add `group_by`"));
    assert!(error("visit").contains("no field `visit`"));
    assert!(error("remark").contains("bounded number"));
    assert!(SumPlan::new(schema, &[], SumLimits::new(3)).is_err());
    assert!(SumPlan::new(schema, &[SumItem::Count, SumItem::Count], SumLimits::new(3)).is_err());
}

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Home {
    #[pep(pseudonym)]
    owner: Pseudonym,
    #[pep(range = 1..=12, uses(sum, group_by))]
    people: u8,
    #[pep(range = 0.0..=99.5, decimals = 1, uses(sum))]
    warmth: f64,
}

#[test]
fn a_value_that_was_not_declared_is_an_error_and_not_clipped() {
    let items = [
        SumOf::<Home>::Count,
        SumOf::Sum(field!(Home.people)),
        SumOf::Squares(field!(Home.warmth)),
        SumOf::Histogram(field!(Home.people)),
    ];
    let items = items.map(|item| item.item());
    let plan = SumPlan::new(Home::SCHEMA, &items, SumLimits::new(3)).unwrap();
    let mut sums = LocalSums::new(&plan);
    let home = |people, warmth| Home { owner: Pseudonym::random(), people, warmth };
    sums.add(&home(4, 21.5)).unwrap();
    for wrong in [home(13, 20.0), home(2, 99.6), home(2, f64::NAN)] {
        let error = sums.add(&wrong).unwrap_err();
        assert!(matches!(error, SumError::Record(_)));
        let text = error.to_string();
        assert!(text.contains("people") || text.contains("warmth"), "{text}");
    }
    assert_eq!(sums.records(), 1);
}

#[test]
fn a_person_with_two_records_is_refused_with_the_number_of_such_people() {
    let plan = SumPlan::new(Home::SCHEMA, &[SumItem::Count], SumLimits::new(3)).unwrap();
    let mut sums = LocalSums::new(&plan);
    let owners = [Pseudonym::random(), Pseudonym::random(), Pseudonym::random()];
    for owner in owners.iter().chain([&owners[1]; 3]) {
        sums.add(&Home { owner: *owner, people: 2, warmth: 1.0 }).unwrap();
    }
    assert!(matches!(sums.finish(), Err(SumError::Repeated { people: 1 })));
}

#[test]
fn more_records_than_the_terms_allow_are_refused() {
    let plan = SumPlan::new(Home::SCHEMA, &[SumItem::Count], limits(3, 2)).unwrap();
    let mut sums = LocalSums::new(&plan);
    let home = || Home { owner: Pseudonym::random(), people: 2, warmth: 1.0 };
    sums.add(&home()).unwrap();
    sums.add(&home()).unwrap();
    assert!(matches!(sums.add(&home()), Err(SumError::TooManyRecords { max_records: 2 })));
}

#[test]
fn plans_that_differ_have_other_terms() {
    let field = |max: u32| {
        manifest(&format!(
            r#"{{"name": "visits", "type": "integer", "min": 0, "max": {max}, "uses": ["sum"]}}"#
        ))
    };
    let (count, visits) = (SumItem::Count, SumItem::Sum("visits".to_owned()));
    let terms = |schema, items: &[SumItem], limits| SumPlan::new(schema, items, limits).unwrap().terms();
    let all = [
        terms(field(7), &[count.clone(), visits.clone()], limits(3, 9)),
        terms(field(8), &[count.clone(), visits.clone()], limits(3, 9)),
        terms(field(7), &[visits.clone(), count.clone()], limits(3, 9)),
        terms(field(7), std::slice::from_ref(&count), limits(3, 9)),
        terms(field(7), &[count.clone(), visits.clone()], limits(4, 9)),
        terms(field(7), &[count.clone(), visits.clone()], limits(3, 8)),
        terms(field(7), &[count, visits], limits(3, 9).allow_two()),
    ];
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

/// Four parties of pairwise masks that exchanged their keys and settled that all take part.
fn four(network: &Arc<Network>) -> Vec<Pairwise> {
    let member = |me: usize| network.member(me, None);
    let mut states: Vec<Pairwise> = (0..4)
        .map(|me| {
            let terms = PairwiseTerms {
                run: [1; 16],
                terms: [2; 32],
                parties: (0..4).map(|party| format!("org-{party}")).collect(),
                me,
                threshold: 3,
                len: 1,
                allow_two: false,
            };
            Pairwise::new(terms).unwrap()
        })
        .collect();
    for from in 0..4 {
        for to in (0..4).filter(|to| *to != from) {
            let keys = states[from].keys_for(to as u16, &member(from)).unwrap();
            states[to].accept_keys(from as u16, &keys, &member(to)).unwrap();
        }
    }
    let heard = states.iter().enumerate().map(|(place, state)| (place as u16, state.heard())).collect();
    let roster = states[0].settle(&heard).unwrap();
    states.iter_mut().for_each(|state| state.accept_roster(&roster).unwrap());
    states
}

fn one() -> (SumPlan, nest_collab::sum::SumVector) {
    let schema = manifest(r#"{"name": "visits", "type": "integer", "min": 0, "max": 7, "uses": ["sum"]}"#);
    let plan = plan(schema, &[SumItem::Count], 4);
    let mut sums = LocalSums::new(&plan);
    sums.add_plain(&PlainRecord::new(schema)).unwrap();
    let own = sums.finish().unwrap();
    (plan, own)
}

fn survivors(parties: &[u16]) -> Survivors {
    serde_json::from_value(serde_json::json!({ "parties": parties })).unwrap()
}

#[test]
fn a_late_message_of_a_party_that_counts_as_dropped_out_is_refused() {
    let network = Network::new(4);
    let (_plan, own) = one();
    let mut states = four(&network);
    let masked: Vec<_> = states.iter_mut().map(|state| state.mask(&own).unwrap()).collect();
    for (from, masked) in masked.iter().enumerate().take(3) {
        for to in (0..4).filter(|to| *to != from) {
            states[to].accept_masked(from as u16, masked.clone()).unwrap();
        }
    }
    let proposal = states[0].propose();
    states[0].accept_survivors(&proposal, &network.member(0, None)).unwrap();
    // The numbers of the fourth arrive after its mask may be known.
    let error = states[0].accept_masked(3, masked[3].clone()).unwrap_err();
    assert!(error.to_string().contains("after it counted as dropped out"), "{error}");
    // And it does not take part any more.
    assert!(states[3].accept_survivors(&proposal, &network.member(3, None)).is_err());
}

#[test]
fn no_party_opens_both_secrets_of_another() {
    let network = Network::new(4);
    let (_plan, own) = one();
    let mut states = four(&network);
    let masked: Vec<_> = states.iter_mut().map(|state| state.mask(&own).unwrap()).collect();
    for (from, masked) in masked.iter().enumerate() {
        for to in (0..4).filter(|to| *to != from) {
            states[to].accept_masked(from as u16, masked.clone()).unwrap();
        }
    }
    let member = |me: usize| network.member(me, None);
    // A starter that lies tells two parties one list and the two others another.
    let (all, without) = (survivors(&[0, 1, 2, 3]), survivors(&[0, 1, 2]));
    let signed_all = states[0].accept_survivors(&all, &member(0)).unwrap();
    let signed_without = states[1].accept_survivors(&without, &member(1)).unwrap();
    // Nobody signs a second list, also not after a crash.
    assert!(states[1].accept_survivors(&all, &member(1)).is_err());
    let mut restarted = Pairwise::from_bytes(&states[1].to_bytes()).unwrap();
    assert!(restarted.accept_survivors(&all, &member(1)).is_err());
    // Signatures of the other list do not count, and nothing is opened without enough of them.
    assert!(states[1].accept_signature(0, &signed_all, &member(1)).is_err());
    assert!(states[0].accept_signature(1, &signed_without, &member(0)).is_err());
    assert!(states[0].open().is_err() && states[1].open().is_err());
    // With enough signatures, each party is opened in one way.
    let signed_two = states[2].accept_survivors(&without, &member(2)).unwrap();
    let mut zero = Pairwise::from_bytes(&four(&network)[0].to_bytes()).unwrap();
    assert!(zero.accept_survivors(&without, &member(0)).is_err(), "it sent no numbers");
    states[1].accept_signature(2, &signed_two, &member(1)).unwrap();
    assert!(states[1].open().is_err(), "two of three");
}

#[test]
fn a_survivor_list_is_never_too_short() {
    let network = Network::new(4);
    let (_plan, own) = one();
    let mut states = four(&network);
    states[0].mask(&own).unwrap();
    for list in [vec![0], vec![0, 1], vec![1, 2, 3], vec![0, 1, 9], vec![0, 1, 1, 2], vec![2, 1, 0]] {
        assert!(states[0].accept_survivors(&survivors(&list), &network.member(0, None)).is_err(), "{list:?}");
    }
    assert!(states[0].accept_survivors(&survivors(&[0, 1, 2]), &network.member(0, None)).is_ok());
}

#[test]
fn a_low_threshold_is_refused() {
    let terms = |threshold| PairwiseTerms {
        run: [1; 16],
        terms: [2; 32],
        parties: (0..6).map(|party| format!("org-{party}")).collect(),
        me: 0,
        threshold,
        len: 1,
        allow_two: false,
    };
    assert!(Pairwise::new(terms(4)).is_err());
    assert!(Pairwise::new(terms(5)).is_ok());
    assert!(Pairwise::new(terms(7)).is_err());
}

#[test]
fn a_key_that_was_not_signed_for_this_run_is_refused() {
    let network = Network::new(4);
    let states = four(&network);
    let keys = states[1].keys_for(0, &network.member(2, None)).unwrap();
    let mut fresh = four(&network);
    let error = fresh[0].accept_keys(1, &keys, &network.member(0, None)).unwrap_err();
    assert!(error.to_string().contains("did not sign its key"), "{error}");
}

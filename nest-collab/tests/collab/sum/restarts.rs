//! A party that was killed goes on from its store, and masks nothing twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use nest_collab::sum::{SumError, SumMode, SumPlan, SumRecords, SumTerms, secure_sum};

use super::network::{Network, VANISHED, sum};
use super::records::{all_items, assert_sums, plan, random_record, random_schema, seeded};

/// Kills a party after so many messages and starts it again with other records: the sum has the first ones.
async fn killed_and_restarted(mode: SumMode, party: usize, after: usize) {
    let mut rng = seeded(after as u64);
    let schema = random_schema(&mut rng);
    let plan: Arc<SumPlan> = Arc::new(plan(schema, &all_items(), 4));
    let records: Vec<Vec<_>> =
        (0..4).map(|_| (0..3).map(|_| random_record(schema, &mut rng)).collect()).collect();
    let network = Network::new(4);
    let terms = SumTerms { mode, share: true, wait: Duration::from_secs(30) };
    let first = {
        let (network, plan, records, terms) = (network.clone(), plan.clone(), records.clone(), terms.clone());
        tokio::spawn(
            async move { sum(&network, &plan, &records, &terms, &HashMap::from([(party, after)])).await },
        )
    };
    // The others wait; the party is back before they give up.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let again = async {
        let member = network.member(party, None);
        let mut own = SumRecords::new(&plan, &terms.mode);
        records[party].iter().for_each(|record| own.add_plain(record).unwrap());
        secure_sum(&member, &plan, own, &terms).await
    };
    let (results, again) = tokio::join!(first, again);
    let mut results = results.unwrap();
    let killed = std::mem::replace(&mut results[party], again);
    assert!(matches!(killed, Err(SumError::Run(message)) if message == VANISHED), "after {after}");
    let all: Vec<_> = records.iter().flatten().collect();
    for (place, result) in results.into_iter().enumerate() {
        let raw = result.unwrap_or_else(|error| panic!("killed after {after}, party {place}: {error}"));
        assert_sums(raw.unwrap(), &all);
    }
}

#[tokio::test(start_paused = true)]
async fn a_party_of_pairwise_masks_goes_on_after_any_message() {
    // Keys to three, who it heard, masked numbers to three, signatures to three, shares to three.
    for after in 0..13 {
        killed_and_restarted(SumMode::pairwise(4), 2, after).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_starter_of_a_ring_goes_on_with_its_mask() {
    killed_and_restarted(SumMode::Ring, 0, 0).await;
}

/// Reports would count twice: they are split anew, under other numbers.
#[tokio::test(start_paused = true)]
async fn a_party_of_prio3_is_left_out_as_a_whole_and_does_not_contribute_again() {
    let mut rng = seeded(5);
    let schema = random_schema(&mut rng);
    let plan: Arc<SumPlan> = Arc::new(plan(schema, &all_items(), 4));
    let records: Vec<Vec<_>> =
        (0..4).map(|_| (0..3).map(|_| random_record(schema, &mut rng)).collect()).collect();
    let mode = SumMode::Prio3 { aggregators: vec![0, 1], minimum: 1 };
    let terms = SumTerms { mode, share: false, wait: Duration::from_secs(2) };
    let network = Network::new(4);
    // Its reports reach one of two aggregators.
    let mut results = sum(&network, &plan, &records, &terms, &HashMap::from([(3, 1)])).await;
    let own = SumRecords::new(&plan, &terms.mode);
    let again = secure_sum(&network.member(3, None), &plan, own, &terms).await;
    assert!(again.is_err_and(|error| error.to_string().contains("start a new run")));
    let raw = results.swap_remove(0).unwrap().unwrap();
    assert_sums(raw, &records[..3].iter().flatten().collect::<Vec<_>>());
}

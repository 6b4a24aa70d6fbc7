//! Parties that vanish at every step of pairwise masks: the sum of the others is right, or there is none.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use nest_collab::sum::{SumError, SumMode, SumTerms};

use super::network::{Network, VANISHED, sum};
use super::records::{all_items, assert_sums, plan, random_record, random_schema, seeded};

/// Sums of `parties` of which some vanish after so many messages; whose numbers the starter's total has.
async fn with_vanishing(
    parties: usize,
    vanish: &HashMap<usize, usize>,
    share: bool,
) -> Result<Vec<usize>, SumError> {
    let mut rng = seeded(parties as u64);
    let schema = random_schema(&mut rng);
    let plan = Arc::new(plan(schema, &all_items(), parties));
    // The number of records tells whose numbers are in a total.
    let records: Vec<Vec<_>> = (0..parties)
        .map(|party| (0..1_usize << party).map(|_| random_record(schema, &mut rng)).collect())
        .collect();
    let terms = SumTerms { mode: SumMode::pairwise(parties), share, wait: Duration::from_secs(2) };
    let network = Network::new(parties);
    let mut results = sum(&network, &plan, &records, &terms, vanish).await;
    for (party, result) in results.iter().enumerate().filter(|(party, _)| vanish.contains_key(party)) {
        let killed = matches!(result, Err(SumError::Run(message)) if message == VANISHED);
        assert!(killed || result.is_ok(), "party {party}");
    }
    let raw = results.swap_remove(0)?.unwrap();
    // A count alone says who is in it, as each party has another power of two.
    let mut sums = raw.into_sums();
    let (_, nest_collab::sum::RawSum::Count(count)) = sums.swap_remove(0) else { panic!("no count") };
    use nest_release::ReleasePolicy;
    let count = nest_release::MinimumContributors::new(2).release(count).unwrap().value;
    let inside: Vec<usize> = (0..parties).filter(|party| count & 1 << party != 0).collect();
    // The others again, as the aggregates were taken apart.
    let network = Network::new(parties);
    let mut results = sum(&network, &plan, &records, &terms, vanish).await;
    let raw = results.swap_remove(0)?.unwrap();
    assert_sums(raw, &inside.iter().flat_map(|party| &records[*party]).collect::<Vec<_>>());
    Ok(inside)
}

/// The messages that a party sends: keys to all others, who it heard, masked numbers to all others, signatures, shares.
fn sends(parties: usize) -> usize {
    (parties - 1) + 1 + (parties - 1) + (parties - 1) + 1
}

#[tokio::test(start_paused = true)]
async fn one_party_vanishes_after_any_message() {
    let parties = 5;
    for after in 0..=sends(parties) {
        let vanish = HashMap::from([(3, after)]);
        let inside =
            with_vanishing(parties, &vanish, false).await.unwrap_or_else(|error| panic!("{after}: {error}"));
        // Whoever sent its masked numbers to the starter is in the sum; the starter is the first to get them.
        let masked = after > (parties - 1) + 1;
        let expected: Vec<usize> = (0..parties).filter(|party| masked || *party != 3).collect();
        assert_eq!(inside, expected, "after {after} messages");
    }
}

#[tokio::test(start_paused = true)]
async fn as_many_as_the_threshold_allows_vanish_after_masking() {
    for parties in [4, 6, 7, 10] {
        let threshold = 2 * parties / 3 + 1;
        let gone = parties - threshold;
        // They sent their keys and who they heard, and one masked message, which the starter got.
        let vanish: HashMap<usize, usize> =
            (parties - gone..parties).map(|party| (party, parties + 1)).collect();
        let inside = with_vanishing(parties, &vanish, true).await.unwrap();
        assert_eq!(inside, (0..parties).collect::<Vec<_>>(), "their numbers arrived");
        // They sent no masked message at all: their masks are opened.
        let vanish: HashMap<usize, usize> = (parties - gone..parties).map(|party| (party, parties)).collect();
        let inside = with_vanishing(parties, &vanish, true).await.unwrap();
        assert_eq!(inside, (0..parties - gone).collect::<Vec<_>>());
        // One more, and there is no sum.
        let vanish: HashMap<usize, usize> =
            (parties - gone - 1..parties).map(|party| (party, parties)).collect();
        let error = with_vanishing(parties, &vanish, true).await.unwrap_err();
        assert!(matches!(error, SumError::TooFewParties { .. }), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ring_with_a_party_that_vanishes_ends_without_a_sum() {
    let mut rng = seeded(1);
    let schema = random_schema(&mut rng);
    let plan = Arc::new(plan(schema, &all_items(), 4));
    let records: Vec<Vec<_>> = (0..4).map(|_| vec![random_record(schema, &mut rng)]).collect();
    let terms = SumTerms { mode: SumMode::Ring, share: true, wait: Duration::from_secs(2) };
    for (party, after) in [(0, 0), (1, 0), (2, 0), (3, 0), (0, 1)] {
        let vanish = HashMap::from([(party, after)]);
        let results = sum(&Network::new(4), &plan, &records, &terms, &vanish).await;
        assert!(results.iter().any(Result::is_err));
        let late = results.iter().filter_map(|result| result.as_ref().err()).map(ToString::to_string);
        assert!(late.into_iter().all(|error| error.contains("in time") || error == VANISHED));
    }
}

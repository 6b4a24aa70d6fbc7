//! Random sums of 2 to 16 parties, against 128-bit arithmetic: 1,000 of them, fewer without optimisation.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use nest_collab::sum::{SumMode, SumTerms};
use rand::RngExt;

use super::network::{Network, sum};
use super::records::{all_items, assert_sums, plan, random_record, random_schema, seeded};

async fn random_sums(runs: u64, mode: fn(usize) -> SumMode, most_parties: usize) {
    let runs = if cfg!(debug_assertions) { runs / 4 } else { runs };
    for seed in 0..runs {
        let mut rng = seeded(seed);
        let parties = rng.random_range(2..=most_parties);
        let schema = random_schema(&mut rng);
        let plan = Arc::new(plan(schema, &all_items(), parties));
        let records: Vec<Vec<_>> = (0..parties)
            .map(|_| (0..rng.random_range(0..6)).map(|_| random_record(schema, &mut rng)).collect())
            .collect();
        let share = rng.random_range(0..2) == 1;
        let terms = SumTerms { mode: mode(parties), share, wait: Duration::from_secs(5) };
        let network = Network::new(parties);
        let results = sum(&network, &plan, &records, &terms, &HashMap::new()).await;
        let all: Vec<_> = records.iter().flatten().collect();
        for (party, result) in results.into_iter().enumerate() {
            match result.unwrap_or_else(|error| panic!("seed {seed}, party {party}: {error}")) {
                Some(raw) => assert_sums(raw, &all),
                None => assert!(!share && party > 0),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn ring_sums_are_right() {
    random_sums(400, |_| SumMode::Ring, 16).await;
}

#[tokio::test(start_paused = true)]
async fn pairwise_sums_are_right() {
    random_sums(400, SumMode::pairwise, 16).await;
}

#[tokio::test(start_paused = true)]
async fn prio3_sums_are_right() {
    let mode = |parties: usize| SumMode::Prio3 {
        aggregators: if parties > 4 { vec![1, 0, 3] } else { vec![0, 1] },
        minimum: 0,
    };
    random_sums(200, mode, 16).await;
}

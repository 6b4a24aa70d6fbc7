//! What travels looks like noise: in every way, the bytes of intermediate numbers are uniform.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use nest_collab::sum::{SumMode, SumTerms};

use super::network::{Network, Sent, sum};
use super::records::{manifest, plan};
use nest_core::value::PlainRecord;

/// χ² of bytes against the uniform distribution, with 255 degrees of freedom.
///
/// Its mean is 255 and its standard deviation 22.6. A value above 400 has a probability below 10^-8.
fn assert_uniform(bytes: &[u8], what: &str) {
    assert!(bytes.len() > 256 * 20, "{what}: only {} bytes", bytes.len());
    let mut counts = [0_u32; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let expected = bytes.len() as f64 / 256.0;
    let chi: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    assert!(chi < 400.0, "{what}: χ² is {chi}");
}

/// All messages of sums over records that are all alike, of which nothing may be seen.
async fn messages(mode: SumMode, runs: usize) -> Vec<Sent> {
    let schema =
        manifest(r#"{"name": "day", "type": "integer", "min": 0, "max": 365, "uses": ["group_by", "sum"]}"#);
    let items = ["day:histogram", "day"].map(|item| item.parse().unwrap());
    let plan = Arc::new(plan(schema, &items, 4));
    let records = vec![vec![PlainRecord::new(schema); 2]; 4];
    let mut sent = Vec::new();
    for _ in 0..runs {
        let network = Network::new(4);
        let terms = SumTerms { mode: mode.clone(), share: false, wait: Duration::from_secs(2) };
        let results = sum(&network, &plan, &records, &terms, &HashMap::new()).await;
        assert!(results.iter().all(Result::is_ok));
        sent.extend(network.sent());
    }
    sent
}

#[tokio::test(start_paused = true)]
async fn the_numbers_of_a_ring_are_uniform() {
    let sent = messages(SumMode::Ring, 5).await;
    for sender in 0..4 {
        let of = sent.iter().filter(|(_, from, ..)| *from == sender);
        let bytes: Vec<u8> = of.flat_map(|(.., bytes)| bytes.clone()).collect();
        assert_uniform(&bytes, "ring");
    }
}

#[tokio::test(start_paused = true)]
async fn masked_numbers_are_uniform() {
    let sent = messages(SumMode::pairwise(4), 5).await;
    for sender in 0..4 {
        // The same message goes to all: one receiver's is enough.
        let receiver = usize::from(sender == 0);
        let of = sent.iter().filter(|(step, from, to, _)| (*step, *from, *to) == (3, sender, receiver));
        let mut bytes = Vec::new();
        for (.., message) in of {
            let message: serde_json::Value = serde_json::from_slice(message).unwrap();
            let numbers = message["numbers"].as_array().unwrap();
            bytes.extend(numbers.iter().flat_map(|number| number.as_u64().unwrap().to_le_bytes()));
        }
        assert_uniform(&bytes, "pairwise");
    }
}

#[tokio::test(start_paused = true)]
async fn the_sums_of_aggregators_are_uniform() {
    let mode = SumMode::Prio3 { aggregators: vec![0, 1, 2], minimum: 1 };
    let sent = messages(mode, 4).await;
    for aggregator in [1, 2] {
        let mut bytes = Vec::new();
        for (.., message) in
            sent.iter().filter(|(step, from, to, _)| (*step, *from, *to) == (4, aggregator, 0))
        {
            let message: serde_json::Value = serde_json::from_slice(message).unwrap();
            for sum in message["Sum"]["sums"].as_array().unwrap() {
                bytes.extend(sum.as_array().unwrap().iter().map(|byte| byte.as_u64().unwrap() as u8));
            }
        }
        assert_uniform(&bytes, "prio3");
    }
}

//! Programs in Python, confined: what works, and what is stopped.

mod attacks;
mod format;
mod node;

use std::collections::HashMap;
use std::sync::Arc;

use nest_collab::confine::{Claim, RawClaim, StepRecords};
use nest_core::value::{PlainRecord, Value};
use nest_release::{MinimumContributors, ReleasePolicy};

use crate::data::{Folder, patients};
use node::{Hub, Seat, program};

fn records(visits: impl Iterator<Item = i128>) -> StepRecords {
    let record = |visits| {
        let mut record = PlainRecord::new(patients());
        record.set("visits", Value::Integer(visits)).unwrap();
        record
    };
    StepRecords::new(visits.map(record).collect(), ["visits".to_owned()])
}

#[tokio::test]
async fn an_average_in_python_comes_out_right() {
    let hub = Arc::new(Hub::default());
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/collab/confine");
    let script = format!("{scripts}/average.py");
    let mut runs = Vec::new();
    for (place, me) in ["a", "b", "c"].into_iter().enumerate() {
        let hub = hub.clone();
        let mut program = program(&["/usr/bin/env", "python3", &script, me, "a,b,c"]);
        program.reads.push(scripts.into());
        let visits = (0..20).map(move |number| number * (place as i128 + 1));
        runs.push(tokio::spawn(async move {
            let folder = Folder::new();
            program.folder = folder.path("");
            let mut seat = Seat { me, hub, kept: HashMap::new() };
            let claims = program.run(&records(visits), &mut seat).await.unwrap();
            assert_eq!(std::fs::read_to_string(folder.path("own.txt")).unwrap(), "20");
            claims
        }));
    }
    let mut claims = Vec::new();
    for run in runs {
        claims.push(run.await.unwrap());
    }
    assert!(claims[1].is_empty() && claims[2].is_empty());
    let RawClaim::Mean(raw) = claims[0].remove(0).check(patients()).unwrap() else { panic!("no mean") };
    let released = MinimumContributors::new(10).release(raw).unwrap();
    // (190 + 380 + 570) / 60
    assert_eq!(released.value.to_string(), "19.000");
}

/// The example of the documentation, as it stands there.
#[tokio::test]
async fn the_example_of_the_documentation_works() {
    let page = include_str!("../../../../docs/collab-program.md");
    let code = page.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = Folder::new();
    let mut program = program(&["/usr/bin/env", "python3", "-c", code]);
    program.folder = folder.path("");
    let mut claims = program.run(&records(0..60), &mut Seat::alone()).await.unwrap();
    let RawClaim::Mean(raw) = claims.remove(0).check(patients()).unwrap() else { panic!("no mean") };
    let released = MinimumContributors::new(10).release(raw).unwrap();
    assert_eq!(released.value.to_string(), "29.500");
    // What the declaration does not allow is no result.
    let impossible = |json: &str| serde_json::from_str::<Claim>(json).unwrap().check(patients()).is_err();
    assert!(impossible(r#"{"shape": "mean", "field": "visits", "sum": 24001, "people": 60}"#));
    assert!(impossible(r#"{"shape": "total", "field": "since", "sum": 1, "people": 1}"#));
    assert!(impossible(r#"{"shape": "histogram", "field": "ward", "counts": [1]}"#));
    assert!(impossible(r#"{"shape": "histogram", "field": "visits", "counts": [1]}"#));
}

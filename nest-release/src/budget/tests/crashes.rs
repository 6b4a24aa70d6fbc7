//! Processes that are killed at each boundary: they have charged once or not at all.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::*;
use crate::{DataSetFields, RawDataSet};

const URL: &str = "NEST_RELEASE_TEST_URL";
const STOP_AT: &str = "NEST_RELEASE_TEST_STOP_AT";
const REACHED: &str = "NEST_RELEASE_TEST_REACHED";

/// In the process that is to be killed: says that it has come here, and waits to be killed.
pub(in crate::budget) fn boundary(name: &str) {
    if std::env::var(STOP_AT).is_ok_and(|stop| stop == name) {
        std::fs::write(std::env::var(REACHED).unwrap(), name).unwrap();
        std::thread::sleep(Duration::from_secs(600));
    }
}

/// The process that is to be killed. Run as a test of its own, it does nothing.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(URL) else { return };
    let budget = Budget::open(&url, Limits::default()).await.unwrap().lease(Duration::from_secs(1));
    let question = question("university", "x");
    if std::env::var(STOP_AT).unwrap() == "given back" {
        let Asked::Reserved(reservation) = budget.ask(&question, &spends(0..20, "1"), 10).await.unwrap()
        else {
            panic!()
        };
        budget.give_back(reservation).await.unwrap();
    }
    budget.answer(&question, &spends(0..20, "1"), 10).await.unwrap();
    budget.release_data_set("visits", data_set(), 90).await.unwrap();
    boundary("end");
}

fn data_set() -> RawDataSet {
    let mut raw = RawDataSet::new(DataSetFields::of(Visit::SCHEMA, &["age"], &["score"]).unwrap());
    for number in 0..20 {
        raw.add(&person(number), 5, &[Some(number.into())], &[Some(number.into())]).unwrap();
    }
    raw
}

/// Starts the child, waits until it has come to the boundary, and kills it.
fn kill_at(url: &str, boundary: &str, reached: &std::path::Path) {
    let _ = std::fs::remove_file(reached);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "budget::tests::crashes::child", "--nocapture"])
        .envs([(URL, url), (STOP_AT, boundary)])
        .env(REACHED, reached)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while std::fs::read_to_string(reached).ok().as_deref() != Some(boundary) {
        assert!(
            Instant::now() < deadline && child.try_wait().unwrap().is_none(),
            "the child never came to {boundary}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    // SIGKILL: no destructor runs, nothing is rolled back by the process itself.
    child.kill().unwrap();
    child.wait().unwrap();
}

async fn killed_at_each_boundary(database: usize) {
    for (boundary, answered) in [
        ("reserved", false),
        ("reservation committed", false),
        ("given back", false),
        ("drawn", false),
        ("stored", false),
        ("answer committed", true),
        ("end", true),
    ] {
        let databases = Databases::fresh();
        let url = &databases.urls[database];
        kill_at(url, boundary, &databases.folder.join("reached"));
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        let left = budget.available(3, "university").await;
        assert_eq!(left == epsilon("3"), boundary == "reserved", "{boundary}");
        let (question, spends) = (question("university", "x"), spends(0..20, "1"));
        let deadline = Instant::now() + Duration::from_secs(30);
        let answer = loop {
            match budget.ask(&question, &spends, 10).await {
                Ok(Asked::Answered(released)) => {
                    assert!(answered, "{boundary}: an answer that was not committed");
                    break released;
                }
                Ok(Asked::Reserved(reservation)) => {
                    assert!(!answered, "{boundary}: the answer is lost");
                    let pool = reservation.pool();
                    break budget.commit(reservation, pool).await.unwrap();
                }
                Err(BudgetError::Busy) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => panic!("{boundary}: {error}"),
            }
        };
        assert_eq!(budget.answer(&question, &spends, 10).await.unwrap(), answer);
        for number in [0, 3, 19] {
            assert_eq!(
                budget.available(number, "university").await,
                epsilon("2"),
                "{boundary}: not charged once"
            );
        }
        let data = budget.release_data_set("visits", data_set(), 90).await.unwrap();
        assert_eq!(budget.release_data_set("visits", data_set(), 90).await.unwrap(), data);
    }
}

#[tokio::test]
async fn killed_at_each_boundary_on_sqlite() {
    killed_at_each_boundary(0).await;
}

#[tokio::test]
async fn killed_at_each_boundary_on_postgresql() {
    killed_at_each_boundary(1).await;
}

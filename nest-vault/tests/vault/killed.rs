//! A process that is killed while it writes: what it acknowledged is there, and nothing is half there.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use nest_core::Pseudonym;
use nest_source::{DataSource as _, Operation, RecordError};
use nest_vault::Faults;

use crate::place::{On, Place, on_both, purpose, reason};
use crate::records::{Walk, info, walk, walked};

const CHILD: &str = "NEST_VAULT_CHILD";

/// How many times; `NEST_VAULT_KILLS` says another number.
fn times() -> u32 {
    std::env::var("NEST_VAULT_KILLS").ok().and_then(|times| times.parse().ok()).unwrap_or(10)
}

/// The process that is killed: it says on its output what is durable.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(place) = std::env::var(CHILD) else { return };
    let place = Place::from_text(&place);
    let vault = place.open().await.unwrap();
    for round in 0_u32.. {
        let [who, teacher, a, b, c] = [(); 5].map(|()| Pseudonym::random());
        vault.put_batch(&place.domain, &[(who, &walk(round))]).await.unwrap()[0].as_ref().unwrap();
        println!("\nkept {} {round}", who.to_hex());
        let outcome = walked(who, teacher, [a, b, c], round);
        vault.put_outcome::<Walk>(place.who(who), 0, &outcome).await.unwrap();
        println!("\noutcome {} {round}", who.to_hex());
        if round % 3 == 0 {
            vault.erase(place.who(who), &reason()).await.unwrap();
            println!("\nerased {} {round}", who.to_hex());
        }
    }
}

async fn killed(on: On) {
    let (place, vault) = Place::with_vault(on).await;
    vault.close().await;
    let mut kept = std::collections::HashMap::new();
    for _ in 0..times() {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::child", "--nocapture"])
            .env(CHILD, place.to_text())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (writes, begun) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok).filter(|line| line.contains(' '));
            lines
                .inspect(|line| {
                    if line.starts_with("kept ") {
                        writes.send(()).ok();
                    }
                })
                .collect::<Vec<_>>()
        });
        // At a random moment after its first write: a busy machine takes long to start a process.
        begun.recv_timeout(Duration::from_secs(60)).unwrap();
        tokio::time::sleep(Duration::from_millis(u64::from(rand::random::<u8>()) * 2)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        for line in reader.join().unwrap() {
            let words: Vec<_> = line.split(' ').collect();
            if let [what @ ("kept" | "outcome" | "erased"), who, round] = words[..]
                && let Ok(round) = round.parse::<u32>()
            {
                let who = Pseudonym::from_hex(who).unwrap();
                let known = kept.entry(who).or_insert((round, false, false));
                known.1 |= what == "outcome";
                known.2 |= what == "erased";
            }
        }
    }
    assert!(!kept.is_empty(), "nothing was written");
    let vault = place.open().await.unwrap();
    for (who, (round, has_outcome, erased)) in &kept {
        let found = vault.get::<Walk>(place.who(*who), &purpose()).await.unwrap().unwrap();
        match found.record.record() {
            Some(record) => {
                assert!(!erased);
                assert_eq!(record, &walk(*round));
            }
            // Erased, or an erasure that began was completed.
            None => assert_eq!(round % 3, 0),
        }
        let outcomes = vault.outcomes::<Walk>(place.who(*who), &purpose()).await.unwrap();
        assert!(!has_outcome || outcomes.len() == 1);
    }
    let verified = vault.verify(true).await.unwrap();
    assert!(verified.is_whole(), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_nothing_on_sqlite() {
    Box::pin(killed(On::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_nothing_on_postgres() {
    Box::pin(killed(On::Postgres)).await;
}

const ERASER: &str = "NEST_VAULT_ERASER";
const PERSON: &str = "NEST_VAULT_ERASER_PERSON";
const POINT: &str = "NEST_VAULT_ERASER_POINT";

/// The process that ends in the middle of an erasure, without unwinding and without closing anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eraser() {
    let Ok(place) = std::env::var(ERASER) else { return };
    let place = Place::from_text(&place);
    let who = Pseudonym::from_hex(&std::env::var(PERSON).unwrap()).unwrap();
    let faults = Faults::default();
    let builder = place.builder_with(place.master.clone(), faults.clone()).await.unwrap();
    let vault = builder.open().await.unwrap();
    faults.abort_at(std::env::var(POINT).unwrap().parse().unwrap());
    vault.erase(place.who(who), &reason()).await.unwrap();
    faults.abort_at(0);
}

on_both! {
    /// A process ends before each step of an erasure in turn. Opened again, the erasure is complete, or it had not begun.
    async fn an_erasure_is_completed_after_the_process_is_killed_at_any_step(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        vault.close().await;
        for point in 1..80 {
            let who = Pseudonym::random();
            let vault = place.open().await.unwrap();
            vault.register(place.who(who), &info(1)).await.unwrap();
            vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
            vault.close().await;
            let status = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "killed::eraser", "--nocapture"])
                .envs([
                    (ERASER, place.to_text().as_str()),
                    (PERSON, who.to_hex().as_str()),
                    (POINT, point.to_string().as_str()),
                ])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            let vault = place.open().await.unwrap();
            let ctx = place.context(Operation::Read);
            if vault.read_participant(&ctx, who).await.is_ok() {
                // It ended before the intent was durable.
                assert!(!status.success());
                vault.erase(place.who(who), &reason()).await.unwrap();
            }
            assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound), "{point}");
            let given = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
            assert!(given.record.record().is_none(), "{point}");
            let report = vault.erase(place.who(who), &reason()).await.unwrap();
            assert_eq!((report.keys, report.records), (1, 2), "{point}");
            let verified = vault.verify(true).await.unwrap();
            assert!(verified.is_whole(), "{point}: {verified:?}");
            vault.close().await;
            if status.success() {
                assert!(point > 20, "an erasure has so few steps: {point}");
                return;
            }
        }
        panic!("an erasure does not come to its end");
    }
}

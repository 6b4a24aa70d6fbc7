//! Four workers that are killed at random: every effect once, and money that adds up.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nest_market::money::{AccountId, Cents, Idempotency, Ledger, LedgerAccount, Posted, Posting};
use nest_market::task::{TaskKind, Tasks};
use nest_market::{Database, Faults};

use crate::place::{On, Place};

const CHILD: &str = "NEST_MARKET_CHILD";
const STOP_AT: &str = "NEST_MARKET_STOP_AT";

/// How many tasks; `NEST_MARKET_TASKS` says another number.
fn how_many() -> i64 {
    std::env::var("NEST_MARKET_TASKS").ok().and_then(|tasks| tasks.parse().ok()).unwrap_or(60)
}

/// The worker that is killed. Run as a test of its own, it does nothing.
#[tokio::test]
async fn worker() {
    let Ok(url) = std::env::var(CHILD) else { return };
    let faults = Faults::default();
    let database = Database::open_with(&url, faults.clone()).await.unwrap();
    if let Some(point) = std::env::var(STOP_AT).ok().and_then(|point| point.parse().ok()) {
        faults.abort_at(point);
    }
    let tasks = Tasks::new(&database);
    loop {
        match tasks.claim(Duration::from_millis(300)).await {
            Ok(Some(claim)) => {
                let mut tx = database.begin().await.unwrap();
                let to = LedgerAccount::person(AccountId::from_bytes([claim.subject().len() as u8; 16]));
                let key =
                    Idempotency::key("work", &[claim.subject().as_bytes(), &claim.fence().to_be_bytes()]);
                let posting = Posting::transfer(key, "work", LedgerAccount::outside(), to, Cents(7)).unwrap();
                // A key of the holder's own: only the fence keeps a second holder from a second effect.
                assert_eq!(Ledger::post_in(&mut tx, &posting).await, Ok(Posted::Now));
                if rand::random::<u8>() < 30 {
                    // Slower than its lease.
                    drop(tx);
                    tokio::time::sleep(Duration::from_millis(400)).await;
                    tx = database.begin().await.unwrap();
                    assert_eq!(Ledger::post_in(&mut tx, &posting).await, Ok(Posted::Now));
                }
                if claim.complete(&mut tx).await.is_ok() {
                    tx.commit().await.unwrap();
                }
            }
            Ok(None) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(_) => {}
        }
    }
}

fn start(place: &Place, stop_at: Option<u64>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "killed::worker", "--nocapture"]).env(CHILD, &place.url);
    if let Some(point) = stop_at {
        command.env(STOP_AT, point.to_string());
    }
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

async fn killed(on: On) {
    let (place, database) = Place::with_database(on).await;
    let tasks = Tasks::new(&database);
    let mut tx = database.begin().await.unwrap();
    for number in 0..how_many() {
        Tasks::add(&mut tx, TaskKind::Other, &number.to_string(), Duration::ZERO).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut workers: Vec<Child> = (0..4).map(|_| start(&place, None)).collect();
    let deadline = Instant::now() + Duration::from_secs(120 + how_many().unsigned_abs());
    let mut kills = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(u64::from(rand::random::<u8>()))).await;
        let counts = tasks.counts().await.unwrap();
        if counts.iter().all(|(_, state, _)| state == "done") {
            break;
        }
        assert!(Instant::now() < deadline, "not finished: {counts:?}");
        // At most twelve, so that a slow machine finishes.
        if kills < 12 {
            let victim = usize::from(rand::random::<u8>()) % 4;
            workers[victim].kill().unwrap();
            workers[victim].wait().unwrap();
            workers[victim] = start(&place, None);
            kills += 1;
        }
    }
    for mut worker in workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let ledger = Ledger::new(&database);
    assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents(-7 * how_many())));
    assert!(ledger.verify().await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_do_everything_once_on_sqlite() {
    killed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_do_everything_once_on_postgres() {
    killed(On::Postgres).await;
}

/// One worker that stops at each point of a task in turn; another ends it.
async fn stopped_at_each_point(on: On) {
    for point in 1..=12 {
        let (place, database) = Place::with_database(on).await;
        let tasks = Tasks::new(&database);
        let mut tx = database.begin().await.unwrap();
        Tasks::add(&mut tx, TaskKind::Other, "x", Duration::ZERO).await.unwrap();
        tx.commit().await.unwrap();
        let mut stopped = start(&place, Some(point));
        let deadline = Instant::now() + Duration::from_secs(60);
        while stopped.try_wait().unwrap().is_none() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut other = start(&place, None);
        loop {
            if tasks.counts().await.unwrap().iter().all(|(_, state, _)| state == "done") {
                break;
            }
            assert!(Instant::now() < deadline, "point {point}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        other.kill().unwrap();
        other.wait().unwrap();
        let ledger = Ledger::new(&database);
        assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents(-7)), "point {point}");
        assert!(ledger.verify().await.unwrap().is_whole());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_stopped_at_each_point_is_replaced_on_sqlite() {
    stopped_at_each_point(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_stopped_at_each_point_is_replaced_on_postgres() {
    stopped_at_each_point(On::Postgres).await;
}

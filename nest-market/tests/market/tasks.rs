//! Tasks: one holder at a time, and an effect only by the holder.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use nest_market::money::{AccountId, Cents, Idempotency, Ledger, LedgerAccount, Posting};
use nest_market::task::{Deliver, DeliveryError, Letter, Outbox, SCALER_QUERY, TaskError, TaskKind, Tasks};

use crate::place::{On, Place, on_both};

const MINUTE: Duration = Duration::from_secs(60);

/// A receiver that fails at first, and gets some letters twice.
#[derive(Default)]
struct Receiver {
    seen: Mutex<Vec<[u8; 16]>>,
    failures: Mutex<u32>,
}

#[async_trait]
impl Deliver for Receiver {
    async fn deliver(&self, letter: &Letter) -> Result<String, DeliveryError> {
        let mut failures = self.failures.lock().unwrap();
        if *failures > 0 {
            *failures -= 1;
            return Err(DeliveryError::default());
        }
        self.seen.lock().unwrap().push(letter.key);
        Ok("taken".to_owned())
    }
}

on_both! {
    async fn a_task_is_held_by_one_and_taken_over_after_its_lease(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let tasks = Tasks::new(&database);
        let mut tx = database.begin().await.unwrap();
        for _ in 0..2 {
            Tasks::add(&mut tx, TaskKind::Other, "x", Duration::ZERO).await.unwrap();
        }
        Tasks::add(&mut tx, TaskKind::Other, "later", MINUTE).await.unwrap();
        tx.commit().await.unwrap();
        let slow = tasks.claim(MINUTE).await.unwrap().unwrap();
        assert_eq!((slow.subject(), slow.fence()), ("x", 1));
        assert!(tasks.claim(MINUTE).await.unwrap().is_none(), "held by two");

        database.pass_time(MINUTE);
        let first = tasks.claim(MINUTE).await.unwrap().unwrap();
        let second = tasks.claim(MINUTE).await.unwrap().unwrap();
        let mut subjects = [(first.subject(), first.fence()), (second.subject(), second.fence())];
        subjects.sort_unstable();
        assert_eq!(subjects, [("later", 1), ("x", 2)]);

        // The slow one comes back. Its effect is not committed.
        let ledger = Ledger::new(&database);
        let person = LedgerAccount::person(AccountId::random());
        let posting = Posting::transfer(
            Idempotency::key("test", &[]), "test", LedgerAccount::outside(), person, Cents(5),
        ).unwrap();
        let mut tx = database.begin().await.unwrap();
        Ledger::post_in(&mut tx, &posting).await.unwrap();
        assert_eq!(slow.complete(&mut tx).await, Err(TaskError::Stale));
        drop(tx);
        assert_eq!(ledger.balance(person).await, Ok(Cents::ZERO));
        assert_eq!(slow.extend(&tasks, MINUTE).await, Err(TaskError::Stale));

        let holder = if first.subject() == "x" { &first } else { &second };
        let mut tx = database.begin().await.unwrap();
        Ledger::post_in(&mut tx, &posting).await.unwrap();
        holder.complete(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(ledger.balance(person).await, Ok(Cents(5)));
        let mut tx = database.begin().await.unwrap();
        assert_eq!(holder.complete(&mut tx).await, Err(TaskError::Stale), "done twice");
    }

    async fn eight_workers_share_tasks_and_none_is_done_twice(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let mut tx = database.begin().await.unwrap();
        for number in 0..60 {
            Tasks::add(&mut tx, TaskKind::Other, &number.to_string(), Duration::ZERO).await.unwrap();
        }
        tx.commit().await.unwrap();
        let done = Arc::new(Mutex::new(Vec::new()));
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let (database, done) = (database.clone(), Arc::clone(&done));
                tokio::spawn(async move {
                    let tasks = Tasks::new(&database);
                    while let Some(claim) = tasks.claim(MINUTE).await.unwrap() {
                        let mut tx = database.begin().await.unwrap();
                        claim.complete(&mut tx).await.unwrap();
                        tx.commit().await.unwrap();
                        done.lock().unwrap().push(claim.subject().to_owned());
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        let done = done.lock().unwrap();
        assert_eq!((done.len(), done.iter().collect::<HashSet<_>>().len()), (60, 60));
    }

    async fn a_task_that_never_succeeds_is_laid_aside(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let tasks = Tasks::new(&database);
        let mut tx = database.begin().await.unwrap();
        Tasks::add(&mut tx, TaskKind::Other, "x", Duration::ZERO).await.unwrap();
        tx.commit().await.unwrap();
        let mut times = 0;
        while let Some(claim) = tasks.claim(MINUTE).await.unwrap() {
            claim.retry(&tasks, Duration::ZERO, "it fails").await.unwrap();
            times += 1;
            assert!(times < 100);
        }
        assert_eq!(times, 20);
        assert_eq!(tasks.counts().await.unwrap(), [(TaskKind::Other, "dead".to_owned(), 1)]);
    }

    async fn periodic_tasks_come_once_for_their_time(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let tasks = Tasks::new(&database);
        let ticks: Vec<_> = (0..4)
            .map(|_| {
                let tasks = tasks.clone();
                tokio::spawn(async move { tasks.tick().await.unwrap() })
            })
            .collect();
        for tick in ticks {
            tick.await.unwrap();
        }
        let count = |counts: Vec<(TaskKind, String, u64)>| counts.iter().map(|(.., count)| count).sum::<u64>();
        let first = count(tasks.counts().await.unwrap());
        // At most one hour or day may have begun meanwhile.
        assert!((2..=4).contains(&first), "{first}");
        database.pass_time(Duration::from_secs(3600));
        tasks.tick().await.unwrap();
        assert!(count(tasks.counts().await.unwrap()) > first);
    }

    async fn letters_are_brought_after_failures_and_written_once(on: On) {
        let (place, database) = Place::with_database(on).await;
        let (tasks, outbox) = (Tasks::new(&database), Outbox::new(&database));
        let mut tx = database.begin().await.unwrap();
        for _ in 0..2 {
            Outbox::write(&mut tx, Idempotency::key("letter", &[b"1"]), "payout", "{}").await.unwrap();
        }
        tx.commit().await.unwrap();
        let receiver = Receiver { failures: Mutex::new(2), ..Receiver::default() };
        for _ in 0..5 {
            if let Some(claim) = tasks.claim(MINUTE).await.unwrap() {
                outbox.bring(&claim, &receiver).await.unwrap();
            }
            database.pass_time(Duration::from_secs(10));
        }
        assert_eq!(receiver.seen.lock().unwrap().len(), 1);
        assert_eq!(place.number("SELECT COUNT(*) FROM market_outbox WHERE state = 'sent' AND receipt = 'taken'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scaler_counts_what_waits() {
    let (place, database) = Place::with_database(On::Postgres).await;
    let tasks = Tasks::new(&database);
    assert_eq!(place.number(SCALER_QUERY).await, 0);
    let mut tx = database.begin().await.unwrap();
    for number in 0..5 {
        Tasks::add(&mut tx, TaskKind::Other, &number.to_string(), Duration::ZERO).await.unwrap();
    }
    Tasks::add(&mut tx, TaskKind::Other, "later", MINUTE).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.number(SCALER_QUERY).await, 5);
    let held = tasks.claim(MINUTE).await.unwrap().unwrap();
    assert_eq!(place.number(SCALER_QUERY).await, 4);
    let mut tx = database.begin().await.unwrap();
    held.complete(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.number(SCALER_QUERY).await, 4);
}

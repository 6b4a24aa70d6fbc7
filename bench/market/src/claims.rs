//! Tasks a second with four workers, beside as many plain transactions that change a row on the same database.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nest_market::Database;
use nest_market::money::{AccountId, Idempotency, Ledger, LedgerAccount, Posting};
use nest_market::task::{TaskKind, Tasks};
use nest_testbed_postgres::Postgres;

/// How many tasks are claimed and ended.
const TASKS: u32 = 2_000;

const WORKERS: usize = 4;

const LEASE: Duration = Duration::from_secs(600);

type Failure = Box<dyn Error + Send + Sync>;

pub(crate) async fn measure() -> Result<(), Box<dyn Error>> {
    println!("## Tasks\n\n{WORKERS} workers; a task is one transaction to claim it and one to end it.\n");
    println!("| database | postings/s | tasks/s | tasks by postings |\n| --- | ---: | ---: | ---: |");
    let server = Postgres::start()?;
    let file = std::env::temp_dir().join(format!("bench-claims-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&file);
    let sqlite = format!("sqlite:{}", file.display());
    for (name, url) in [("SQLite", sqlite), ("PostgreSQL", server.fresh_database()?)] {
        let database = Database::open(&url).await?;
        let (postings, tasks) =
            (postings(&database).await.map_err(told)?, tasks(&database).await.map_err(told)?);
        println!("| {name} | {postings:.0} | {tasks:.0} | {:.2} |", tasks / postings);
        database.close().await;
    }
    std::fs::remove_file(file)?;
    println!();
    Ok(())
}

fn told(failure: Failure) -> Box<dyn Error> {
    failure.to_string().into()
}

/// Postings of money a second: the transaction that a task would end in.
async fn postings(database: &Database) -> Result<f64, Failure> {
    let number = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let began = Instant::now();
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (ledger, number) = (Ledger::new(database), Arc::clone(&number));
            tokio::spawn(async move {
                loop {
                    let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if number >= TASKS / 4 {
                        return Ok::<_, Failure>(());
                    }
                    let key = Idempotency::key("bench", &[&number.to_be_bytes()]);
                    let to = LedgerAccount::person(AccountId::random());
                    let cents = nest_market::money::Cents(1);
                    let posting = Posting::transfer(key, "bench", LedgerAccount::outside(), to, cents)?;
                    ledger.post(&posting).await?;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await??;
    }
    Ok(f64::from(TASKS / 4) / began.elapsed().as_secs_f64())
}

async fn tasks(database: &Database) -> Result<f64, Failure> {
    let mut tx = database.begin().await?;
    for number in 0..TASKS {
        Tasks::add(&mut tx, TaskKind::Other, &number.to_string(), Duration::ZERO).await?;
    }
    tx.commit().await?;
    let began = Instant::now();
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (database, tasks) = (database.clone(), Tasks::new(database));
            tokio::spawn(async move {
                while let Some(claim) = tasks.claim(LEASE).await? {
                    let mut tx = database.begin().await?;
                    claim.complete(&mut tx).await?;
                    tx.commit().await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .collect();
    for worker in workers {
        worker.await??;
    }
    Ok(f64::from(TASKS) / began.elapsed().as_secs_f64())
}

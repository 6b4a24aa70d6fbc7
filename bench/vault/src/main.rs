//! What keeping records costs, measured side by side in one run: the vault, the same rows as plain SQL with the same
//! settings of durability, and `pgcrypto` at its fastest. Rounds take turns; a ratio is the median of the ratios of the
//! rounds.

mod million;
mod plain;
mod records;
mod took;
mod vault;

use std::error::Error;

use nest_testbed_postgres::Postgres;

use crate::plain::Way;
use crate::took::{Took, bytes, median, of, ratio, read, write};

type Failure = Box<dyn Error + Send + Sync>;

/// How many records are written and read.
const RECORDS: usize = 10_000;
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("bench-vault-{:016x}", rand::random::<u64>()));
    std::fs::create_dir(&folder)?;
    let postgres = Postgres::start()?;
    make_durable(&postgres).await?;
    let mut number = 0;
    let mut url = |on: &str| -> Result<String, Failure> {
        number += 1;
        Ok(match on {
            "SQLite" => format!("sqlite:{}", folder.join(format!("{number}.db")).display()),
            _ => postgres.fresh_database()?,
        })
    };

    if std::env::args().nth(1).as_deref() == Some("million") {
        million::print(&url("PostgreSQL")?, &url("PostgreSQL")?, &folder, 1_000_000).await?;
        std::fs::remove_dir_all(folder)?;
        return Ok(());
    }
    println!("## Writing and reading {RECORDS} records of eight blocks\n");
    println!(
        "One batch, one transaction. The write-ahead log is flushed before a commit returns, on each side. Everything is \
         read at once; the vault also writes its access log then. Medians of {ROUNDS} rounds in turns.\n"
    );
    println!("| database | what | write, ms | read, ms | kB | vault / this: write | read | bytes |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut named_lines = Vec::new();
    for on in ["SQLite", "PostgreSQL"] {
        let mut vault = Vec::new();
        let mut named = Vec::new();
        let mut others: Vec<(&str, Way, Vec<Took>)> = vec![
            ("plain SQL, a prepared `INSERT` for each row", Way::RowByRow, Vec::new()),
            ("plain SQL, many rows in a statement", Way::Bulk, Vec::new()),
        ];
        if on == "PostgreSQL" {
            others.push(("`pgcrypto`, `s2k-mode=0`, many rows in a statement", Way::Pgcrypto, Vec::new()));
        }
        for _ in 0..ROUNDS {
            let (took, by_name) = vault::round(&url(on)?, &url(on)?, &folder).await?;
            vault.push(took);
            named.push(by_name);
            for (_, way, rounds) in &mut others {
                let url = url(on)?;
                rounds.push(match on {
                    "SQLite" => plain::sqlite(&url, *way).await?,
                    _ => plain::postgres(&url, *way).await?,
                });
            }
        }
        println!(
            "| {on} | nest-vault | {:.0} | {:.0} | {:.0} | | | |",
            of(&vault, write),
            of(&vault, read),
            of(&vault, bytes)
        );
        for (what, _, rounds) in &others {
            println!(
                "| {on} | {what} | {:.0} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} |",
                of(rounds, write),
                of(rounds, read),
                of(rounds, bytes),
                ratio(&vault, rounds, write),
                ratio(&vault, rounds, read),
                ratio(&vault, rounds, bytes)
            );
        }
        let in_ms = |figure: fn(&vault::Named) -> std::time::Duration| {
            median(named.iter().map(|named| figure(named).as_secs_f64() * 1e3).collect())
        };
        named_lines.push(format!("| {on} | {:.0} | {:.0} |", in_ms(|n| n.warm), in_ms(|n| n.cold)));
    }
    println!(
        "\nThe bytes of SQLite are those of the whole file: the vault's also holds who the people are.\n"
    );
    println!("| {RECORDS} records by pseudonym | keys in memory, ms | just opened, ms |");
    println!("| --- | ---: | ---: |");
    named_lines.iter().for_each(|line| println!("{line}"));

    println!("\n## Growth\n");
    println!(
        "One vault. Each figure is the median of the last batches of {RECORDS} before the size is reached, at most {ROUNDS}.\n"
    );
    println!(
        "| database | records | written, µs a record | by the smallest | read by pseudonym, µs a record | by the smallest |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for on in ["SQLite", "PostgreSQL"] {
        let figures = vault::growth(&url(on)?, &url(on)?, &folder, &[50_000, 100_000, 200_000]).await?;
        let (first_write, first_read) =
            figures.first().map_or((1.0, 1.0), |(_, write, read)| (*write, *read));
        for (size, write, read) in figures {
            println!(
                "| {on} | {size} | {write:.1} | {:.2} | {read:.1} | {:.2} |",
                write / first_write,
                read / first_read
            );
        }
    }
    println!("\n## A new master key for 100,000 people\n");
    for on in ["SQLite", "PostgreSQL"] {
        let took = vault::rotation(&url(on)?, &url(on)?, &folder, 100_000).await?;
        println!("- {on}: {:.1} s", took.as_secs_f64());
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// A server for tests does not flush. This one does, as one that keeps records has to.
async fn make_durable(postgres: &Postgres) -> Result<(), Failure> {
    let pool = sqlx::PgPool::connect(&postgres.fresh_database()?).await?;
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("ALTER SYSTEM SET {setting} = on"))).execute(&pool).await?;
    }
    sqlx::raw_sql("SELECT pg_reload_conf()").execute(&pool).await?;
    for _ in 0..100 {
        let (fsync,): (String,) = sqlx::query_as("SELECT current_setting('fsync')").fetch_one(&pool).await?;
        if fsync == "on" {
            pool.close().await;
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Err("PostgreSQL does not flush".into())
}

//! A million people on PostgreSQL: what is kept of them, how deep the indices are, and what a process needs.

use std::path::Path;
use std::time::Instant;

use nest_core::Domain;
use nest_source::Purpose;
use sqlx::{AssertSqlSafe, PgPool};

use crate::records::{Visit, visit};
use crate::vault::{Place, people, register};
use crate::{Failure, RECORDS};

const INDICES: [(bool, &str); 6] = [
    (false, "person_pkey"),
    (false, "participant_pkey"),
    (false, "activity_visit_pkey"),
    (false, "of_activity_visit"),
    (true, "person_key_pkey"),
    (true, "person_key_of"),
];

/// Registers so many people, gives each a record, and prints what that takes.
pub(crate) async fn print(records: &str, keys: &str, folder: &Path, count: usize) -> Result<(), Failure> {
    let place = Place::new(records, keys, folder).await?;
    let vault = place.open().await?;
    let (domain, purpose) = (Domain::new("bench")?, Purpose::new("bench")?);
    let (mut registering, mut writing) = (0.0, 0.0);
    let mut some = Vec::new();
    let visits: Vec<_> = (0..RECORDS).map(visit).collect();
    for _ in 0..count / RECORDS {
        let people = people(RECORDS);
        let begin = Instant::now();
        register(&vault, &domain, &people).await?;
        registering += begin.elapsed().as_secs_f64();
        let items: Vec<_> = people.iter().copied().zip(&visits).collect();
        let begin = Instant::now();
        vault.put_batch(&domain, &items).await?;
        writing += begin.elapsed().as_secs_f64();
        some.extend(people.iter().take(10).copied());
    }
    vault.close().await;
    println!("{count} people, each registered and with one record of eight blocks, on PostgreSQL.\n");
    println!("| table, with its indices | bytes a person |");
    println!("| --- | ---: |");
    let of = [PgPool::connect(records).await?, PgPool::connect(keys).await?];
    let [in_records, in_keys] = &of;
    for (pool, table) in [
        (in_records, "person"),
        (in_records, "participant"),
        (in_records, "activity_visit"),
        (in_keys, "person_key"),
    ] {
        let (bytes,): (i64,) =
            sqlx::query_as("SELECT pg_total_relation_size($1::regclass)").bind(table).fetch_one(pool).await?;
        println!("| `{table}` | {} |", bytes / count as i64);
    }
    println!("\n| index | levels below the root |");
    println!("| --- | ---: |");
    for pool in &of {
        sqlx::raw_sql("CREATE EXTENSION IF NOT EXISTS pageinspect").execute(pool).await?;
    }
    for (is_of_keys, index) in INDICES {
        let pool = if is_of_keys { in_keys } else { in_records };
        let sql = format!("SELECT level::bigint FROM bt_metap('{index}')");
        let (level,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(pool).await?;
        println!("| `{index}` | {level} |");
    }
    let per_record = |seconds: f64| seconds * 1e6 / count as f64;
    println!(
        "\n- Registering: {:.0} µs a person; writing: {:.0} µs a record, in batches of {RECORDS}.",
        per_record(registering),
        per_record(writing)
    );
    println!("- Memory of the process that wrote them, at most: {} MB.", peak_memory()? / 1000);
    let begin = Instant::now();
    let vault = place.open().await?;
    println!("- Opening the vault: {:.0} ms.", begin.elapsed().as_secs_f64() * 1e3);
    let begin = Instant::now();
    let found = vault.get_many::<Visit>(&domain, &some, &purpose).await?;
    let cold = begin.elapsed().as_secs_f64();
    if found.iter().any(Option::is_none) {
        return Err("a record is missing".into());
    }
    let begin = Instant::now();
    vault.get_many::<Visit>(&domain, &some, &purpose).await?;
    println!(
        "- Reading {} people spread over all, by pseudonym: {:.0} µs a record, and {:.0} µs with their keys in memory.",
        some.len(),
        cold * 1e6 / some.len() as f64,
        begin.elapsed().as_secs_f64() * 1e6 / some.len() as f64
    );
    vault.close().await;
    Ok(())
}

/// In kB, as Linux counts it.
fn peak_memory() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number =
        line.and_then(|line| line.split_whitespace().next()).ok_or("Linux tells no peak of memory")?;
    Ok(number.parse()?)
}

//! What keeping records costs, measured side by side in one run: the vault, the same rows as plain SQL with the same
//! settings of durability, and `pgcrypto` at its fastest. Medians of five rounds; only ratios are to be compared.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nest_core::Domain;
use nest_source::Purpose;
use nest_source::prelude::*;
use nest_testbed_postgres::Postgres;
use nest_vault::{AccessLog, Kept, KeptCounts, Master, SqlKeys, SqlVault};

type Failure = Box<dyn Error + Send + Sync>;

/// How many records are written and read.
const RECORDS: usize = 10_000;
const ROUNDS: usize = 5;

#[derive(PepRecord)]
#[pep(max_blocks = 1, max_bits = 1)]
struct Info {
    consent: bool,
}

/// Eight blocks of attributes.
#[derive(Clone, PartialEq, PepRecord)]
#[pep(activity = "visit", max_blocks = 8, max_bits = 512)]
struct Visit {
    #[pep(range = 0..=100_000)]
    a: u32,
    #[pep(range = 0..=100_000)]
    b: u32,
    #[pep(range = 0..=100_000)]
    c: u32,
    #[pep(range = 0..=100_000)]
    d: u32,
    #[pep(max_bytes = 15)]
    e: String,
    #[pep(max_bytes = 15)]
    f: String,
    #[pep(max_bytes = 15)]
    g: String,
    consent: bool,
}

#[derive(PepRecord)]
#[pep(activity = "visit", kind = "progress", max_blocks = 1, max_bits = 1)]
struct Progress {
    given: bool,
}

impl Activity for Visit {
    type Progress = Progress;
    type Outcome = Visit;
}

impl Kept for Visit {
    fn progress(kept: &KeptCounts) -> Progress {
        Progress { given: kept.given }
    }
}

fn visit(n: usize) -> Visit {
    let n = n as u32 % 100_000;
    Visit {
        a: n,
        b: n / 2,
        c: n / 3,
        d: n / 5,
        e: format!("text {n}"),
        f: format!("more {n}"),
        g: String::new(),
        consent: n.is_multiple_of(2),
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("bench-vault-{:016x}", rand::random::<u64>()));
    std::fs::create_dir(&folder)?;
    let postgres = Postgres::start()?;
    println!("# What keeping records costs\n");
    println!(
        "{RECORDS} records of eight blocks in one batch; medians of {ROUNDS} rounds, all in one run by `bench/vault/run`.\n"
    );
    println!("| database | what | write | read | bytes |");
    println!("| --- | --- | --- | --- | --- |");
    for on in ["SQLite", "PostgreSQL"] {
        let mut vault = Vec::new();
        let mut plain = Vec::new();
        let mut crypt = Vec::new();
        for round in 0..ROUNDS {
            let url = |name: &str| -> Result<String, Failure> {
                Ok(match on {
                    "SQLite" => format!("sqlite:{}", folder.join(format!("{name}-{round}.db")).display()),
                    _ => postgres.fresh_database()?,
                })
            };
            vault.push(of_vault(&url("records")?, &url("keys")?, &folder, round, RECORDS).await?);
            plain.push(if on == "SQLite" {
                plain_sqlite(&url("plain")?).await?
            } else {
                plain_postgres(&url("plain")?, false).await?
            });
            if on == "PostgreSQL" {
                crypt.push(plain_postgres(&url("crypt")?, true).await?);
            }
        }
        let (vault, plain) = (median(vault), median(plain));
        row(on, "plain SQL", &plain, &plain);
        row(on, "nest-vault", &vault, &plain);
        if !crypt.is_empty() {
            row(on, "pgcrypto, `s2k-mode=0`", &median(crypt), &plain);
        }
    }
    println!("\n| records in the vault (SQLite) | µs a record written |");
    println!("| --- | --- |");
    for (round, records) in [10_000, 100_000, 200_000].into_iter().enumerate() {
        let url =
            |name: &str| format!("sqlite:{}", folder.join(format!("growth-{name}-{round}.db")).display());
        let took = of_vault(&url("records"), &url("keys"), &folder, 100 + round, records).await?;
        println!("| {records} | {:.1} |", took.write.as_secs_f64() * 1e6 / records as f64);
    }
    let rotated = rotation(&folder).await?;
    println!("\nA new master key for 100,000 people, on SQLite: {:.2} s.", rotated.as_secs_f64());
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// What one round took.
#[derive(Clone, Copy)]
struct Took {
    write: Duration,
    read: Duration,
    bytes: i64,
}

fn median(mut rounds: Vec<Took>) -> Took {
    let mut pick = |key: fn(&Took) -> i128| {
        rounds.sort_by_key(key);
        rounds.get(rounds.len() / 2).copied()
    };
    let write = pick(|took| took.write.as_nanos() as i128);
    let read = pick(|took| took.read.as_nanos() as i128);
    let bytes = pick(|took| took.bytes.into());
    let zero = Took { write: Duration::ZERO, read: Duration::ZERO, bytes: 0 };
    Took {
        write: write.unwrap_or(zero).write,
        read: read.unwrap_or(zero).read,
        bytes: bytes.unwrap_or(zero).bytes,
    }
}

fn row(on: &str, what: &str, took: &Took, beside: &Took) {
    let times = |own: Duration, beside: Duration| own.as_secs_f64() / beside.as_secs_f64();
    println!(
        "| {on} | {what} | {:.0} ms, {:.2} × | {:.0} ms, {:.2} × | {} kB, {:.2} × |",
        took.write.as_secs_f64() * 1e3,
        times(took.write, beside.write),
        took.read.as_secs_f64() * 1e3,
        times(took.read, beside.read),
        took.bytes / 1000,
        took.bytes as f64 / beside.bytes as f64
    );
}

async fn opened(
    records: &str,
    keys: &str,
    folder: &std::path::Path,
    round: usize,
) -> Result<SqlVault<Info>, Failure> {
    let (master, ledger) =
        (Master::generate(), folder.join(format!("ledger-{round}-{:08x}", rand::random::<u32>())));
    nest_vault::init(records, keys, &master, &ledger).await?;
    let audit: PathBuf = folder.join("access.log");
    let keys = SqlKeys::open(keys, master).await?;
    let builder = SqlVault::<Info>::builder(records, keys).activity::<Visit>();
    Ok(builder.ledger(ledger).audit(AccessLog::open(audit)?).open().await?)
}

/// The people have their keys already: they were registered before.
async fn of_vault(
    records: &str,
    keys: &str,
    folder: &std::path::Path,
    round: usize,
    count: usize,
) -> Result<Took, Failure> {
    let vault = opened(records, keys, folder, round).await?;
    let domain = Domain::new("bench")?;
    let people: Vec<_> = (0..count).map(|_| Pseudonym::random()).collect();
    let visits: Vec<_> = (0..count).map(visit).collect();
    let info = Info { consent: true };
    for people in people.chunks(RECORDS) {
        let registered: Vec<_> = people.iter().map(|who| (*who, &info)).collect();
        vault.register_batch(&domain, &registered).await?;
    }
    let items: Vec<_> = people.iter().copied().zip(&visits).collect();
    let begin = Instant::now();
    for items in items.chunks(RECORDS) {
        vault.put_batch(&domain, items).await?;
    }
    let write = begin.elapsed();
    let purpose = Purpose::new("bench")?;
    let begin = Instant::now();
    let read = vault
        .get_many::<Visit>(&domain, people.get(..RECORDS.min(count)).unwrap_or_default(), &purpose)
        .await?;
    let took = begin.elapsed();
    if read.iter().any(Option::is_none) {
        return Err("a record is missing".into());
    }
    vault.close().await;
    let bytes = size(records, "activity_visit").await?;
    Ok(Took { write, read: took, bytes })
}

/// The bytes of a table, with its indices.
async fn size(url: &str, table: &str) -> Result<i64, Failure> {
    if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await?;
        let (pages, size): (i64, i64) =
            sqlx::query_as("SELECT page_count, page_size FROM pragma_page_count, pragma_page_size")
                .fetch_one(&pool)
                .await?;
        pool.close().await;
        Ok(pages * size)
    } else {
        let pool = sqlx::PgPool::connect(url).await?;
        let (bytes,): (i64,) = sqlx::query_as("SELECT pg_total_relation_size($1::regclass)")
            .bind(table)
            .fetch_one(&pool)
            .await?;
        pool.close().await;
        Ok(bytes)
    }
}

const COLUMNS: &str = "a BIGINT, b BIGINT, c BIGINT, d BIGINT, e TEXT, f TEXT, g TEXT, consent BIGINT";

/// As many rows in a statement as the vault has.
const PART: usize = 256;

fn insert(rows: usize) -> String {
    let rows: Vec<_> = (0..rows)
        .map(|row| {
            let places: Vec<_> = (1..=9).map(|place| format!("${}", 9 * row + place)).collect();
            format!("({})", places.join(","))
        })
        .collect();
    format!("INSERT INTO visit VALUES {}", rows.join(","))
}

async fn plain_sqlite(url: &str) -> Result<Took, Failure> {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
    let options: SqliteConnectOptions = url.parse()?;
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON");
    let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let create = format!("CREATE TABLE visit (id BLOB PRIMARY KEY, {COLUMNS}) WITHOUT ROWID");
    sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&pool).await?;
    let rows: Vec<_> = (0..RECORDS).map(|n| (rand::random::<[u8; 16]>(), visit(n))).collect();
    let begin = Instant::now();
    let mut tx = pool.begin().await?;
    for part in rows.chunks(PART) {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(insert(part.len())));
        for (id, row) in part {
            query =
                query.bind(id.to_vec()).bind(i64::from(row.a)).bind(i64::from(row.b)).bind(i64::from(row.c));
            query = query
                .bind(i64::from(row.d))
                .bind(&row.e)
                .bind(&row.f)
                .bind(&row.g)
                .bind(i64::from(row.consent));
        }
        query.execute(&mut *tx).await?;
    }
    tx.commit().await?;
    let write = begin.elapsed();
    let begin = Instant::now();
    #[allow(clippy::type_complexity, reason = "a row of plain SQL")]
    let read: Vec<(Vec<u8>, i64, i64, i64, i64, String, String, String, i64)> =
        sqlx::query_as("SELECT * FROM visit").fetch_all(&pool).await?;
    let took = begin.elapsed();
    if read.len() != RECORDS {
        return Err("a row is missing".into());
    }
    pool.close().await;
    Ok(Took { write, read: took, bytes: size(url, "visit").await? })
}

/// With `crypt`, each value is encrypted by `pgp_sym_encrypt` without a slow key derivation and without compression.
async fn plain_postgres(url: &str, crypt: bool) -> Result<Took, Failure> {
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(url).await?;
    let columns = if crypt {
        "a BYTEA, b BYTEA, c BYTEA, d BYTEA, e BYTEA, f BYTEA, g BYTEA, consent BYTEA"
    } else {
        COLUMNS
    };
    if crypt {
        sqlx::raw_sql("CREATE EXTENSION pgcrypto").execute(&pool).await?;
    }
    let create = format!("CREATE TABLE visit (id BYTEA PRIMARY KEY, {columns})");
    sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&pool).await?;
    let rows: Vec<_> = (0..RECORDS).map(|n| (rand::random::<[u8; 16]>(), visit(n))).collect();
    let begin = Instant::now();
    let mut tx = pool.begin().await?;
    for part in rows.chunks(PART) {
        let sql = if crypt {
            let encrypt = |name: &str| {
                format!(
                    "pgp_sym_encrypt({name}::text, 'k', 's2k-mode=0, cipher-algo=aes256, compress-algo=0')"
                )
            };
            let values = insert(part.len()).replace("INSERT INTO visit VALUES", "VALUES");
            let names = ["a", "b", "c", "d", "e", "f", "g", "consent"];
            let encrypted: Vec<_> = names.iter().map(|name| encrypt(name)).collect();
            format!(
                "INSERT INTO visit SELECT id, {} FROM ({values}) AS v (id, {})",
                encrypted.join(", "),
                names.join(", ")
            )
        } else {
            insert(part.len())
        };
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (id, row) in part {
            query =
                query.bind(id.to_vec()).bind(i64::from(row.a)).bind(i64::from(row.b)).bind(i64::from(row.c));
            query = query
                .bind(i64::from(row.d))
                .bind(&row.e)
                .bind(&row.f)
                .bind(&row.g)
                .bind(i64::from(row.consent));
        }
        query.execute(&mut *tx).await?;
    }
    tx.commit().await?;
    let write = begin.elapsed();
    let begin = Instant::now();
    let rows = if crypt {
        let decrypt = |name: &str| format!("pgp_sym_decrypt({name}, 'k')");
        let names = ["a", "b", "c", "d", "e", "f", "g", "consent"].map(decrypt);
        let sql = format!("SELECT {} FROM visit", names.join(", "));
        sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await?.len()
    } else {
        sqlx::query("SELECT * FROM visit").fetch_all(&pool).await?.len()
    };
    let took = begin.elapsed();
    if rows != RECORDS {
        return Err("a row is missing".into());
    }
    pool.close().await;
    Ok(Took { write, read: took, bytes: size(url, "visit").await? })
}

async fn rotation(folder: &std::path::Path) -> Result<Duration, Failure> {
    let url = |name: &str| format!("sqlite:{}", folder.join(format!("rotate-{name}.db")).display());
    let vault = opened(&url("records"), &url("keys"), folder, 999).await?;
    let domain = Domain::new("bench")?;
    let info = Info { consent: true };
    for _ in 0..10 {
        let people: Vec<_> = (0..10_000).map(|_| (Pseudonym::random(), &info)).collect();
        vault.register_batch(&domain, &people).await?;
    }
    let begin = Instant::now();
    vault.rotate_master(&Master::generate(), |_, _| ()).await?;
    Ok(begin.elapsed())
}

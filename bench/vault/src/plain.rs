//! The same rows as plain SQL, and encrypted by `pgcrypto`, with the durability that the vault has.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use crate::records::{Visit, visit};
use crate::took::Took;
use crate::{Failure, RECORDS};

const COLUMNS: &str = "a BIGINT, b BIGINT, c BIGINT, d BIGINT, e TEXT, f TEXT, g TEXT, consent BIGINT";
const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "consent"];

/// How the rows are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// One prepared `INSERT` for each row, all in one transaction.
    RowByRow,
    /// Many rows in a statement, as the vault writes them.
    Bulk,
    /// As `Bulk`, each value encrypted by `pgp_sym_encrypt` without a slow key derivation and without compression.
    Pgcrypto,
}

type Rows = Vec<([u8; 16], Visit)>;

fn rows() -> Rows {
    (0..RECORDS).map(|n| (rand::random(), visit(n))).collect()
}

/// How many rows go into one statement of SQLite.
const PART: usize = 256;

pub(crate) async fn sqlite(url: &str, way: Way) -> Result<Took, Failure> {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
    let options: SqliteConnectOptions = url.parse()?;
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-32768");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let create = format!("CREATE TABLE visit (id BLOB PRIMARY KEY, {COLUMNS}) WITHOUT ROWID");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&pool).await?;
    let rows = rows();
    let part = if way == Way::RowByRow { 1 } else { PART };
    let begin = Instant::now();
    let mut tx = pool.begin().await?;
    for part in rows.chunks(part) {
        // Parameters without names: the driver looks names up one by one.
        let values = vec!["(?,?,?,?,?,?,?,?,?)"; part.len()].join(",");
        let mut query = sqlx::query(AssertSqlSafe(format!("INSERT INTO visit VALUES {values}")));
        for (id, row) in part {
            let numbers = [row.a, row.b, row.c, row.d].map(i64::from);
            query = numbers.into_iter().fold(query.bind(id.to_vec()), |query, number| query.bind(number));
            query = query.bind(&row.e).bind(&row.f).bind(&row.g).bind(i64::from(row.consent));
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
    pool.close().await;
    whole(read.len(), write, took, size(url, "visit").await?)
}

pub(crate) async fn postgres(url: &str, way: Way) -> Result<Took, Failure> {
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(url).await?;
    let columns = if way == Way::Pgcrypto {
        sqlx::raw_sql("CREATE EXTENSION pgcrypto").execute(&pool).await?;
        NAMES.map(|name| format!("{name} BYTEA")).join(", ")
    } else {
        COLUMNS.to_owned()
    };
    let create = format!("CREATE TABLE visit (id BYTEA PRIMARY KEY, {columns})");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&pool).await?;
    let rows = rows();
    let begin = Instant::now();
    let mut tx = pool.begin().await?;
    if way == Way::RowByRow {
        for (id, row) in &rows {
            sqlx::query("INSERT INTO visit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
                .bind(&id[..])
                .bind(i64::from(row.a))
                .bind(i64::from(row.b))
                .bind(i64::from(row.c))
                .bind(i64::from(row.d))
                .bind(&row.e)
                .bind(&row.f)
                .bind(&row.g)
                .bind(i64::from(row.consent))
                .execute(&mut *tx)
                .await?;
        }
    } else {
        let values = "unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], \
                      $7::text[], $8::text[], $9::bigint[])";
        let sql = if way == Way::Pgcrypto {
            let encrypt = |name: &str| {
                format!(
                    "pgp_sym_encrypt({name}::text, 'k', 's2k-mode=0, cipher-algo=aes256, compress-algo=0')"
                )
            };
            let (encrypted, names) = (NAMES.map(encrypt).join(", "), NAMES.join(", "));
            format!("INSERT INTO visit SELECT id, {encrypted} FROM {values} AS v (id, {names})")
        } else {
            format!("INSERT INTO visit SELECT * FROM {values}")
        };
        for part in rows.chunks(4096) {
            let number = |of: fn(&Visit) -> i64| part.iter().map(|(_, row)| of(row)).collect::<Vec<_>>();
            let text = |of: fn(&Visit) -> &str| part.iter().map(|(_, row)| of(row)).collect::<Vec<_>>();
            sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(part.iter().map(|(id, _)| &id[..]).collect::<Vec<_>>())
                .bind(number(|row| row.a.into()))
                .bind(number(|row| row.b.into()))
                .bind(number(|row| row.c.into()))
                .bind(number(|row| row.d.into()))
                .bind(text(|row| &row.e))
                .bind(text(|row| &row.f))
                .bind(text(|row| &row.g))
                .bind(number(|row| row.consent.into()))
                .execute(&mut *tx)
                .await?;
        }
    }
    tx.commit().await?;
    let write = begin.elapsed();
    let begin = Instant::now();
    #[allow(clippy::type_complexity, reason = "a row of plain SQL")]
    let read = if way == Way::Pgcrypto {
        let sql = format!(
            "SELECT id, {} FROM visit",
            NAMES.map(|name| format!("pgp_sym_decrypt({name}, 'k')")).join(", ")
        );
        let rows: Vec<(Vec<u8>, String, String, String, String, String, String, String, String)> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&pool).await?;
        rows.len()
    } else {
        let rows: Vec<(Vec<u8>, i64, i64, i64, i64, String, String, String, i64)> =
            sqlx::query_as("SELECT * FROM visit").fetch_all(&pool).await?;
        rows.len()
    };
    let took = begin.elapsed();
    pool.close().await;
    whole(read, write, took, size(url, "visit").await?)
}

fn whole(rows: usize, write: Duration, read: Duration, bytes: i64) -> Result<Took, Failure> {
    if rows == RECORDS { Ok(Took { write, read, bytes }) } else { Err("a row is missing".into()) }
}

/// The bytes of a table with its indices; of SQLite those of the whole file.
pub(crate) async fn size(url: &str, table: &str) -> Result<i64, Failure> {
    if url.starts_with("sqlite:") {
        let pool = SqlitePool::connect(url).await?;
        let (pages, size): (i64, i64) =
            sqlx::query_as("SELECT page_count, page_size FROM pragma_page_count, pragma_page_size")
                .fetch_one(&pool)
                .await?;
        pool.close().await;
        Ok(pages * size)
    } else {
        let pool = PgPool::connect(url).await?;
        let (bytes,): (i64,) = sqlx::query_as("SELECT pg_total_relation_size($1::regclass)")
            .bind(table)
            .fetch_one(&pool)
            .await?;
        pool.close().await;
        Ok(bytes)
    }
}

//! Statements about many rows, written in the way that is fast on each database.
//!
//! PostgreSQL takes one array for a set of ids, and one for each column of new rows. SQLite's driver looks up the name of
//! every named parameter, which takes time in the square of their number: a set is one JSON text there, and the values
//! of rows have no names.

use sqlx::AssertSqlSafe;

use super::value::{self, Param, Row};
use super::{Database, DatabaseError, Inner, Kind, Tx};

/// How many ids or rows go into one statement. It bounds the memory that a statement takes.
const MOST_ROWS: usize = 4096;

/// How many values one statement of SQLite takes. SQLite refuses more than 32,766.
const MOST_VALUES: usize = 32_000;

/// How many rows go into one statement of SQLite. They are few, so that few statements are prepared.
const ROWS: [usize; 5] = [256, 64, 16, 4, 1];

impl Database {
    /// [`Tx::query_among`] outside a transaction.
    pub(crate) async fn query_among(
        &self,
        sql: &str,
        first: &[Param],
        among: &[Param],
    ) -> Result<Vec<Row>, DatabaseError> {
        let mut rows = Vec::new();
        for part in among.chunks(MOST_ROWS) {
            let (sql, params) = among_sql(self.kind(), sql, first, part);
            rows.extend(self.query(&sql, &params).await?);
        }
        Ok(rows)
    }
}

impl Tx {
    /// The rows of `… IN ({among})`, where `among` are ids.
    pub(crate) async fn query_among(
        &mut self,
        sql: &str,
        first: &[Param],
        among: &[Param],
    ) -> Result<Vec<Row>, DatabaseError> {
        let mut rows = Vec::new();
        for part in among.chunks(MOST_ROWS) {
            let (sql, params) = among_sql(self.kind(), sql, first, part);
            rows.extend(self.query(&sql, &params).await?);
        }
        Ok(rows)
    }

    /// How many rows `… IN ({among})` changed.
    pub(crate) async fn execute_among(
        &mut self,
        sql: &str,
        first: &[Param],
        among: &[Param],
    ) -> Result<u64, DatabaseError> {
        let mut changed = 0;
        for part in among.chunks(MOST_ROWS) {
            let (sql, params) = among_sql(self.kind(), sql, first, part);
            changed += self.execute(&sql, &params).await?;
        }
        Ok(changed)
    }

    /// Inserts these rows: `head`, then the rows, then `tail`.
    pub(crate) async fn insert(
        &mut self,
        head: &str,
        rows: &[Vec<Param>],
        tail: &str,
    ) -> Result<(), DatabaseError> {
        self.with_rows(&format!("{head} {{rows}} {tail}"), rows).await
    }

    /// Executes a statement with rows in the place of `{rows}`. All rows have the same number of values, and each
    /// column has values of one kind. The statement has no other parameters.
    pub(crate) async fn with_rows(&mut self, sql: &str, rows: &[Vec<Param>]) -> Result<(), DatabaseError> {
        let columns = rows.first().map_or(0, Vec::len);
        let mut rest = rows;
        while !rest.is_empty() {
            self.faults.point()?;
            let (part, left) = rest.split_at(rows_at_once(self.kind(), rest.len(), columns));
            rest = left;
            match &mut self.inner {
                Inner::Sqlite(tx) => {
                    let row = format!("({})", vec!["?"; columns].join(","));
                    let sql = sql.replace("{rows}", &format!("VALUES {}", vec![row; part.len()].join(",")));
                    let values = value::for_sqlite(part.iter().flatten())?;
                    sqlx::query_with(AssertSqlSafe(sql), values).execute(&mut **tx).await?;
                }
                Inner::Postgres(tx) => {
                    let (types, values) = value::columns_for_postgres(part)?;
                    let places: Vec<_> =
                        (1..).zip(types).map(|(number, kind)| format!("${number}::{kind}[]")).collect();
                    let sql = sql.replace("{rows}", &format!("SELECT * FROM unnest({})", places.join(",")));
                    sqlx::query_with(AssertSqlSafe(sql), values).execute(&mut **tx).await?;
                }
            }
        }
        Ok(())
    }
}

/// How many of these rows the next statement takes: at least one.
fn rows_at_once(kind: Kind, rows: usize, columns: usize) -> usize {
    match kind {
        Kind::Postgres => rows.min(MOST_ROWS),
        Kind::Sqlite => {
            let fits = |size: &usize| *size <= rows && size * columns <= MOST_VALUES;
            ROWS.into_iter().find(fits).unwrap_or(1).min(rows)
        }
    }
}

/// Writes the condition `IN ({among})` with one parameter for the whole set.
fn among_sql(kind: Kind, sql: &str, first: &[Param], among: &[Param]) -> (String, Vec<Param>) {
    let place = first.len() + 1;
    let condition = match kind {
        Kind::Sqlite => format!("IN (SELECT unhex(value) FROM json_each(${place}))"),
        Kind::Postgres => format!("= ANY(${place})"),
    };
    let ids = among.iter().filter_map(|id| match id {
        Param::Bytes(Some(bytes)) => Some(bytes.clone()),
        _ => None,
    });
    let mut params = first.to_vec();
    params.push(Param::Set(ids.collect()));
    (sql.replace("IN ({among})", &condition), params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_never_has_more_values_than_sqlite_takes() {
        for columns in [1, 9, 100, 128, 200, 2000] {
            for rows in [1, 3, 4, 100, 256, 5000] {
                let at_once = rows_at_once(Kind::Sqlite, rows, columns);
                assert!(at_once >= 1 && at_once <= rows && at_once * columns <= 32_766, "{rows} × {columns}");
            }
        }
        assert_eq!(rows_at_once(Kind::Sqlite, 5000, 9), 256);
        assert_eq!(rows_at_once(Kind::Postgres, 5000, 9), MOST_ROWS);
    }
}

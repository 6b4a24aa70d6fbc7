//! The tables of a market, brought up to this version by `sqlx::migrate`.
//!
//! No column may be null, so no unique key can have a hole. Amounts are whole cents, times are milliseconds since 1970.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use super::{Database, DatabaseError, Kind, Pools};
use crate::{account, consent, money, offer, people, task};

/// Its own table, so that others may keep theirs in the same database.
const TABLE: &str = "market_migration";

/// The steps, oldest first. `{bytes}` stands for the type of byte columns.
const STEPS: &[(&str, &str)] = &[
    ("money", money::TABLES),
    ("tasks", task::TABLES),
    ("accounts", account::TABLES),
    ("people", people::TABLES),
    ("offers", offer::TABLES),
    ("consent", consent::TABLES),
];

impl Database {
    fn migrator(&self) -> Migrator {
        let bytes = match self.kind() {
            Kind::Sqlite => "BLOB",
            Kind::Postgres => "BYTEA",
        };
        let steps = (1..).zip(STEPS).map(|(version, (name, sql))| {
            let sql = AssertSqlSafe(sql.replace("{bytes}", bytes)).into_sql_str();
            Migration::new(version, (*name).into(), MigrationType::Simple, sql, false)
        });
        let mut migrator = Migrator::with_migrations(steps.collect());
        migrator.dangerous_set_table_name(TABLE);
        migrator
    }

    /// Does the steps that have not been done.
    pub(super) async fn migrate(&self) -> Result<(), DatabaseError> {
        let migrator = self.migrator();
        let done = match &self.pools {
            Pools::Sqlite { writer, .. } => migrator.run(writer).await,
            Pools::Postgres(pool) => migrator.run(pool).await,
        };
        done.map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            // A step that this version does not know, or that was another: the tables are of another version.
            _ => DatabaseError::Schema,
        })
    }

    /// Whether all steps of this version have been done, and no others.
    pub(super) async fn is_current(&self) -> Result<bool, DatabaseError> {
        let sql =
            format!("SELECT COUNT(*), CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM {TABLE} WHERE success");
        match self.fetch(&sql, Vec::new()).await {
            Ok(rows) => {
                let row = rows.first().ok_or(DatabaseError::Schema)?;
                let steps = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
                Ok(row.int(0)? == steps && row.int(1)? == steps)
            }
            Err(DatabaseError::Schema) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

//! The tables of a database, brought up to this version by `sqlx::migrate`.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use super::{Database, DatabaseError, Kind, Pools};

/// The steps of one kind of database, oldest first. `{bytes}` stands for the type of byte columns.
pub(crate) struct Migrations(pub(crate) &'static [(&'static str, &'static str)]);

impl Migrations {
    fn migrator(&self, kind: Kind) -> Migrator {
        let bytes = match kind {
            Kind::Sqlite => "BLOB",
            Kind::Postgres => "BYTEA",
        };
        let steps = (1..).zip(self.0).map(|(version, (name, sql))| {
            let sql = AssertSqlSafe(sql.replace("{bytes}", bytes)).into_sql_str();
            Migration::new(version, (*name).into(), MigrationType::Simple, sql, false)
        });
        Migrator::with_migrations(steps.collect())
    }

    /// How many steps this version knows.
    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }
}

impl Database {
    /// Does the steps that have not been done.
    pub(crate) async fn migrate(&self, migrations: &Migrations) -> Result<(), DatabaseError> {
        let migrator = migrations.migrator(self.kind());
        let done = match &self.pools {
            Pools::Sqlite { writer, .. } => migrator.run(writer).await,
            Pools::Postgres(pool) => {
                create_schema(pool).await?;
                migrator.run(pool).await
            }
        };
        done.map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            // A step that this version does not know, or that was another: the tables are of another version.
            _ => DatabaseError::Schema,
        })
    }

    /// How many steps have been done; none where there are no tables.
    pub(crate) async fn migrated(&self) -> Result<u64, DatabaseError> {
        let sql = "SELECT COUNT(*) FROM _sqlx_migrations WHERE success";
        match self.query(sql, &[]).await {
            Ok(rows) => rows.first().map_or(Ok(0), |row| row.count(0)),
            Err(DatabaseError::Schema) => Ok(0),
            Err(error) => Err(error),
        }
    }
}

/// Makes the schema that the URL's `search_path` names, where it is missing.
async fn create_schema(pool: &sqlx::PgPool) -> Result<(), DatabaseError> {
    let (current, path): (Option<String>, String) =
        sqlx::query_as("SELECT current_schema()::text, current_setting('search_path')")
            .fetch_one(pool)
            .await?;
    if current.is_some() {
        return Ok(());
    }
    let named = path.split(',').map(str::trim).find(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    if let Some(name) = named {
        let sql = format!("CREATE SCHEMA IF NOT EXISTS {}", super::quoted(name));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await?;
    }
    Ok(())
}

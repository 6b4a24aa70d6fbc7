//! The tables of a relay.

use super::database::{Database, StoreError};

/// Names, hashes and ciphertext: no terms, no fields, no values.
const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS organization (name TEXT PRIMARY KEY, identity BYTEA NOT NULL, \
     fingerprint BYTEA NOT NULL UNIQUE, token BYTEA NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS directory (number BIGINT PRIMARY KEY, entry TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS collaboration (id BYTEA PRIMARY KEY, parties TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS run (id BYTEA PRIMARY KEY, collab BYTEA NOT NULL, name TEXT NOT NULL, \
     starter TEXT NOT NULL, parties TEXT NOT NULL, state TEXT NOT NULL, ended_by TEXT NOT NULL, \
     ended_at BIGINT NOT NULL, made BIGINT NOT NULL, expires BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS finished (run BYTEA NOT NULL, party TEXT NOT NULL, PRIMARY KEY (run, party))",
    "CREATE TABLE IF NOT EXISTS message (id SERIAL PRIMARY KEY, receiver BYTEA NOT NULL, run BYTEA NOT NULL, \
     step BIGINT NOT NULL, sender BYTEA NOT NULL, seq BIGINT NOT NULL, hash BYTEA NOT NULL, size BIGINT NOT NULL, \
     envelope BYTEA NOT NULL, UNIQUE (run, step, sender, receiver, seq))",
    "CREATE INDEX IF NOT EXISTS message_of ON message (receiver, run, id)",
];

pub(super) async fn create(database: &Database) -> Result<(), StoreError> {
    for table in TABLES {
        let table = match database.is_sqlite() {
            true => table.replace("SERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"),
            false => table.replace("SERIAL", "BIGSERIAL"),
        };
        match database.execute(&table, &[]).await {
            // Another process made it at the same moment.
            Ok(_) | Err(StoreError::Exists) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

//! The tables of the key store.

use crate::database::Migrations;

pub(super) const MIGRATIONS: Migrations = Migrations(&[(
    "keys",
    "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value {bytes} NOT NULL);
     CREATE TABLE master (
         id {bytes} NOT NULL PRIMARY KEY,
         check_value {bytes} NOT NULL,
         index_secret {bytes} NOT NULL,
         state TEXT NOT NULL,
         day BIGINT NOT NULL
     );
     CREATE TABLE person_key (
         id {bytes} NOT NULL PRIMARY KEY,
         lookup {bytes} NOT NULL,
         suite BIGINT NOT NULL,
         life BIGINT NOT NULL,
         master {bytes} NOT NULL,
         wrapped {bytes} NOT NULL,
         day BIGINT NOT NULL
     );
     CREATE UNIQUE INDEX person_key_of ON person_key (lookup, suite);
     CREATE INDEX person_key_master ON person_key (master);
     CREATE TABLE erased (
         lookup {bytes} NOT NULL PRIMARY KEY,
         life BIGINT NOT NULL,
         state TEXT NOT NULL,
         reason TEXT NOT NULL,
         day BIGINT NOT NULL
     );
     CREATE INDEX erased_state ON erased (state);
     CREATE TABLE destroyed (id {bytes} NOT NULL PRIMARY KEY, lookup {bytes} NOT NULL, life BIGINT NOT NULL);
     CREATE INDEX destroyed_of ON destroyed (lookup);",
)]);

/// What holds keys, and is cleaned after some were deleted.
pub(super) const SECRET: &[&str] = &["person_key"];

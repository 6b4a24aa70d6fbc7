//! The tables of the records, beside those that each declaration has.

use crate::database::Migrations;

pub(super) const MIGRATIONS: Migrations = Migrations(&[
    (
        "records",
        "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value {bytes} NOT NULL);
     CREATE TABLE declaration (
         fingerprint {bytes} NOT NULL PRIMARY KEY,
         tab BIGINT NOT NULL,
         day BIGINT NOT NULL,
         manifest TEXT NOT NULL
     );
     CREATE TABLE record_table (
         tab BIGINT NOT NULL PRIMARY KEY,
         name TEXT NOT NULL UNIQUE,
         kind TEXT NOT NULL,
         activity TEXT NOT NULL,
         extra TEXT NOT NULL
     );
     CREATE TABLE person (lookup {bytes} NOT NULL PRIMARY KEY, erased BIGINT NOT NULL);
     CREATE TABLE party (
         row_id {bytes} NOT NULL,
         slot TEXT NOT NULL,
         tab BIGINT NOT NULL,
         lookup {bytes} NOT NULL,
         page BIGINT,
         subject BIGINT NOT NULL,
         state BIGINT NOT NULL,
         sealed {bytes},
         PRIMARY KEY (row_id, slot)
     );
     CREATE INDEX party_of ON party (lookup, tab);
     CREATE TABLE hold (
         row_id {bytes} NOT NULL PRIMARY KEY,
         tab BIGINT NOT NULL,
         lookup {bytes} NOT NULL,
         reason TEXT NOT NULL,
         day BIGINT NOT NULL
     );
     CREATE TABLE repetition (
         name {bytes} NOT NULL PRIMARY KEY,
         asked {bytes} NOT NULL,
         outcomes {bytes} NOT NULL,
         day BIGINT NOT NULL
     );
     CREATE INDEX repetition_day ON repetition (day);
     CREATE TABLE run (
         run {bytes} NOT NULL,
         step BIGINT NOT NULL,
         name TEXT NOT NULL,
         version BIGINT NOT NULL,
         row_id {bytes} NOT NULL,
         until BIGINT NOT NULL,
         sealed {bytes} NOT NULL,
         PRIMARY KEY (run, step, name, version)
     );
     CREATE INDEX run_until ON run (until);",
    ),
    (
        "declaration in use",
        // Several declarations of a table may be of one day, and one declaration may be that of several tables.
        "ALTER TABLE record_table ADD COLUMN declared {bytes};
         UPDATE record_table SET declared = (
             SELECT fingerprint FROM declaration d WHERE d.tab = record_table.tab ORDER BY d.day DESC LIMIT 1
         );",
    ),
    (
        "series",
        "CREATE TABLE series (
             owner {bytes} NOT NULL,
             name {bytes} NOT NULL,
             part BIGINT NOT NULL,
             version BIGINT NOT NULL,
             row_id {bytes} NOT NULL,
             key_id {bytes} NOT NULL,
             sealed {bytes} NOT NULL,
             PRIMARY KEY (owner, name, part)
         );",
    ),
]);

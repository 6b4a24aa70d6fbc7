//! Backups of PostgreSQL, as dumps and as copies of files, restored in every order: an erased person stays erased.

use std::process::Command;

use nest_core::Pseudonym;
use nest_source::{DataSource as _, Operation, RecordError};
use nest_vault::{KeyStore as _, Master, SqlKeys, VaultError};

use crate::place::{On, Place, purpose, reason, server};
use crate::records::{Walk, info, walk};

/// How a backup is made.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// `pg_dump`, restored by `psql`.
    Dump,
    /// The files of the database, copied by the server.
    Files,
}

/// The name of the database in its URL.
fn name(url: &str) -> &str {
    url.split('?').next().unwrap().rsplit('/').next().unwrap()
}

fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

async fn as_operator(sql: String) {
    let pool = sqlx::PgPool::connect(&server().url("postgres")).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    pool.close().await;
}

/// Copies a database file by file. Connections to it are ended before.
async fn copy(from: &str, to: &str) {
    as_operator(format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'"))
        .await;
    as_operator(format!("CREATE DATABASE {to} TEMPLATE {from} STRATEGY file_copy")).await;
}

impl Way {
    /// Makes a backup of a database and returns where it is.
    async fn save(self, place: &Place, url: &str, label: &str) -> String {
        match self {
            Way::Dump => {
                let file = place.path(&format!("{}-{label}.sql", name(url))).display().to_string();
                run("pg_dump", &["--dbname", url, "--file", &file]);
                file
            }
            Way::Files => {
                let to = format!("{}_{label}_{:08x}", name(url), rand::random::<u32>());
                copy(name(url), &to).await;
                to
            }
        }
    }

    /// A new database with what the backup holds.
    async fn restore(self, backup: &str) -> String {
        match self {
            Way::Dump => {
                let url = server().fresh_database().unwrap();
                run("psql", &["--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", &url, "--file", backup]);
                url
            }
            Way::Files => {
                let to = format!("restored_{:016x}", rand::random::<u64>());
                copy(backup, &to).await;
                server().url(&to)
            }
        }
    }
}

async fn stays_erased(way: Way) {
    let (mut place, vault) = Place::with_vault(On::Postgres).await;
    let [who, stays] = [(); 2].map(|()| Pseudonym::random());
    for who in [who, stays] {
        vault.register(place.who(who), &info(1)).await.unwrap();
        vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
    }
    vault.close().await;
    let before =
        [way.save(&place, &place.records, "before").await, way.save(&place, &place.keys, "before").await];
    let vault = place.open().await.unwrap();
    vault.erase(place.who(who), &reason()).await.unwrap();
    vault.close().await;
    let after =
        [way.save(&place, &place.records, "after").await, way.save(&place, &place.keys, "after").await];
    let ctx = place.context(Operation::Read);
    for [records, keys] in
        [[&before[0], &before[1]], [&before[0], &after[1]], [&after[0], &before[1]], [&after[0], &after[1]]]
    {
        (place.records, place.keys) = (way.restore(records).await, way.restore(keys).await);
        let vault = place.open().await.unwrap();
        let read = vault.read_participant(&ctx, who).await;
        assert_eq!(read, Err(RecordError::NotFound), "{records} {keys}");
        let given = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap();
        assert!(given.is_none_or(|given| given.record.record().is_none()), "{records} {keys}");
        assert_eq!(vault.read_participant(&ctx, stays).await, Ok(info(1)));
        let verified = vault.verify(true).await.unwrap();
        assert!(verified.is_whole(), "{records} {keys}: {verified:?}");
        vault.close().await;
    }

    // Final: with the new master key, the only one that is left, no earlier copy of the key store opens.
    let vault = place.open().await.unwrap();
    let new = Master::generate();
    vault.rotate_master(&new, |_, _| ()).await.unwrap();
    vault.finalise().await.unwrap();
    vault.close().await;
    for keys in [&before[1], &after[1]] {
        let opened = SqlKeys::open(&way.restore(keys).await, new.clone()).await;
        assert!(matches!(opened, Err(nest_vault::KeyError::WrongMaster { .. })), "{keys}");
    }
    place.master = new;
    let vault = place.open().await.unwrap();
    assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound));
    assert_eq!(vault.read_participant(&ctx, stays).await, Ok(info(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_brings_no_erased_person_back() {
    Box::pin(stays_erased(Way::Dump)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_the_files_brings_no_erased_person_back() {
    Box::pin(stays_erased(Way::Files)).await;
}

/// Another instance carried the erasure out, and wrote it into a ledger of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_of_another_instance_is_replayed_after_a_restore() {
    let (mut place, vault) = Place::with_vault(On::Postgres).await;
    let who = Pseudonym::random();
    vault.register(place.who(who), &info(1)).await.unwrap();
    vault.close().await;
    let (records, keys) = (
        Way::Dump.save(&place, &place.records, "before").await,
        Way::Dump.save(&place, &place.keys, "before").await,
    );
    let other = place.path("other.log");
    let there = place.builder().await.unwrap().ledger(&other).accept_lost_ledger().open().await.unwrap();
    there.erase(place.who(who), &reason()).await.unwrap();
    there.close().await;
    (place.records, place.keys) = (Way::Dump.restore(&records).await, Way::Dump.restore(&keys).await);
    let vault = place.open().await.unwrap();
    let ctx = place.context(Operation::Read);
    // This instance's ledger does not know of it.
    assert_eq!(vault.read_participant(&ctx, who).await, Ok(info(1)));
    assert_eq!(vault.replay_ledger(&other).await.unwrap(), 1);
    assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound));
    vault.close().await;
    let vault = place.open().await.unwrap();
    assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound));
}

/// An attacker has both databases of before and after the erasure, and every backup, but no master key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_and_all_backups_open_nothing_without_the_master_key() {
    let (place, vault) = Place::with_vault(On::Postgres).await;
    let who = Pseudonym::random();
    vault.register(place.who(who), &info(1)).await.unwrap();
    vault.close().await;
    let stolen = SqlKeys::open(&place.keys, Master::generate()).await;
    assert!(matches!(stolen, Err(nest_vault::KeyError::WrongMaster { .. })));
    // A master key with the right id and another secret is found out by the check value.
    let (id, _) = place.master_line.trim_start_matches("nest-master-1 ").split_once(' ').unwrap();
    let forged = Master::parse(&format!("nest-master-1 {id} {}", "A".repeat(43)));
    if let Ok(forged) = forged {
        assert!(SqlKeys::open(&place.keys, forged).await.is_err());
    }
    // The attacker writes a check value of their own into the key store: the wrapped keys still do not open.
    let own = Master::generate();
    let other = Place::new(On::Postgres);
    let mine = SqlKeys::create(&other.keys, &own).await.unwrap();
    mine.close().await;
    let pool = sqlx::PgPool::connect(&other.keys).await.unwrap();
    let (id, check, secret): (Vec<u8>, Vec<u8>, Vec<u8>) =
        sqlx::query_as("SELECT id, check_value, index_secret FROM master").fetch_one(&pool).await.unwrap();
    pool.close().await;
    let pool = sqlx::PgPool::connect(&place.keys).await.unwrap();
    sqlx::query("UPDATE master SET id = $1, check_value = $2, index_secret = $3")
        .bind(id)
        .bind(check)
        .bind(secret)
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let opened = SqlKeys::open(&place.keys, own).await.map(drop).map_err(VaultError::from);
    assert!(matches!(opened, Err(VaultError::Tampered { .. })), "{opened:?}");
}

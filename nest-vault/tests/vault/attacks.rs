//! What somebody can do who writes the databases without the keys: nothing opens in another place.

use nest_core::Pseudonym;
use nest_source::{DataSource as _, Operation, RecordError, Serves};
use nest_vault::{Faults, Master, Opened, VaultError};

use crate::place::{On, Place, holds, on_both, purpose, reason};
use crate::records::{Walk, info, walk, walked};

/// Executes a statement as somebody with the database's password.
async fn sql(url: &str, sql: &str) -> u64 {
    if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await.unwrap();
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
        pool.close().await;
        done.rows_affected()
    } else {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
        pool.close().await;
        done.rows_affected()
    }
}

/// A literal of bytes.
fn bytes(on: On, hex: &str) -> String {
    match on {
        On::Sqlite => format!("x'{hex}'"),
        On::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

fn people<const N: usize>() -> [Pseudonym; N] {
    [(); N].map(|()| Pseudonym::random())
}

on_both! {
    async fn what_is_swapped_does_not_open(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who, other, teacher, a, b] = people();
        for (who, steps) in [(who, 1), (other, 2)] {
            vault.put_batch(&place.domain, &[(who, &walk(steps))]).await.unwrap()[0].as_ref().unwrap();
            let outcome = walked(who, teacher, [a, b, other], steps);
            vault.put_outcome::<Walk>(place.who(who), 0, &outcome).await.unwrap();
        }
        let tampered = |read: &Result<_, VaultError>| matches!(read, Err(VaultError::Tampered { .. }));
        // From the copy: SQLite changes row by row, so the second row would be given its own value back.
        let swap = |table: &str, column: &str| {
            format!("UPDATE {table} SET {column} = (SELECT o.{column} FROM kept o WHERE o.row_id <> {table}.row_id LIMIT 1)")
        };
        sql(&place.records, "CREATE TABLE kept AS SELECT * FROM activity_walk").await;
        let restore = "DELETE FROM activity_walk; INSERT INTO activity_walk SELECT * FROM kept";
        for change in [
            swap("activity_walk", "sealed"),
            swap("activity_walk", "alone_note"),
            "UPDATE activity_walk SET sealed = alone_note".to_owned(),
            "UPDATE activity_walk SET version = 7".to_owned(),
            format!("UPDATE activity_walk SET declared = {}", bytes(on, &"00".repeat(16))),
            // The owner is exchanged: the number of the row goes with it.
            "UPDATE activity_walk SET sealed = NULL".to_owned(),
            format!("UPDATE activity_walk SET sealed = {}", bytes(on, &format!("0101{}", "00".repeat(80)))),
        ] {
            sql(&place.records, &change).await;
            let read = vault.get::<Walk>(place.who(who), &purpose()).await;
            assert!(tampered(&read.map(drop)), "{change}");
            assert!(!vault.verify(true).await.unwrap().is_whole());
            sql(&place.records, restore).await;
        }
        let format = bytes(on, &format!("02{}", "00".repeat(80)));
        sql(&place.records, &format!("UPDATE activity_walk SET sealed = {format}")).await;
        let read = vault.get::<Walk>(place.who(who), &purpose()).await;
        assert!(matches!(read, Err(VaultError::UnknownFormat)));
        sql(&place.records, restore).await;
        vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
        sql(&place.records, "UPDATE activity_walk SET plain_level = 8").await;
        let found = vault.verify(true).await.unwrap();
        assert!(found.faults.keys().any(|fault| fault.contains("readable column")), "{found:?}");

        sql(&place.records, "UPDATE party SET sealed = (SELECT p.sealed FROM party p WHERE p.slot <> 'teacher' LIMIT 1) WHERE slot = 'teacher'").await;
        let read = vault.outcomes::<Walk>(place.who(who), &purpose()).await;
        assert!(tampered(&read.map(drop)));
        sql(&place.records, "DELETE FROM party WHERE slot = 'with[1]'").await;
        let read = vault.outcomes::<Walk>(place.who(who), &purpose()).await;
        assert!(tampered(&read.map(drop)));
    }

    /// One column alone is exchanged between two rows, with all else as it was.
    async fn a_slot_or_the_number_of_a_key_exchanged_alone_opens_nothing(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who, other, teacher, a, b, c] = people();
        let outcome = walked(who, teacher, [a, b, c], 5);
        vault.put_outcome::<Walk>(place.who(who), 0, &outcome).await.unwrap();
        vault.put_batch(&place.domain, &[(who, &walk(1)), (other, &walk(2))]).await.unwrap();
        let read = vault.outcomes::<Walk>(place.who(who), &purpose()).await.unwrap();
        assert_eq!(read[0].record, Opened::Whole(outcome.clone()));
        for (first, second) in [("teacher", "with[0]"), ("with[0]", "with[2]")] {
            let exchange = |from: &str, to: &str| format!("UPDATE party SET slot = '{to}' WHERE slot = '{from}';");
            let there = [exchange(first, "x"), exchange(second, first), exchange("x", second)].concat();
            sql(&place.records, &there).await;
            let read = vault.outcomes::<Walk>(place.who(who), &purpose()).await;
            assert!(matches!(read, Err(VaultError::Tampered { .. })), "{first}, {second}: {read:?}");
            sql(&place.records, &there).await;
            assert!(vault.outcomes::<Walk>(place.who(who), &purpose()).await.is_ok());
        }

        // In the envelope: the number of its key, bytes 3 to 18, and nothing else.
        sql(&place.records, "CREATE TABLE kept AS SELECT * FROM activity_walk").await;
        let part = |from: &str, rest: &str| match on {
            On::Sqlite => format!("CAST(substr({from}, {rest}) AS BLOB)"),
            On::Postgres => format!("substr({from}, {rest})"),
        };
        let others = "(SELECT o.sealed FROM kept o WHERE o.row_id <> activity_walk.row_id)";
        let joined = [part("sealed", "1, 2"), part(others, "3, 16"), part("sealed", "19")].join(" || ");
        let joined = if on == On::Sqlite { format!("CAST({joined} AS BLOB)") } else { joined };
        sql(&place.records, &format!("UPDATE activity_walk SET sealed = {joined}")).await;
        for who in [who, other] {
            let read = vault.get::<Walk>(place.who(who), &purpose()).await;
            assert!(matches!(read, Err(VaultError::Tampered { .. })), "{read:?}");
        }
        sql(&place.records, "DELETE FROM activity_walk; INSERT INTO activity_walk SELECT * FROM kept").await;
        vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
        vault.close().await;

        // In the key store: the number, the person or the life of one key, and nothing else.
        let owner = |url: String| async move {
            if on == On::Sqlite {
                let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
                let rows: Vec<(Vec<u8>,)> =
                    sqlx::query_as("SELECT owner FROM activity_walk ORDER BY row_id").fetch_all(&pool).await.unwrap();
                rows.into_iter().map(|row| hex::encode(row.0)).collect::<Vec<_>>()
            } else {
                let pool = sqlx::PgPool::connect(&url).await.unwrap();
                let rows: Vec<(Vec<u8>,)> =
                    sqlx::query_as("SELECT owner FROM activity_walk ORDER BY row_id").fetch_all(&pool).await.unwrap();
                rows.into_iter().map(|row| hex::encode(row.0)).collect::<Vec<_>>()
            }
        };
        let owners = owner(place.records.clone()).await;
        let (one, two) = (bytes(on, &owners[0]), bytes(on, &owners[1]));
        sql(&place.keys, "CREATE TABLE kept AS SELECT * FROM person_key").await;
        let restore = "DELETE FROM person_key; INSERT INTO person_key SELECT * FROM kept";
        let none = bytes(on, &"ee".repeat(16));
        for column in ["id", "wrapped", "lookup"] {
            let value = |of: &str| format!("(SELECT k.{column} FROM kept k WHERE k.lookup = {of})");
            let exchange = format!(
                "UPDATE person_key SET {column} = {none} WHERE id = (SELECT k.id FROM kept k WHERE k.lookup = {one}); \
                 UPDATE person_key SET {column} = {} WHERE id = (SELECT k.id FROM kept k WHERE k.lookup = {two}); \
                 UPDATE person_key SET {column} = {} WHERE {column} = {none}",
                value(&one),
                value(&two),
            );
            sql(&place.keys, &exchange).await;
            let vault = place.open().await.unwrap();
            let mut values = 0;
            for who in [who, other] {
                let read = vault.get::<Walk>(place.who(who), &purpose()).await;
                values += usize::from(read.is_ok());
            }
            assert_eq!(values, 0, "{column}");
            vault.close().await;
            sql(&place.keys, restore).await;
        }
        let vault = place.open().await.unwrap();
        vault.get::<Walk>(place.who(other), &purpose()).await.unwrap().unwrap();
    }

    async fn a_key_that_is_put_back_opens_nothing(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who, other] = people();
        for who in [who, other] {
            vault.register(place.who(who), &info(1)).await.unwrap();
        }
        sql(&place.keys, "CREATE TABLE kept AS SELECT * FROM person_key").await;
        sql(&place.records, "CREATE TABLE kept AS SELECT * FROM participant").await;
        vault.erase(place.who(who), &reason()).await.unwrap();
        sql(&place.keys, "INSERT INTO person_key SELECT * FROM kept WHERE id NOT IN (SELECT id FROM person_key)").await;
        sql(&place.records, "DELETE FROM participant; INSERT INTO participant SELECT * FROM kept").await;
        let ctx = place.context(Operation::Read);
        assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound));
        assert_eq!(vault.read_participant(&ctx, other).await, Ok(info(1)));
        // With another life than it was wrapped for it is no key.
        sql(&place.keys, "UPDATE person_key SET life = 9").await;
        let fresh = place.open().await;
        let read = match &fresh {
            Ok(vault) => vault.read_participant(&ctx, who).await,
            Err(_) => Err(RecordError::Internal),
        };
        assert_eq!(read, Err(RecordError::Internal));
    }

    /// Every statement fails once: nothing is half there, and no error, log or file has a value.
    async fn marked_values_are_nowhere_when_a_statement_fails(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        vault.close().await;
        let faults = Faults::default();
        let vault = place.builder_with(place.master.clone(), faults.clone()).await.unwrap().open().await.unwrap();
        let mut marked = walk(4);
        marked.note = "MARKED-NOTE".to_owned();
        marked.remark = "MARKED-REMARK".to_owned();
        let mut said = Vec::new();
        for point in 1..12 {
            let [who] = people();
            faults.fail_at(point);
            let put = vault.put_batch(&place.domain, &[(who, &marked)]).await;
            faults.fail_at(0);
            if let Err(error) = &put {
                said.extend(format!("{error} {error:?}").into_bytes());
            }
            let there = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().is_some();
            assert_eq!(there, put.is_ok(), "{point}");
            faults.fail_at(point);
            if let Err(error) = vault.get::<Walk>(place.who(who), &purpose()).await {
                said.extend(format!("{error} {error:?}").into_bytes());
            }
            faults.fail_at(0);
        }
        said.extend(place.files());
        assert!(!holds(&said, b"MARKED"));
        assert!(vault.verify(true).await.unwrap().is_whole());
    }

    async fn what_does_not_belong_together_is_refused(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let (other, _) = Place::with_vault(on).await;
        drop(vault);
        let mut mixed = Place::new(on);
        mixed.master = other.master.clone();
        mixed.records.clone_from(&place.records);
        mixed.keys.clone_from(&other.keys);
        std::fs::copy(place.ledger(), mixed.ledger()).unwrap();
        assert!(matches!(mixed.open().await, Err(VaultError::Settings(_))));
        let mut wrong = Place::new(on);
        wrong.records.clone_from(&place.records);
        wrong.keys.clone_from(&place.keys);
        std::fs::copy(place.ledger(), wrong.ledger()).unwrap();
        assert!(matches!(wrong.open().await, Err(VaultError::WrongMaster { .. })));
        wrong.master = place.master.clone();
        std::fs::copy(other.ledger(), wrong.ledger()).unwrap();
        assert!(matches!(wrong.open().await, Err(VaultError::Ledger(_))));
        let again = nest_vault::init(&place.records, &place.keys, &place.master, place.ledger()).await;
        assert!(matches!(again, Err(VaultError::Settings(_))));
        let same = nest_vault::init(&place.records, &place.records, &Master::generate(), place.path("l")).await;
        assert!(matches!(same, Err(VaultError::Settings(_))));
    }

    async fn updates_of_a_batch_are_all_there_or_none(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        vault.close().await;
        let faults = Faults::default();
        let vault = place.builder_with(place.master.clone(), faults.clone()).await.unwrap().open().await.unwrap();
        let ctx = place.context(Operation::Update);
        let who: [_; 5] = people();
        for who in who {
            vault.register(place.who(who), &info(1)).await.unwrap();
        }
        let given = who.iter().map(|who| (*who, walk(1))).collect();
        assert!(vault.create_batch(&ctx, given).await.iter().all(Result::is_ok));
        for point in 1..20 {
            faults.fail_at(point);
            let changed = who.iter().map(|who| (*who, walk(point as u32 + 1))).collect();
            let results = Serves::<Walk>::update_batch(&vault, &ctx, changed).await;
            faults.fail_at(0);
            let read = Serves::<Walk>::read_batch(&vault, &ctx, who.to_vec()).await;
            assert!(results.iter().all(|result| result == &results[0]));
            let new = read.iter().filter(|read| read.as_ref().unwrap().steps == point as u32 + 1).count();
            assert_eq!(new, if results[0].is_ok() { 5 } else { 0 }, "{point}");
        }
    }
}

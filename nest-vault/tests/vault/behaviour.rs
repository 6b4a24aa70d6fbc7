//! Writing and reading, through the traits of a data source and directly.

use std::sync::Arc;

use nest_core::Pseudonym;
use nest_source::repetition::{Begun, IdempotencyKey, KeyedRequest};
use nest_source::{DataSource as _, Operation, RecordError, Repetitions as _, Serves};
use nest_vault::{Opened, SqlVault, Suite, VaultError};

use crate::place::{On, Place, holds, on_both, purpose};
use crate::records::{Info, Walk, after, before, info, otherwise, walk, walked};

fn people<const N: usize>() -> [Pseudonym; N] {
    [(); N].map(|()| Pseudonym::random())
}

on_both! {
    async fn what_is_written_is_read_and_survives_the_process(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let ctx = place.context(Operation::Create);
        let who: [_; 12] = people();
        let items = who.iter().enumerate().map(|(n, who)| (*who, info(n as u8))).collect();
        assert!(vault.create_participant_batch(&ctx, items).await.iter().all(Result::is_ok));
        let items: Vec<_> = who.iter().enumerate().map(|(n, who)| (*who, walk(n as u32))).collect();
        let mut with_stranger = items.clone();
        with_stranger.insert(3, (Pseudonym::random(), walk(9)));
        let results = vault.create_batch(&ctx, with_stranger).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 12);
        assert_eq!(results[3], Err(RecordError::NotFound));
        assert_eq!(vault.create(&ctx, who[0], walk(1)).await, Err(RecordError::Conflict));
        vault.close().await;

        let vault = place.open().await.unwrap();
        let read: Vec<Result<Walk, _>> = vault.read_batch(&ctx, who.to_vec()).await;
        for (read, (_, written)) in read.into_iter().zip(&items) {
            assert_eq!(&read.unwrap(), written);
        }
        assert_eq!(vault.read_participant(&ctx, who[7]).await, Ok(info(7)));
        Serves::update(&vault, &ctx, who[2], walk(77)).await.unwrap();
        assert_eq!(Serves::<Walk>::read(&vault, &ctx, who[2]).await, Ok(walk(77)));
        Serves::<Walk>::delete(&vault, &ctx, who[2]).await.unwrap();
        let gone = Serves::<Walk>::read(&vault, &ctx, who[2]).await;
        assert_eq!(gone, Err(RecordError::NotFound));
        assert_eq!(Serves::<Walk>::delete(&vault, &ctx, who[2]).await, Err(RecordError::NotFound));
        assert_eq!(Serves::update(&vault, &ctx, who[2], walk(1)).await, Err(RecordError::NotFound));
        vault.update_participant(&ctx, who[1], info(99)).await.unwrap();
        assert_eq!(vault.read_participant(&ctx, who[1]).await, Ok(info(99)));
        assert!(vault.verify(true).await.unwrap().is_whole());
    }

    async fn a_record_about_several_people_is_found_under_each(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let ctx = place.context(Operation::Results);
        let [pupil, other, teacher, a, b, c] = people();
        for who in [pupil, other, teacher, a] {
            vault.register(place.who(who), &info(1)).await.unwrap();
        }
        let first = walked(pupil, teacher, [a, b, c], 100);
        let second = walked(other, teacher, [a, a, pupil], 200);
        let outcomes = [(pupil, &first), (other, &second)];
        let added = vault.add_outcomes::<Walk>(&place.domain, &outcomes).await.unwrap();
        assert!(added.iter().all(Result::is_ok));
        for (who, expected) in [
            (pupil, vec![&first, &second]),
            (other, vec![&second]),
            (teacher, vec![&first, &second]),
            (a, vec![&first, &second]),
            (b, vec![&first]),
        ] {
            let found = vault.outcomes::<Walk>(place.who(who), &purpose()).await.unwrap();
            let found: Vec<_> = found.iter().map(|found| found.record.record().unwrap()).collect();
            assert_eq!(found, expected);
        }
        // By page, for those who are registered.
        let pages = vec![(teacher, 0), (teacher, 1), (teacher, 2), (b, 0), (other, 0)];
        let results = Serves::<Walk>::results_batch(&vault, &ctx, pages).await;
        let not_found = || Err(RecordError::NotFound);
        let expected = [Ok(first), Ok(second.clone()), not_found(), not_found(), Ok(second)];
        assert_eq!(results, expected);
        let progress = Serves::<Walk>::progress(&vault, &ctx, teacher).await.unwrap();
        assert_eq!((progress.given, progress.outcomes, progress.erased), (false, 2, 0));
        let twice = walked(pupil, teacher, [a, b, c], 1);
        let conflict = vault.put_outcome::<Walk>(place.who(pupil), 0, &twice).await;
        assert!(matches!(conflict, Err(VaultError::Conflict { found: 1 })), "{conflict:?}");
    }

    async fn an_update_of_another_version_is_a_conflict(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who] = people();
        vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
        let read = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
        assert_eq!((read.version, read.record), (1, Opened::Whole(walk(1))));
        assert_eq!(vault.update(place.who(who), 1, &walk(2)).await.unwrap(), 2);
        let conflict = vault.update(place.who(who), 1, &walk(3)).await;
        assert!(matches!(conflict, Err(VaultError::Conflict { found: 2 })));
        let unknown = vault.update(place.who(Pseudonym::random()), 1, &walk(3)).await;
        assert!(matches!(unknown, Err(VaultError::NotFound)));
    }

    /// Fifty who each read, add one and write, until it is taken.
    async fn fifty_writers_lose_no_update(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who] = people();
        vault.put_batch(&place.domain, &[(who, &walk(0))]).await.unwrap()[0].as_ref().unwrap();
        let place = Arc::new(place);
        let writers: Vec<_> = (0..50)
            .map(|_| {
                let (vault, place): (SqlVault<Info>, _) = (vault.clone(), Arc::clone(&place));
                tokio::spawn(async move {
                    let mut done = 0;
                    while done < 4 {
                        let read = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
                        let steps = read.record.record().unwrap().steps;
                        match vault.update(place.who(who), read.version, &walk(steps + 1)).await {
                            Ok(_) => done += 1,
                            Err(VaultError::Conflict { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let read = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
        assert_eq!((read.record, read.version), (Opened::Whole(walk(200)), 201));
    }

    async fn a_repetition_writes_nothing_and_has_the_first_outcomes(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [known, stranger] = people();
        vault.register(place.who(known), &info(1)).await.unwrap();
        let key = || IdempotencyKey::parse("key-1").unwrap();
        let request = Arc::new(KeyedRequest::new("nest", key(), "/walk/create", [1; 32]));
        let ctx = place.context(Operation::Create).with_key(Some(Arc::clone(&request)));
        assert_eq!(vault.begin(&request).await, Ok(Begun::First));
        assert_eq!(vault.begin(&request).await, Ok(Begun::InProgress));
        let items = || vec![(known, walk(1)), (stranger, walk(2))];
        let outcomes = vault.create_batch(&ctx, items()).await;
        assert_eq!(outcomes, [Ok(()), Err(RecordError::NotFound)]);
        // The process ends before the answer is sent.
        drop(vault);
        let vault = place.open().await.unwrap();
        assert_eq!(vault.begin(&request).await, Ok(Begun::Written(outcomes.clone())));
        let other = KeyedRequest::new("nest", key(), "/walk/create", [2; 32]);
        assert_eq!(vault.begin(&other).await, Ok(Begun::OtherRequest));
        // Another process that comes to write it all the same does not.
        vault.register(place.who(stranger), &info(2)).await.unwrap();
        let again = vault.create_batch(&ctx, items()).await;
        assert_eq!(again, [Err(RecordError::Internal), Err(RecordError::Internal)]);
        let plain = place.context(Operation::Read);
        let read = Serves::<Walk>::read(&vault, &plain, stranger).await;
        assert_eq!(read, Err(RecordError::NotFound));
    }

    async fn the_tables_tell_no_value_no_pseudonym_and_no_length(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who] = people();
        let mut lengths = std::collections::HashSet::new();
        let mut some = walk(3);
        for (note, remark, month) in [("", "", None), ("MARKED-NOTE-0123456789", "MARKED-REMARK", some.month)] {
            some.note = note.to_owned();
            some.remark = remark.to_owned();
            some.month = month;
            let who = if note.is_empty() { Pseudonym::random() } else { who };
            vault.put_batch(&place.domain, &[(who, &some)]).await.unwrap()[0].as_ref().unwrap();
        }
        let sql = "SELECT length(sealed), length(alone_note), plain_ground, plain_month, plain_level FROM activity_walk";
        let rows: Vec<(i64, i64, String, Option<String>, i64)> = match on {
            On::Sqlite => {
                let pool = sqlx::SqlitePool::connect(&place.records).await.unwrap();
                sqlx::query_as(sql).fetch_all(&pool).await.unwrap()
            }
            On::Postgres => {
                let pool = sqlx::PgPool::connect(&place.records).await.unwrap();
                let sql = sql.replace("length(sealed), length(alone_note)", "length(sealed)::bigint, length(alone_note)::bigint");
                sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await.unwrap()
            }
        };
        for (sealed, alone, ground, month, level) in rows {
            lengths.insert((sealed, alone));
            assert_eq!((ground.as_str(), level), ("Grass", 3));
            assert!(month.is_none_or(|month| month == "2025-07"));
        }
        assert_eq!(lengths.len(), 1);
        let files = place.files();
        for mark in [&b"MARKED"[..], &who.to_bytes(), who.to_hex().as_bytes()] {
            assert!(!holds(&files, mark));
        }
    }

    async fn many_are_read_in_pages(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let records: Vec<_> = (0..700).map(|n| (Pseudonym::random(), walk(n))).collect();
        let borrowed: Vec<_> = records.iter().map(|(who, walk)| (*who, walk)).collect();
        assert!(vault.put_batch(&place.domain, &borrowed).await.unwrap().iter().all(Result::is_ok));
        let (mut after, mut steps) = (None, Vec::new());
        loop {
            let page = vault.scan::<Walk>(&purpose(), after, 300).await.unwrap();
            steps.extend(page.records.iter().map(|found| found.record.record().unwrap().steps));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(!steps.is_sorted(), "the order of arrival shows");
        steps.sort_unstable();
        assert_eq!(steps, (0..700).collect::<Vec<_>>());
    }

    async fn both_suites_are_read_and_one_becomes_the_other(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [pupil, teacher, a, b, c] = people();
        vault.put_batch(&place.domain, &[(pupil, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
        let outcome = walked(pupil, teacher, [a, b, c], 5);
        vault.put_outcome::<Walk>(place.who(pupil), 0, &outcome).await.unwrap();
        let siv = place.builder().await.unwrap().suite(Suite::Aes256GcmSiv).open().await.unwrap();
        let same = siv.get::<Walk>(place.who(pupil), &purpose()).await.unwrap().unwrap();
        assert_eq!(same.record, Opened::Whole(walk(1)));
        siv.put_batch(&place.domain, &[(teacher, &walk(2))]).await.unwrap()[0].as_ref().unwrap();
        let other = vault.get::<Walk>(place.who(teacher), &purpose()).await.unwrap().unwrap();
        assert_eq!(other.record, Opened::Whole(walk(2)));
        assert_eq!(siv.reseal().await.unwrap(), 2);
        assert_eq!(siv.reseal().await.unwrap(), 0);
        let found = vault.outcomes::<Walk>(place.who(b), &purpose()).await.unwrap();
        assert_eq!(found[0].record, Opened::Whole(outcome));
        assert!(siv.verify(true).await.unwrap().is_whole());
    }

    /// Two write and read all the while: not one of their requests fails, and every key ends under the new master.
    async fn a_rotation_stops_no_writer(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let records: Vec<_> = (0..1500).map(|n| (Pseudonym::random(), walk(n))).collect();
        let borrowed: Vec<_> = records.iter().map(|(who, walk)| (*who, walk)).collect();
        assert!(vault.put_batch(&place.domain, &borrowed).await.unwrap().iter().all(Result::is_ok));
        let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let place = Arc::new(place);
        let writers: Vec<_> = (0..2)
            .map(|_| {
                let (vault, place, done) = (vault.clone(), Arc::clone(&place), Arc::clone(&done));
                tokio::spawn(async move {
                    let mut written = 0_u64;
                    while !done.load(std::sync::atomic::Ordering::SeqCst) || written < 3 {
                        let [who] = people();
                        let put = vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap();
                        assert_eq!(*put[0].as_ref().unwrap(), 1);
                        assert_eq!(vault.update(place.who(who), 1, &walk(2)).await.unwrap(), 2);
                        let read = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
                        assert_eq!(read.record, Opened::Whole(walk(2)));
                        written += 1;
                    }
                    written
                })
            })
            .collect();
        let new = nest_vault::Master::generate();
        for round in 0..3 {
            let master = if round == 2 { new.clone() } else { nest_vault::Master::generate() };
            vault.rotate_master(&master, |_, _| ()).await.unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        let mut written = 0;
        for writer in writers {
            written += writer.await.unwrap();
        }
        let health = vault.health().await.unwrap();
        assert_eq!(health.masters[0], (new.id(), 1500 + written));
        assert!(health.masters.iter().skip(1).all(|(_, keys)| *keys == 0), "{health:?}");
        assert!(vault.verify(true).await.unwrap().is_whole());
    }

    async fn a_run_keeps_versions_until_its_end(on: On) {
        let (_place, vault) = Place::with_vault(on).await;
        let hour = std::time::Duration::from_secs(3600);
        let run = vault.run("sum-2026", hour);
        let large = vec![7; 100_000];
        assert_eq!(run.put(1, "share", b"one").await.unwrap(), 1);
        assert_eq!(run.put(1, "share", &large).await.unwrap(), 2);
        assert_eq!(run.put(2, "mask", b"two").await.unwrap(), 1);
        let listed = run.list().await.unwrap();
        assert_eq!(listed.iter().map(|item| (item.step, item.version)).collect::<Vec<_>>(), [(1, 2), (2, 1)]);
        assert_eq!(run.take(1, "share").await.unwrap(), Some(large));
        assert_eq!(run.take(1, "share").await.unwrap(), None);
        assert_eq!(vault.run("another", hour).take(2, "mask").await.unwrap(), None);
        let over = vault.run("over", std::time::Duration::ZERO);
        over.put(1, "x", b"x").await.unwrap();
        assert_eq!(over.take(1, "x").await.unwrap(), None);
        run.end().await.unwrap();
        assert!(run.list().await.unwrap().is_empty());
    }

    async fn rows_of_an_earlier_declaration_are_read_and_sealed_anew(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        vault.close().await;
        let [who] = people();
        let first = place.builder().await.unwrap().activity::<before::Day>().open().await.unwrap();
        let day = before::Day { mood: 7, sleep: 8 };
        first.put_batch(&place.domain, &[(who, &day)]).await.unwrap()[0].as_ref().unwrap();
        first.close().await;
        let refused = place.builder().await.unwrap().activity::<after::Day>().migrate(false).open().await;
        assert!(matches!(refused, Err(VaultError::Settings(_))));
        let later = place.builder().await.unwrap().activity::<after::Day>().open().await.unwrap();
        let same = after::Day { mood: 7, sleep: 8 };
        let read = later.get::<after::Day>(place.who(who), &purpose()).await.unwrap().unwrap();
        assert_eq!(read.record, Opened::Whole(same.clone()));
        assert_eq!(later.verify(true).await.unwrap().earlier, 1);
        // The command, which has no types, goes by the declaration that was used last, also within one day.
        let untyped = place.untyped().await;
        assert_eq!(untyped.verify(true, |_| ()).await.unwrap().earlier, 1);
        assert_eq!(untyped.reseal(true, |_| ()).await.unwrap(), 1);
        // One declaration is that of two tables here.
        let tables = untyped.tables().await.unwrap();
        for name in ["activity_day", "outcome_day"] {
            assert!(tables.iter().any(|table| table.table == name), "{name} is unknown to the command");
        }
        assert_eq!(later.reseal().await.unwrap(), 1);
        assert_eq!(later.verify(true).await.unwrap().earlier, 0);
        let read = later.get::<after::Day>(place.who(who), &purpose()).await.unwrap().unwrap();
        assert_eq!(read.record, Opened::Whole(same));
        later.close().await;
        let other = place.builder().await.unwrap().activity::<otherwise::Day>().open().await.unwrap();
        let read = other.get::<otherwise::Day>(place.who(who), &purpose()).await;
        assert!(matches!(read, Err(VaultError::Declaration { .. })));
    }
}

/// The sealed length is the same for all values of a record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_records_have_one_sealed_length() {
    let (place, vault) = Place::with_vault(On::Sqlite).await;
    let text = |most: usize| "x".repeat(rand::random::<u8>() as usize % (most + 1));
    let random = |n: u32| {
        let mut random = walk(rand::random::<u32>() % 100_001);
        (random.note, random.remark) = (text(31), text(15));
        random.month = random.month.filter(|_| n.is_multiple_of(2));
        random
    };
    let records: Vec<_> = (0..10_000).map(|n| (Pseudonym::random(), random(n))).collect();
    let borrowed: Vec<_> = records.iter().map(|(who, walk)| (*who, walk)).collect();
    assert!(vault.put_batch(&place.domain, &borrowed).await.unwrap().iter().all(Result::is_ok));
    let pool = sqlx::SqlitePool::connect(&place.records).await.unwrap();
    let sql = "SELECT COUNT(*), COUNT(DISTINCT length(sealed)), COUNT(DISTINCT length(alone_note)) FROM activity_walk";
    let counts: (i64, i64, i64) = sqlx::query_as(sql).fetch_one(&pool).await.unwrap();
    assert_eq!(counts, (10_000, 1, 1));
}

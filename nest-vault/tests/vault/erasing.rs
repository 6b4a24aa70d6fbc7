//! Erasure: what it reaches, what it leaves, and that backups leave erased people erased.

use std::sync::Arc;

use nest_core::Pseudonym;
use nest_source::{DataSource as _, Operation, RecordError, Serves};
use nest_vault::{Faults, Master, Opened, Retention, VaultError};

use crate::place::{On, Place, on_both, purpose, reason};
use crate::records::{Walk, info, walk, walked};

fn people<const N: usize>() -> [Pseudonym; N] {
    [(); N].map(|()| Pseudonym::random())
}

on_both! {
    async fn an_erased_person_is_gone_and_the_others_stay(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let ctx = place.context(Operation::Read);
        let [pupil, teacher, a, b, c, other] = people();
        for who in [pupil, teacher, b, other] {
            vault.register(place.who(who), &info(1)).await.unwrap();
        }
        let (first, second) =
            (walked(pupil, teacher, [a, b, c], 100), walked(other, teacher, [a, b, pupil], 200));
        vault.add_outcomes::<Walk>(&place.domain, &[(pupil, &first), (other, &second)]).await.unwrap();
        vault.put_batch(&place.domain, &[(pupil, &walk(1))]).await.unwrap()[0].as_ref().unwrap();

        // Somebody in the middle of a list.
        let report = vault.erase(place.who(b), &reason()).await.unwrap();
        assert_eq!((report.keys, report.records, report.mentions, report.is_final), (1, 1, 2, false));
        let found = vault.outcomes::<Walk>(place.who(teacher), &purpose()).await.unwrap();
        for (found, whole) in found.iter().zip([&first, &second]) {
            let Opened::Partly { record, erased } = &found.record else { panic!("{:?}", found.record) };
            assert_eq!(erased, &["with[1]"]);
            assert_ne!(record.with[1], b);
            let mut same = record.clone();
            same.with[1] = b;
            assert_eq!(&same, whole);
        }
        let partly = Serves::<Walk>::find_results(&vault, &ctx, vec![(teacher, 0)]).await.remove(0).unwrap();
        assert_eq!(partly.erased().iter().collect::<Vec<_>>(), [3]);
        let result = Serves::<Walk>::results(&vault, &ctx, teacher, 0).await;
        assert_eq!(result, Err(RecordError::PartlyErased));

        // The subject of a record.
        let report = vault.erase(place.who(pupil), &reason()).await.unwrap();
        assert_eq!((report.records, report.mentions), (3, 1));
        let counts = vault.kept::<Walk>(place.who(teacher)).await.unwrap();
        assert_eq!((counts.outcomes, counts.erased), (1, 1));
        let page = Serves::<Walk>::find_results(&vault, &ctx, vec![(teacher, 0), (teacher, 1)]).await;
        assert_eq!(page[0].as_ref().unwrap().record().metres, 200);
        assert_eq!(page[1], Err(RecordError::NotFound));
        for gone in [
            vault.read_participant(&ctx, pupil).await.map(drop),
            Serves::<Walk>::read(&vault, &ctx, pupil).await.map(drop),
            Serves::<Walk>::progress(&vault, &ctx, pupil).await.map(drop),
            Serves::<Walk>::create(&vault, &ctx, pupil, walk(1)).await,
            Serves::<Walk>::update(&vault, &ctx, pupil, walk(1)).await,
        ] {
            assert_eq!(gone, Err(RecordError::NotFound));
        }
        let again = vault.put_outcome::<Walk>(place.who(teacher), 9, &first).await;
        assert!(matches!(again, Err(VaultError::Erased)));
        assert_eq!(vault.erase(place.who(pupil), &reason()).await.unwrap().records, 3);
        let unknown = vault.erase(place.who(Pseudonym::random()), &reason()).await;
        assert!(matches!(unknown, Err(VaultError::NotFound)));
        let verified = vault.verify(true).await.unwrap();
        assert!(verified.is_whole(), "{verified:?}");
    }

    async fn a_new_life_opens_nothing_of_the_one_before(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who] = people();
        vault.register(place.who(who), &info(1)).await.unwrap();
        vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
        vault.erase(place.who(who), &reason()).await.unwrap();
        vault.register(place.who(who), &info(2)).await.unwrap();
        assert_eq!(vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap().record, Opened::Erased);
        vault.put_batch(&place.domain, &[(who, &walk(2))]).await.unwrap()[0].as_ref().unwrap();
        drop(vault);
        // The ledger is replayed, and leaves the second life alone.
        let vault = place.open().await.unwrap();
        let read = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
        assert_eq!(read.record, Opened::Whole(walk(2)));
        vault.erase(place.who(who), &reason()).await.unwrap();
        let gone = vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap();
        assert_eq!(gone.record, Opened::Erased);
        assert!(vault.verify(true).await.unwrap().is_whole());
    }

    /// The process fails at every point of an erasure in turn. Opened again, the erasure is complete.
    async fn an_erasure_is_completed_wherever_it_fails(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        vault.close().await;
        for point in 1..60 {
            let [who] = people();
            let faults = Faults::default();
            let builder = place.builder_with(place.master.clone(), faults.clone()).await.unwrap();
            let vault = builder.open().await.unwrap();
            vault.register(place.who(who), &info(1)).await.unwrap();
            faults.fail_at(point);
            let erased = vault.erase(place.who(who), &reason()).await;
            faults.fail_at(0);
            vault.close().await;
            let vault = place.open().await.unwrap();
            let ctx = place.context(Operation::Read);
            let read = vault.read_participant(&ctx, who).await;
            if read.is_ok() {
                // It failed before the intent.
                assert!(erased.is_err());
                vault.erase(place.who(who), &reason()).await.unwrap();
            }
            assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound), "{point}");
            let report = vault.erase(place.who(who), &reason()).await.unwrap();
            assert_eq!((report.keys, report.records), (1, 1), "{point}");
            let verified = vault.verify(true).await.unwrap();
            assert!(verified.is_whole(), "{point}: {verified:?}");
            vault.close().await;
            if erased.is_ok() {
                assert!(point > 20, "an erasure has so few points: {point}");
                return;
            }
        }
        panic!("an erasure does not come to its end");
    }

    async fn a_held_record_stays_until_it_is_released(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who, teacher, a, b, c] = people();
        vault.register(place.who(who), &info(1)).await.unwrap();
        vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
        let outcome = walked(who, teacher, [a, b, c], 7);
        vault.put_outcome::<Walk>(place.who(who), 0, &outcome).await.unwrap();
        let row = vault.hold_outcome::<Walk>(place.who(who), 0, &reason()).await.unwrap();
        assert!(matches!(vault.hold_outcome::<Walk>(place.who(who), 0, &reason()).await, Err(VaultError::Hold)));
        let found = vault.outcomes::<Walk>(place.who(who), &purpose()).await.unwrap();
        assert_eq!(found[0].record, Opened::Whole(outcome));
        let report = vault.erase(place.who(who), &reason()).await.unwrap();
        assert_eq!((report.records, report.held), (2, 1));
        let found = vault.outcomes::<Walk>(place.who(teacher), &purpose()).await.unwrap();
        assert_eq!(found[0].record, Opened::Erased);
        assert!(vault.holds().await.unwrap()[0].is_erased);
        vault.release(row).await.unwrap();
        assert!(vault.holds().await.unwrap().is_empty());
        let report = vault.erase(place.who(who), &reason()).await.unwrap();
        assert_eq!((report.records, report.held), (3, 0));
        let verified = vault.verify(true).await.unwrap();
        assert!(verified.is_whole(), "{verified:?}");

        let [living] = people();
        vault.put_batch(&place.domain, &[(living, &walk(3))]).await.unwrap()[0].as_ref().unwrap();
        let row = vault.hold::<Walk>(place.who(living), &reason()).await.unwrap();
        let held = vault.update(place.who(living), 1, &walk(4)).await;
        assert!(matches!(held, Err(VaultError::Hold)));
        vault.release(row).await.unwrap();
        assert_eq!(vault.update(place.who(living), 1, &walk(4)).await.unwrap(), 2);
    }

    async fn what_has_come_to_its_end_is_removed_with_its_key(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who, registered] = people();
        for who in [who, registered] {
            vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
        }
        vault.register(place.who(registered), &info(1)).await.unwrap();
        vault.close().await;
        let long = place.builder().await.unwrap().retention(Retention::Days(10)).open().await.unwrap();
        assert!(long.get::<Walk>(place.who(who), &purpose()).await.unwrap().is_some());
        let past = "2020-01-01".parse().unwrap();
        let ended = place.builder().await.unwrap().retention(Retention::Until(past)).open().await.unwrap();
        assert!(ended.get::<Walk>(place.who(who), &purpose()).await.unwrap().is_none());
        let health = ended.health().await.unwrap();
        assert_eq!((health.masters[0].1, health.erased.0), (1, 1));
        assert!(ended.verify(true).await.unwrap().is_whole());
    }

    async fn update_against_erase_leaves_no_row_under_a_destroyed_key(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let place = Arc::new(place);
        let races = std::env::var("NEST_VAULT_RACES").ok().and_then(|races| races.parse().ok()).unwrap_or(20);
        for round in 0..races {
            let [who] = people();
            vault.register(place.who(who), &info(1)).await.unwrap();
            vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
            let update = tokio::spawn({
                let (vault, place) = (vault.clone(), Arc::clone(&place));
                async move { vault.update(place.who(who), 1, &walk(2)).await }
            });
            if round % 2 == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(round % 20 / 4)).await;
            }
            vault.erase(place.who(who), &reason()).await.unwrap();
            match update.await.unwrap() {
                Ok(2) | Err(VaultError::Erased | VaultError::NotFound | VaultError::Conflict { .. }) => {}
                other => panic!("{other:?}"),
            }
            assert_eq!(vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().unwrap().record, Opened::Erased);
        }
        let verified = vault.verify(true).await.unwrap();
        assert!(verified.is_whole(), "{verified:?}");
    }

    async fn an_export_has_everything_of_one_person_only(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let [who, teacher, a, b, other] = people();
        vault.register(place.who(who), &info(30)).await.unwrap();
        vault.put_batch(&place.domain, &[(who, &walk(3))]).await.unwrap()[0].as_ref().unwrap();
        let outcome = walked(who, teacher, [a, b, who], 7);
        vault.put_outcome::<Walk>(place.who(who), 0, &outcome).await.unwrap();
        let about_other = walked(other, who, [a, a, a], 8);
        vault.put_outcome::<Walk>(place.who(other), 0, &about_other).await.unwrap();
        let export = vault.export(place.who(who), &purpose()).await.unwrap();
        let records = export["records"].as_array().unwrap();
        assert_eq!(records.len(), 3);
        let outcome = records.iter().find(|record| record["kind"] == "outcome").unwrap();
        assert_eq!(outcome["values"]["metres"], 7);
        assert_eq!(outcome["values"]["teacher"], "another person");
        assert_eq!(outcome["values"]["with"][2], who.to_hex());
        assert_eq!(export["named_in_records_about_others"][0]["as"][0], "teacher");
        let text = export.to_string();
        assert!(!text.contains(&teacher.to_hex()) && !text.contains(&other.to_hex()));
        let given = records.iter().find(|record| record["kind"] == "activity").unwrap();
        assert_eq!(given["values"]["month"], "2025-07");
    }

    async fn finalise_says_what_to_destroy(on: On) {
        let (mut place, vault) = Place::with_vault(on).await;
        let [who, stays] = people();
        for who in [who, stays] {
            vault.register(place.who(who), &info(1)).await.unwrap();
        }
        vault.erase(place.who(who), &reason()).await.unwrap();
        let new = Master::generate();
        assert_eq!(vault.rotate_master(&new, |_, _| ()).await.unwrap(), 1);
        let finality = vault.finalise().await.unwrap();
        assert_eq!((finality.destroy.len(), finality.destroy[0].0, finality.erasures), (1, place.master.id(), 1));
        assert!(vault.erase(place.who(who), &reason()).await.unwrap().is_final);
        let ctx = place.context(Operation::Read);
        assert_eq!(vault.read_participant(&ctx, stays).await, Ok(info(1)));
        drop(vault);
        assert!(matches!(place.open().await, Err(VaultError::WrongMaster { .. })));
        place.master = new;
        let vault = place.open().await.unwrap();
        assert_eq!(vault.read_participant(&ctx, stays).await, Ok(info(1)));
    }
}

/// Backups of SQLite files, in every order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_backup_brings_an_erased_person_back() {
    let (place, vault) = Place::with_vault(On::Sqlite).await;
    let [who, stays] = people();
    for who in [who, stays] {
        vault.register(place.who(who), &info(1)).await.unwrap();
    }
    let databases = ["records.db", "keys.db"];
    let save = |to: &str| {
        for name in databases {
            std::fs::copy(place.path(name), place.path(&format!("{to}-{name}"))).unwrap();
        }
    };
    let restore = |from: &str, names: &[&str]| {
        for name in names {
            for log in ["-wal", "-shm"] {
                std::fs::remove_file(place.path(&format!("{name}{log}"))).ok();
            }
            std::fs::copy(place.path(&format!("{from}-{name}")), place.path(name)).unwrap();
        }
    };
    drop(vault);
    let vault = place.open().await.unwrap();
    vault.erase(place.who(Pseudonym::random()), &reason()).await.unwrap_err();
    vault.close().await;
    save("before");
    let ledger_before = std::fs::read(place.ledger()).unwrap();
    let vault = place.open().await.unwrap();
    vault.erase(place.who(who), &reason()).await.unwrap();
    let head = vault.ledger_head().unwrap();
    vault.close().await;
    drop(vault);
    save("after");
    let ctx = place.context(Operation::Read);
    for names in [&databases[..], &["records.db"], &["keys.db"]] {
        restore("after", &databases);
        restore("before", names);
        let vault = place.open().await.unwrap();
        assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound), "{names:?}");
        assert_eq!(vault.read_participant(&ctx, stays).await, Ok(info(1)));
        let verified = vault.verify(true).await.unwrap();
        assert!(verified.is_whole(), "{names:?}: {verified:?}");
        vault.close().await;
    }
    // Everything is older, the ledger too: told by the head that was noted.
    restore("before", &databases);
    std::fs::write(place.ledger(), ledger_before).unwrap();
    let older = place.builder().await.unwrap().ledger_head(&head).open().await;
    assert!(matches!(older, Err(VaultError::Ledger(nest_vault::LedgerError::Older))), "{older:?}");
    std::fs::remove_file(place.ledger()).unwrap();
    let missing = place.open().await;
    assert!(matches!(missing, Err(VaultError::Ledger(nest_vault::LedgerError::Missing(_)))));
    restore("after", &databases);
    let vault = place.builder().await.unwrap().accept_lost_ledger().open().await.unwrap();
    assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound));
}

//! The key store alone.

use nest_vault::{
    DatabaseError, Erased, Faults, KeyError, KeyStore as _, Living, Lookup, MarkState, Master, SqlKeys,
    Suite, Unwrapped,
};

use crate::place::{On, Place, on_both, reason};

fn person(number: u8) -> Lookup {
    Lookup::from_slice(&[number; 16]).unwrap()
}

async fn key_of(keys: &SqlKeys, who: Lookup) -> Option<Living> {
    keys.ensure(&[who], Suite::Aes128Ccm, Erased::Refuse).await.unwrap().remove(0)
}

on_both! {
    async fn a_person_has_one_key_however_often_it_is_asked_for(on: On) {
        let place = Place::new(on);
        let master = Master::generate();
        let keys = SqlKeys::create(&place.keys, &master).await.unwrap();
        let asking: Vec<_> = (0..20)
            .map(|_| {
                let keys = keys.clone();
                tokio::spawn(async move { key_of(&keys, person(1)).await.unwrap().key.id() })
            })
            .collect();
        let mut ids = Vec::new();
        for task in asking {
            ids.push(task.await.unwrap());
        }
        assert!(ids.iter().all(|id| *id == ids[0]));
        let again = SqlKeys::open(&place.keys, master).await.unwrap();
        assert_eq!(key_of(&again, person(1)).await.unwrap().key.id(), ids[0]);
        let twice = again.ensure(&[person(2), person(1), person(2)], Suite::Aes128Ccm, Erased::Refuse).await;
        let twice: Vec<_> = twice.unwrap().into_iter().map(|living| living.unwrap().key.id()).collect();
        assert_eq!((twice[0], twice[1]), (twice[2], ids[0]));
    }

    async fn a_wrong_master_is_told_apart_and_nothing_is_written(on: On) {
        let place = Place::new(on);
        let (master, wrong) = (Master::generate(), Master::generate());
        let keys = SqlKeys::create(&place.keys, &master).await.unwrap();
        key_of(&keys, person(1)).await.unwrap();
        let refused = SqlKeys::open(&place.keys, wrong.clone()).await;
        assert!(matches!(refused, Err(KeyError::WrongMaster { needed }) if needed == master.id()));
        let used = SqlKeys::create(&place.keys, &master).await;
        assert!(matches!(used, Err(KeyError::Setup(_))));
        let with_both = SqlKeys::open(&place.keys, wrong.with_previous(master)).await.unwrap();
        assert!(key_of(&with_both, person(1)).await.is_some());
    }

    async fn an_erased_person_has_no_key_and_a_new_life_another(on: On) {
        let place = Place::new(on);
        let keys = SqlKeys::create(&place.keys, &Master::generate()).await.unwrap();
        let first = key_of(&keys, person(1)).await.unwrap();
        assert_eq!(first.life, 1);
        let mark = keys.mark(person(1), &reason(), 20_000).await.unwrap();
        assert_eq!((mark.life, mark.keys.as_slice(), mark.state), (1, &[first.key.id()][..], MarkState::Intended));
        // From the intent on, although the key is still there.
        assert!(key_of(&keys, person(1)).await.is_none());
        let id = first.key.id();
        assert!(matches!(keys.unwrap_many(&[id]).await.unwrap()[&id], Unwrapped::Destroyed));
        keys.destroy(&mark).await.unwrap();
        assert_eq!(keys.marks(true).await.unwrap()[0].state, MarkState::Destroyed);
        keys.settle(&mark).await.unwrap();
        assert!(keys.marks(true).await.unwrap().is_empty());
        assert_eq!(keys.mark(person(1), &reason(), 20_001).await.unwrap().day, 20_000);

        let living = keys.ensure(&[person(1)], Suite::Aes128Ccm, Erased::NewLife).await.unwrap().remove(0).unwrap();
        assert_eq!(living.life, 2);
        assert_ne!(living.key.id(), id);
        assert_eq!(key_of(&keys, person(1)).await.unwrap().key.id(), living.key.id());
        assert!(matches!(keys.unwrap_many(&[id]).await.unwrap()[&id], Unwrapped::Destroyed));
        // The erasure of the first life, replayed, leaves the second alone.
        keys.destroy(&mark).await.unwrap();
        assert!(key_of(&keys, person(1)).await.is_some());
    }

    async fn a_rotation_touches_every_key_and_retires_the_master(on: On) {
        let place = Place::new(on);
        let old = Master::generate();
        let keys = SqlKeys::create(&place.keys, &old).await.unwrap();
        let people: Vec<_> =
            (0..1200_u128).map(|n| Lookup::from_slice(&n.to_be_bytes()).unwrap()).collect();
        let before = keys.ensure(&people, Suite::Aes128Ccm, Erased::Refuse).await.unwrap();
        let new = Master::generate();
        assert_eq!(keys.rewrap_page(&new).await.unwrap(), 1000);
        let health = keys.health().await.unwrap();
        assert_eq!(health.masters, [(new.id(), 1000), (old.id(), 200)]);
        assert!(matches!(keys.retire_masters().await, Err(KeyError::NotRotated { left: 200 })));
        // It was stopped: one master alone does not read everything any more, both do.
        let half = SqlKeys::open(&place.keys, new.clone()).await.unwrap();
        let refused = half.ensure(&people, Suite::Aes128Ccm, Erased::Refuse).await;
        assert!(matches!(refused, Err(KeyError::WrongMaster { needed }) if needed == old.id()));
        let both = SqlKeys::open(&place.keys, new.clone().with_previous(old.clone())).await.unwrap();
        assert_eq!(both.rewrap_page(&new).await.unwrap(), 200);
        assert_eq!(both.rewrap_page(&new).await.unwrap(), 0);
        let finality = both.retire_masters().await.unwrap();
        assert_eq!(finality.destroy, [(old.id(), None)]);
        let after = SqlKeys::open(&place.keys, new.clone()).await.unwrap();
        let after = after.ensure(&people, Suite::Aes128Ccm, Erased::Refuse).await.unwrap();
        let ids = |living: &[Option<Living>]| {
            living.iter().map(|living| living.as_ref().unwrap().key.id()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&before), ids(&after));
        assert!(matches!(SqlKeys::open(&place.keys, old).await, Err(KeyError::WrongMaster { .. })));
    }

    async fn a_failure_anywhere_leaves_a_key_or_none(on: On) {
        let place = Place::new(on);
        let master = Master::generate();
        let faults = Faults::default();
        SqlKeys::create(&place.keys, &master).await.unwrap();
        let keys = SqlKeys::open_with(&place.keys, master, true, faults.clone()).await.unwrap();
        for number in 0..20 {
            faults.fail_at(i64::from(number) % 8 + 1);
            let tried = keys.ensure(&[person(number)], Suite::Aes128Ccm, Erased::Refuse).await;
            if let Err(error) = &tried {
                assert!(matches!(error, KeyError::Database(DatabaseError::Unavailable)), "{error:?}");
            }
            faults.fail_at(0);
            let key = key_of(&keys, person(number)).await.unwrap();
            if let Ok(living) = tried {
                assert_eq!(living[0].as_ref().unwrap().key.id(), key.key.id());
            }
        }
    }
}

/// What the design measured: without secure deletion and a truncating checkpoint the wrapped key is still in the files.
#[tokio::test]
async fn a_destroyed_key_is_in_no_file_of_sqlite() {
    let place = Place::new(On::Sqlite);
    let keys = SqlKeys::create(&place.keys, &Master::generate()).await.unwrap();
    let mut marks = Vec::new();
    for number in 0..30 {
        key_of(&keys, person(number)).await.unwrap();
    }
    let database = sqlx::SqlitePool::connect(&place.keys).await.unwrap();
    let wrapped: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT wrapped FROM person_key WHERE lookup < x'0a'")
        .fetch_all(&database)
        .await
        .unwrap();
    database.close().await;
    assert_eq!(wrapped.len(), 10);
    let files = || {
        let folder = std::fs::read_dir(place.folder()).unwrap();
        folder.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect::<Vec<u8>>()
    };
    let holds = |files: &[u8], wrapped: &[u8]| files.windows(wrapped.len()).any(|window| window == wrapped);
    assert!(wrapped.iter().all(|(wrapped,)| holds(&files(), wrapped)));
    for number in 0..10 {
        marks.push(keys.mark(person(number), &reason(), 1).await.unwrap());
    }
    for mark in &marks {
        keys.destroy(mark).await.unwrap();
    }
    assert!(!wrapped.iter().any(|(wrapped,)| holds(&files(), wrapped)));
}

/// Another instance has the key in its memory.
#[tokio::test]
async fn another_instance_forgets_a_key_in_time() {
    let place = Place::new(On::Sqlite);
    let master = Master::generate();
    let here = SqlKeys::create(&place.keys, &master).await.unwrap();
    let there = SqlKeys::open(&place.keys, master).await.unwrap();
    let there = there.cache(std::time::Duration::from_millis(200), 10);
    let id = key_of(&there, person(1)).await.unwrap().key.id();
    let mark = here.mark(person(1), &reason(), 1).await.unwrap();
    here.destroy(&mark).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    assert!(matches!(there.unwrap_many(&[id]).await.unwrap()[&id], Unwrapped::Destroyed));
}

//! Series: parts that are sealed under the person's key, written by version, and gone with the person.

use nest_core::Pseudonym;
use nest_vault::{SeriesWrite, VaultError};

use crate::place::{On, Place, holds, on_both, purpose, reason};

fn write<'a>(name: &'a str, part: i64, expected: u64, bytes: &'a [u8]) -> SeriesWrite<'a> {
    SeriesWrite { name, part, expected, bytes }
}

on_both! {
    async fn parts_are_read_by_person_name_and_number(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let series = vault.series(&place.domain);
        let [anna, ben] = [(); 2].map(|()| Pseudonym::random());
        let large = vec![7; 200_000];
        series.write(anna, &[write("a", 1, 0, b"MARKED-one"), write("a", 2, 0, &large)]).await.unwrap();
        series.write(ben, &[write("a", 1, 0, b"other"), write("b", 1, 0, b"")]).await.unwrap();
        let read = series.read(&[ben, anna], &["b", "a"], 1..=1, &purpose()).await.unwrap();
        let mut found: Vec<_> = read.iter().map(|part| (part.person, part.name, part.bytes.to_vec())).collect();
        found.sort();
        assert_eq!(found, [(0, 0, vec![]), (0, 1, b"other".to_vec()), (1, 1, b"MARKED-one".to_vec())]);
        let read = series.read(&[anna], &["a"], 2..=9, &purpose()).await.unwrap();
        assert_eq!((read.len(), &*read[0].bytes), (1, &large));
        assert!(series.read(&[anna], &["c"], 0..=9, &purpose()).await.unwrap().is_empty());
        assert!(!holds(&place.files(), b"MARKED"));
        assert_eq!(series.remove(anna, &["a", "b"], 2..=2).await.unwrap(), 1);
        assert_eq!(series.read(&[anna], &["a"], 0..=9, &purpose()).await.unwrap().len(), 1);
    }

    async fn a_part_is_replaced_by_who_has_read_it(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let series = vault.series(&place.domain);
        let who = Pseudonym::random();
        series.write(who, &[write("a", 1, 0, b"one")]).await.unwrap();
        let again = series.write(who, &[write("a", 1, 0, b"two")]).await;
        assert!(matches!(again, Err(VaultError::Conflict { .. })));
        // Both or none.
        let both = series.write(who, &[write("a", 2, 0, b"new"), write("a", 1, 7, b"two")]).await;
        assert!(matches!(both, Err(VaultError::Conflict { .. })));
        series.write(who, &[write("a", 1, 1, b"two")]).await.unwrap();
        let read = series.read(&[who], &["a"], 0..=9, &purpose()).await.unwrap();
        assert_eq!((read.len(), read[0].version, read[0].bytes.to_vec()), (1, 2, b"two".to_vec()));
    }

    async fn an_erasure_reaches_every_part(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let series = vault.series(&place.domain);
        let [anna, ben] = [(); 2].map(|()| Pseudonym::random());
        for who in [anna, ben] {
            series.write(who, &[write("a", 1, 0, b"one")]).await.unwrap();
        }
        vault.erase(place.who(anna), &reason()).await.unwrap();
        assert!(series.read(&[anna], &["a"], 0..=9, &purpose()).await.unwrap().is_empty());
        assert!(matches!(series.write(anna, &[write("a", 2, 0, b"two")]).await, Err(VaultError::Erased)));
        assert_eq!(series.read(&[ben], &["a"], 0..=9, &purpose()).await.unwrap().len(), 1);
        assert!(vault.verify(true).await.unwrap().is_whole());
        let sql = "SELECT COUNT(*) FROM series";
        let left: i64 = match on {
            On::Sqlite => sqlx::query_scalar(sql).fetch_one(&sqlx::SqlitePool::connect(&place.records).await.unwrap()).await.unwrap(),
            On::Postgres => sqlx::query_scalar(sql).fetch_one(&sqlx::PgPool::connect(&place.records).await.unwrap()).await.unwrap(),
        };
        assert_eq!(left, 1);
    }

    async fn a_part_that_was_moved_does_not_open(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let series = vault.series(&place.domain);
        let who = Pseudonym::random();
        series.write(who, &[write("a", 1, 0, b"one")]).await.unwrap();
        let sql = "UPDATE series SET part = 2";
        match on {
            On::Sqlite => drop(sqlx::query(sql).execute(&sqlx::SqlitePool::connect(&place.records).await.unwrap()).await.unwrap()),
            On::Postgres => drop(sqlx::query(sql).execute(&sqlx::PgPool::connect(&place.records).await.unwrap()).await.unwrap()),
        }
        let read = series.read(&[who], &["a"], 0..=9, &purpose()).await;
        assert!(matches!(read, Err(VaultError::Tampered { .. })));
    }
}

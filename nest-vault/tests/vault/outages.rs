//! A full disk, a folder that may only be read, and connections that are lost.

use std::path::Path;
use std::process::Command;

use nest_core::Pseudonym;
use nest_vault::VaultError;

use crate::place::{On, Place, purpose};
use crate::records::{Walk, walk};

/// A small file system in memory, unmounted in the end.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    /// `None` where this process may not mount anything.
    fn mount(at: &'a Path) -> Option<Self> {
        std::fs::create_dir(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(at).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(at))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_takes_nothing_in_and_loses_nothing() {
    let mut place = Place::new(On::Sqlite);
    let at = place.path("small");
    let Some(small) = Small::mount(&at) else {
        eprintln!("not tested: a file system cannot be mounted here");
        return;
    };
    place.records = format!("sqlite:{}", at.join("records.db").display());
    nest_vault::init(&place.records, &place.keys, &place.master, place.ledger()).await.unwrap();
    let vault = place.open().await.unwrap();
    let mut kept = Vec::new();
    let full = loop {
        let batch: Vec<_> = (0..200).map(|n| (Pseudonym::random(), walk(n))).collect();
        let borrowed: Vec<_> = batch.iter().map(|(who, walk)| (*who, walk)).collect();
        match vault.put_batch(&place.domain, &borrowed).await {
            Ok(results) => {
                assert!(results.iter().all(Result::is_ok));
                kept.extend(batch);
            }
            Err(error) => break (error, batch),
        }
        assert!(kept.len() < 100_000);
    };
    assert!(matches!(full.0, VaultError::Full), "{:?}", full.0);
    let people: Vec<_> = full.1.iter().map(|(who, _)| *who).collect();
    let half = vault.get_many::<Walk>(&place.domain, &people, &purpose()).await.unwrap();
    assert!(half.iter().all(Option::is_none));
    let people: Vec<_> = kept.iter().map(|(who, _)| *who).collect();
    let whole = vault.get_many::<Walk>(&place.domain, &people, &purpose()).await.unwrap();
    assert!(whole.iter().all(Option::is_some));
    // It goes on when there is room.
    let room = Command::new("mount").args(["-o", "remount,size=16m"]).arg(&at).status().unwrap();
    assert!(room.success());
    vault.put_batch(&place.domain, &[(full.1[0].0, &full.1[0].1)]).await.unwrap()[0].as_ref().unwrap();
    vault.close().await;
    drop(small);
}

/// Rights do not stop root, so the file system itself is made read-only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_may_only_be_read_is_said_to_be_so() {
    let mut place = Place::new(On::Sqlite);
    let at = place.path("small");
    let Some(small) = Small::mount(&at) else {
        eprintln!("not tested: a file system cannot be mounted here");
        return;
    };
    place.records = format!("sqlite:{}", at.join("records.db").display());
    nest_vault::init(&place.records, &place.keys, &place.master, place.ledger()).await.unwrap();
    let vault = place.open().await.unwrap();
    let who = Pseudonym::random();
    vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
    vault.close().await;
    let remount = |options: &str| {
        let status =
            Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&at).status().unwrap();
        assert!(status.success(), "{options}");
    };
    remount("ro");
    let opened = place.open().await;
    assert!(matches!(opened, Err(VaultError::ReadOnly)), "{opened:?}");
    remount("rw");
    let vault = place.open().await.unwrap();
    assert!(vault.get::<Walk>(place.who(who), &purpose()).await.unwrap().is_some());
    vault.put_batch(&place.domain, &[(Pseudonym::random(), &walk(2))]).await.unwrap()[0].as_ref().unwrap();
    vault.close().await;
    drop(small);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_are_made_again() {
    let (place, vault) = Place::with_vault(On::Postgres).await;
    let who = Pseudonym::random();
    vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
    for url in [&place.records, &place.keys] {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        sqlx::raw_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;
    }
    let mut read = vault.get::<Walk>(place.who(who), &purpose()).await;
    for _ in 0..20 {
        match read {
            Ok(_) => break,
            Err(VaultError::Unavailable) => {}
            Err(error) => panic!("{error:?}"),
        }
        read = vault.get::<Walk>(place.who(who), &purpose()).await;
    }
    assert!(read.unwrap().is_some());
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_to_be_missing() {
    let place = Place::new(On::Sqlite);
    assert!(matches!(place.open().await, Err(VaultError::Settings(_))));
    let mut nowhere = Place::new(On::Sqlite);
    nowhere.keys = "postgres://nest@localhost:1/nothing".to_owned();
    assert!(matches!(nowhere.open().await, Err(VaultError::Unavailable)));
    nowhere.keys = "mysql://localhost/keys".to_owned();
    assert!(matches!(nowhere.open().await, Err(VaultError::Database(_))));
}

//! Marked data in every field, every statement failed once: no mark in logs, errors, the access log, the ledger, what the
//! key store tells of itself, or the files of either database.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use nest_core::Pseudonym;
use nest_source::{DataSource as _, Operation, Serves};
use nest_vault::Faults;

use crate::place::{On, Place, on_both, purpose, reason, server};
use crate::records::{Info, Walk, walk, walked};

/// Log lines that hold a mark, and how many lines there were.
static LEAKED: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LINES: AtomicUsize = AtomicUsize::new(0);
/// What no line may hold, beside `MARKED`.
static MARKS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Watch;

impl std::io::Write for Watch {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        LINES.fetch_add(1, Ordering::Relaxed);
        let text = String::from_utf8_lossy(line);
        if text.contains("MARKED") || MARKS.lock().unwrap().iter().any(|mark| text.contains(mark)) {
            LEAKED.lock().unwrap().push(text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that is logged in this process, at every level, also by the drivers.
fn watch_the_logs() {
    let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Watch).finish();
    // The other test has done so.
    let _ = tracing::subscriber::set_global_default(all);
}

/// Files below a folder that hold one of these marks.
fn files_with(marks: &[String], folders: &[std::path::PathBuf]) -> String {
    let output = Command::new("grep")
        .env("LC_ALL", "C")
        .args(["-rlaP", &marks.join("|")])
        .args(folders.iter().filter(|folder| folder.exists()))
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}

/// Where the server keeps a database, its log and its write-ahead log.
async fn folders_of(place: &Place) -> Vec<std::path::PathBuf> {
    let directory = server().directory();
    let mut folders =
        vec![directory.join("data/pg_wal"), directory.join("data/global"), directory.join("log")];
    for url in [&place.records, &place.keys] {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        let (oid,): (i64,) =
            sqlx::query_as("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")
                .fetch_one(&pool)
                .await
                .unwrap();
        // What the search has to find, so that it is known to look in the right place.
        let control = "CREATE TABLE control AS SELECT 'CONTROL-' || 'SHOWN' AS text; CHECKPOINT";
        sqlx::raw_sql(control).execute(&pool).await.unwrap();
        pool.close().await;
        folders.push(directory.join(format!("data/base/{oid}")));
    }
    folders
}

on_both! {
    async fn marks_are_nowhere(on: On) {
        watch_the_logs();
        let (place, vault) = Place::with_vault(on).await;
        vault.close().await;
        let faults = Faults::default();
        let vault = place.builder_with(place.master.clone(), faults.clone()).await.unwrap().open().await.unwrap();
        let info = Info { age: 99, remark: "MARKED-INFO".to_owned() };
        let mut given = walk(4);
        (given.note, given.remark) = ("MARKED-NOTE".to_owned(), "MARKED-REMARK".to_owned());
        let mut said = String::new();
        let mut people = Vec::new();
        let ctx = place.context(Operation::Create);
        for point in 0..40 {
            let [who, teacher, a, b, c] = [(); 5].map(|()| Pseudonym::random());
            people.extend([who, teacher]);
            MARKS.lock().unwrap().extend([who, teacher].map(|who| who.to_hex()));
            let mut outcome = walked(who, teacher, [a, b, c], 5);
            outcome.remark = "MARKED-OUTCOME".to_owned();
            faults.fail_at(point);
            said += &format!("{:?}", vault.create_participant(&ctx, who, info.clone()).await);
            faults.fail_at(0);
            let _ = vault.create_participant(&ctx, who, info.clone()).await;
            faults.fail_at(point);
            said += &format!("{:?}", vault.create_batch(&ctx, vec![(who, given.clone())]).await);
            faults.fail_at(point);
            said += &format!("{:?}", Serves::<Walk>::update(&vault, &ctx, who, given.clone()).await);
            faults.fail_at(point);
            said += &format!("{:?}", Serves::<Walk>::read(&vault, &ctx, who).await.map(drop));
            faults.fail_at(point);
            let put = vault.put_outcome::<Walk>(place.who(who), 0, &outcome).await;
            said += &put.map_or_else(|error| format!("{error} {error:?}"), |version| version.to_string());
            faults.fail_at(point);
            said += &format!("{:?}", Serves::<Walk>::results(&vault, &ctx, teacher, 0).await.map(drop));
            faults.fail_at(point);
            if let Err(error) = vault.export(place.who(who), &purpose()).await {
                said += &format!("{error} {error:?}");
            }
            faults.fail_at(point);
            let run = vault.run("MARKED-RUN", std::time::Duration::from_secs(60));
            if let Err(error) = run.put(1, "share", b"MARKED-SHARE").await {
                said += &format!("{error} {error:?}");
            }
            faults.fail_at(point);
            match vault.erase(place.who(who), &reason()).await {
                Ok(report) => said += &format!("{report:?}"),
                Err(error) => said += &format!("{error} {error:?}"),
            }
            faults.fail_at(0);
        }
        said += &format!("{vault:?} {:?} {:?}", vault.health().await, vault.holds().await);
        vault.close().await;

        let mut marks = vec!["MARKED".to_owned()];
        marks.extend(people.iter().map(Pseudonym::to_hex));
        assert!(!marks.iter().any(|mark| said.contains(mark)), "{said}");
        marks.extend(people.iter().take(8).map(|who| escaped(&who.to_bytes())));
        let mut folders = vec![place.folder().to_owned()];
        if on == On::Postgres {
            folders = [folders, folders_of(&place).await].concat();
            let control = files_with(&["CONTROL-SHOWN".to_owned()], &folders);
            assert!(control.contains("pg_wal") && control.contains("base"), "{control}");
        }
        assert_eq!(files_with(&marks, &folders), "");
        assert!(LINES.load(Ordering::Relaxed) > 100, "nothing was logged");
        let leaked = LEAKED.lock().unwrap();
        assert!(leaked.is_empty(), "{leaked:?}");
    }
}

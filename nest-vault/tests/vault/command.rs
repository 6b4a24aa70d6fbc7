//! The command, as its operator runs it.
#![cfg(feature = "cli")]

use std::process::{Command, Output};

use nest_core::Pseudonym;
use nest_source::{DataSource as _, Operation, RecordError};

use crate::place::{On, Place, on_both};
use crate::records::{info, walk};

fn run(place: &Place, args: &[&str]) -> Output {
    run_with(place, "master.key", args)
}

fn run_with(place: &Place, master: &str, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nest-vault"))
        .args(["--records", &place.records, "--keys", &place.keys])
        .arg("--master")
        .arg(place.path(master))
        .arg("--ledger")
        .arg(place.ledger())
        .arg("--access-log")
        .arg(place.path("access.log"))
        .args(args)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn ends(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    said(output)
}

on_both! {
    async fn a_vault_is_set_up_erased_in_and_finalised(on: On) {
        let mut place = Place::new(on);
        let text = ends(&run(&place, &["status"]), 2);
        assert!(text.contains("nest-vault init"), "{text}");
        ends(&run(&place, &["init"]), 0);
        ends(&run(&place, &["init"]), 2);
        let vault = place.open().await.unwrap();
        let [who, stays] = [(); 2].map(|()| Pseudonym::random());
        for who in [who, stays] {
            vault.register(place.who(who), &info(1)).await.unwrap();
        }
        vault.close().await;
        let status = ends(&run(&place, &["--json", "status"]), 0);
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        assert_eq!(status["masters"][0]["keys"], 2);
        let file = place.path("person.txt");
        std::fs::write(&file, format!("{}\n", who.to_hex())).unwrap();
        let file = file.to_str().unwrap();
        let export = place.path("export.json");
        let to = export.to_str().unwrap();
        let person = ["--domain", "school", "--pseudonym-file", file];
        ends(&run(&place, &[&["export", "--to", to], &person[..]].concat()), 0);
        assert!(std::fs::read_to_string(&export).unwrap().contains("is 1"));
        let erased = ends(&run(&place, &[&["erase"], &person[..]].concat()), 0);
        assert!(erased.contains("until `nest-vault finalise`") && !erased.contains(&who.to_hex()), "{erased}");
        std::fs::write(file, Pseudonym::random().to_hex()).unwrap();
        ends(&run(&place, &[&["erase"], &person[..]].concat()), 1);
        std::fs::write(file, "not a pseudonym").unwrap();
        ends(&run(&place, &[&["erase"], &person[..]].concat()), 2);
        ends(&run(&place, &["verify", "--all"]), 0);
        ends(&run(&place, &["migrate", "--dry-run"]), 0);
        ends(&run(&place, &["reseal", "--suite", "aes-256-gcm-siv"]), 0);
        let new = place.path("next.key");
        let finalised = ends(&run(&place, &["finalise", "--new-master", new.to_str().unwrap()]), 0);
        assert!(finalised.contains(&place.master.id().to_string()), "{finalised}");
        let wrong = ends(&run(&place, &["status"]), 3);
        assert!(wrong.contains("wrong master key"), "{wrong}");
        std::fs::rename(new, place.path("master.key")).unwrap();
        ends(&run(&place, &["status"]), 0);
        std::fs::remove_file(place.ledger()).unwrap();
        let lost = ends(&run(&place, &["status"]), 1);
        assert!(lost.contains("--accept-lost-ledger"), "{lost}");
        ends(&run(&place, &["--accept-lost-ledger", "status"]), 0);
        place.master = nest_vault::Master::file(place.path("master.key")).unwrap();
        let vault = place.open().await.unwrap();
        let ctx = place.context(Operation::Read);
        assert_eq!(vault.read_participant(&ctx, who).await, Err(RecordError::NotFound));
        assert_eq!(vault.read_participant(&ctx, stays).await, Ok(info(1)));
    }

    async fn a_record_is_held_and_released(on: On) {
        let place = Place::new(on);
        ends(&run(&place, &["init"]), 0);
        let vault = place.open().await.unwrap();
        let who = Pseudonym::random();
        vault.put_batch(&place.domain, &[(who, &walk(1))]).await.unwrap()[0].as_ref().unwrap();
        vault.close().await;
        let file = place.path("person.txt");
        std::fs::write(&file, who.to_hex()).unwrap();
        let person = ["--domain", "school", "--pseudonym-file", file.to_str().unwrap()];
        let hold = [&["hold", "--activity", "walk", "--reason", "court"], &person[..]].concat();
        let row: serde_json::Value =
            serde_json::from_str(&ends(&run(&place, &[&["--json"], &hold[..]].concat()), 0)).unwrap();
        let row = row["row"].as_str().unwrap();
        let listed = ends(&run(&place, &["hold", "--list"]), 0);
        assert!(listed.contains(row) && listed.contains("court"), "{listed}");
        let again = ends(&run(&place, &hold), 1);
        assert!(again.contains("on hold"), "{again}");
        let unnamed = ends(&run(&place, &[&["hold"], &person[..]].concat()), 2);
        assert!(unnamed.contains("--activity"), "{unnamed}");
        ends(&run(&place, &["hold", "--activity", "walk"]), 2);
        ends(&run(&place, &[&["hold", "--activity", "swim"], &person[..]].concat()), 1);
        let erased = ends(&run(&place, &[&["--json", "erase"], &person[..]].concat()), 0);
        let erased: serde_json::Value = serde_json::from_str(&erased).unwrap();
        assert_eq!((&erased["records"], &erased["held"]), (&0.into(), &1.into()));
        ends(&run(&place, &["hold", "--release", row]), 0);
        ends(&run(&place, &["hold", "--release", row]), 1);
        ends(&run(&place, &["hold", "--release", "no row"]), 2);
        assert!(!ends(&run(&place, &["hold", "--list"]), 0).contains(row));
        let erased = ends(&run(&place, &[&["--json", "erase"], &person[..]].concat()), 0);
        let erased: serde_json::Value = serde_json::from_str(&erased).unwrap();
        assert_eq!((&erased["records"], &erased["held"]), (&1.into(), &0.into()));
        ends(&run(&place, &["verify", "--all"]), 0);
    }

    async fn a_master_is_rotated_and_ledgers_are_replayed(on: On) {
        let place = Place::new(on);
        ends(&run(&place, &["init"]), 0);
        let vault = place.open().await.unwrap();
        let who = Pseudonym::random();
        vault.register(place.who(who), &info(1)).await.unwrap();
        vault.register(place.who(Pseudonym::random()), &info(2)).await.unwrap();
        vault.close().await;
        let next = place.path("next.key");
        let rotated = ends(&run(&place, &["rotate-master", "--new-master", next.to_str().unwrap()]), 0);
        assert!(rotated.contains("2 keys wrapped anew"), "{rotated}");
        // The old one alone is not enough any more; the new one is.
        let wrong = ends(&run(&place, &["verify", "--all"]), 3);
        assert!(wrong.contains("wrong master key"), "{wrong}");
        ends(&run_with(&place, "next.key", &["verify", "--all"]), 0);
        let finalised = ends(&run_with(&place, "next.key", &["finalise"]), 0);
        assert!(finalised.contains(&place.master.id().to_string()), "{finalised}");
        ends(&run(&place, &["status"]), 3);

        let file = place.path("person.txt");
        std::fs::write(&file, who.to_hex()).unwrap();
        let other = place.path("other.log").display().to_string();
        let erase = ["erase", "--domain", "school", "--pseudonym-file", file.to_str().unwrap()];
        let elsewhere = ["--ledger", &other, "--accept-lost-ledger"];
        ends(&run_other_ledger(&place, &[&elsewhere[..], &erase[..]].concat()), 0);
        ends(&run_with(&place, "next.key", &["replay-ledger", &other]), 0);
        ends(&run_with(&place, "next.key", &["replay-ledger", &other]), 0);
        let ledger = std::fs::read_to_string(place.ledger()).unwrap();
        // Once, however often it is replayed.
        assert_eq!(ledger.lines().filter(|line| line.contains("\"erased\"")).count(), 1, "{ledger}");
        // A line is changed that another follows.
        let text = std::fs::read_to_string(&other).unwrap();
        std::fs::write(&other, text.replacen('{', "{ ", 1)).unwrap();
        ends(&run_with(&place, "next.key", &["replay-ledger", &other]), 3);
        let stranger = Place::new(on);
        ends(&run(&stranger, &["init"]), 0);
        let theirs = stranger.ledger().display().to_string();
        ends(&run_with(&place, "next.key", &["replay-ledger", &theirs]), 3);
        ends(&run_with(&place, "next.key", &["replay-ledger", "/nowhere.log"]), 1);
    }
}

/// With the new master key, and every file named by the arguments.
fn run_other_ledger(place: &Place, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nest-vault"))
        .args(["--records", &place.records, "--keys", &place.keys])
        .arg("--master")
        .arg(place.path("next.key"))
        .arg("--access-log")
        .arg(place.path("access.log"))
        .args(args)
        .output()
        .unwrap()
}

#[test]
fn a_database_that_does_not_answer_is_unavailable() {
    let mut place = Place::new(On::Sqlite);
    place.keys = "postgres://nest@localhost:1/nothing".to_owned();
    let text = ends(&run(&place, &["status"]), 4);
    assert!(text.contains("does not answer"), "{text}");
    let text = ends(&run(&place, &["--json", "status"]), 4);
    let text: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(text["code"], 4);
}

#[test]
fn the_help_shows_examples_and_a_wrong_flag_is_a_usage_error() {
    let command = || Command::new(env!("CARGO_BIN_EXE_nest-vault"));
    let help = command().arg("--help").output().unwrap();
    assert!(ends(&help, 0).contains("Examples:"));
    ends(&command().arg("--pseudonym").output().unwrap(), 2);
    ends(&command().arg("status").env_clear().output().unwrap(), 2);
}

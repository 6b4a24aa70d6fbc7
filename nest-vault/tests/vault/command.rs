//! The command, as its operator runs it.
#![cfg(feature = "cli")]

use std::process::{Command, Output};

use nest_core::Pseudonym;
use nest_source::{DataSource as _, Operation, RecordError};

use crate::place::{On, Place, on_both};
use crate::records::info;

fn run(place: &Place, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nest-vault"))
        .args(["--records", &place.records, "--keys", &place.keys])
        .arg("--master")
        .arg(place.path("master.key"))
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
}

#[test]
fn the_help_shows_examples_and_a_wrong_flag_is_a_usage_error() {
    let command = || Command::new(env!("CARGO_BIN_EXE_nest-vault"));
    let help = command().arg("--help").output().unwrap();
    assert!(ends(&help, 0).contains("Examples:"));
    ends(&command().arg("--pseudonym").output().unwrap(), 2);
    ends(&command().arg("status").env_clear().output().unwrap(), 2);
}

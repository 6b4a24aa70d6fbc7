//! The command, as its operator runs it.
#![cfg(feature = "cli")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Output, Stdio};

use crate::place::{On, on_both};
use crate::world::{BODY, World};

fn command(world: &World) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nest-market"));
    command.args(world.to_args());
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn ends(mut command: Command, code: i32) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    said(&output)
}

on_both! {
    async fn a_market_is_migrated_served_and_verified(on: On) {
        let world = World::new(on).await;
        let body = world.place.folder.join("body.json");
        std::fs::write(&body, BODY).unwrap();
        let with = |args: &[&str]| {
            let mut command = command(&world);
            command.args(args).arg("--steady-source").arg(&body);
            command
        };
        ends(with(&["migrate"]), 0);
        let mut add = with(&["operator", "add", "--name", "ada"]);
        let mut child = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"a long password\n").unwrap();
        assert!(child.wait().unwrap().success());
        let status = ends(with(&["status"]), 0);
        assert!(status.contains("operator") && status.contains("0.00"), "{status}");
        assert!(ends(with(&["ledger", "verify"]), 0).contains("the books are right"));
        assert!(ends(with(&["budget", "export"]), 0).starts_with("person,processor"));
        assert!(ends(with(&["worker", "--once"]), 0).contains("tasks"));
        let checked = ends(with(&["check-query", "SELECT AVG(Body.age)"]), 0);
        assert_eq!(checked.trim(), "SELECT AVG(Body.age)");
        let mistake = ends(with(&["check-query", "SELECT AVG(Body.agee)"]), 1);
        assert!(mistake.contains("^^^^") && mistake.contains("write `age`"), "{mistake}");

        let mut serve = with(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = serve.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening at ").unwrap().to_owned();
        let response = reqwest::get(format!("{url}/market/v1/ready")).await.unwrap();
        assert_eq!(response.status(), 200);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn the_help_shows_examples_and_a_missing_setting_is_named() {
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nest-market"));
        command.env_clear().args(args);
        command
    };
    assert!(ends(run(&["--help"]), 0).contains("Examples:"));
    assert!(ends(run(&["status"]), 2).contains("NEST_MARKET_DATABASE"));
    ends(run(&["--nonsense"]), 2);
}

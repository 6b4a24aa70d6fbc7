//! The command, as processes: three organisations and a relay on this machine.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::data::{Folder, MARKED};

const MANIFEST: &str = r#"{"nest": 1, "name": "Patient", "max_bits": 64, "fields": [
    {"name": "visits", "type": "integer", "min": 0, "max": 400, "uses": ["sum"]}
]}"#;

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(folder: &Folder, args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nest-collab"));
    command.args(args.split_whitespace()).current_dir(folder.path(".")).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(folder: &Folder, args: &str) -> Output {
    command(folder, args).output().unwrap()
}

fn demo(more: &str) -> (Folder, Killed) {
    let folder = Folder::new();
    let made = run(&folder, &format!("demo-config --orgs a,b,c --dir demo {more}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for (place, one) in ["a", "b", "c"].into_iter().enumerate() {
        let rows: Vec<String> = (0..40).map(|row| format!("{}", row + 100 * place)).collect();
        folder.file(&format!("{one}.csv"), format!("visits\n{}\n", rows.join("\n")));
    }
    folder.file("patients.json", MANIFEST);
    let relay = Killed(command(&folder, "relay --config demo/relay.toml").spawn().unwrap());
    (folder, relay)
}

fn sum(folder: &Folder, one: &str, more: &str) -> Command {
    let args = format!(
        "sum --config demo/{one}/node.toml --run patients --data {one}.csv --manifest patients.json --wait 60 \
         --step-wait 30 {more}"
    );
    command(folder, &args)
}

fn told(child: Child) -> (i32, String, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn three_organisations_sum_what_their_files_hold_in_every_mode() {
    let (folder, _relay) = demo("");
    for mode in ["ring", "pairwise", "prio3"] {
        let asked = "--sum visits --count --json";
        let others = ["b", "c"].map(|one| sum(&folder, one, asked).spawn().unwrap());
        let first = sum(&folder, "a", &format!("{asked} --mode {mode} --share")).spawn().unwrap();
        let visits = 3 * (39 * 40 / 2) + 40 * (100 + 200);
        let expected = format!(
            "{{\"run\":\"patients\",\"mode\":\"{mode}\",\"parties\":3,\"contributors\":\"100+\",\
             \"results\":{{\"count\":120,\"visits\":{visits}}}}}\n"
        );
        for child in others.into_iter().chain([first]) {
            let (code, out, err) = told(child);
            assert_eq!((code, out.as_str()), (0, expected.as_str()), "{mode}: {err}");
        }
    }
    // The daemon answers for `b`; the starter alone learns the result.
    let node = "node --config demo/b/node.toml --data b.csv --manifest patients.json --runs 1";
    let node = command(&folder, node).spawn().unwrap();
    let other = sum(&folder, "c", "--count").spawn().unwrap();
    let (code, out, err) = told(sum(&folder, "a", "--count").spawn().unwrap());
    assert_eq!(
        (code, out.as_str()),
        (0, "run patients, pairwise, 3 parties, contributors 100+\ncount 120\n"),
        "{err}"
    );
    let (code, out, err) = told(other);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let (code, _, err) = told(node);
    assert!(code == 0 && err.contains("is done"), "{err}");
    let status = run(&folder, "status --config demo/a/node.toml --json");
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status["runs"].as_array().unwrap().len(), 4);
    assert_eq!(status["peers"].as_array().unwrap().len(), 3);
}

#[test]
fn each_failure_has_its_exit_code_and_a_reason_without_a_value() {
    let (folder, _relay) = demo("");
    // 1: a value outside the manifest stops before anything is sent.
    folder.file("b.csv", format!("visits\n1\n{MARKED}\n"));
    let (code, out, err) = told(sum(&folder, "b", "--sum visits").spawn().unwrap());
    assert!(code == 1 && out.is_empty(), "{code} {err}");
    assert!(err.contains("line 3") && err.contains("visits") && !err.contains(MARKED), "{err}");
    assert!(!folder.path("demo/b/state/runs.jsonl").exists());
    // 1: not for real data.
    let (code, _, err) = told(sum(&folder, "a", "--count --policy none").spawn().unwrap());
    assert!(code == 1 && err.contains("synthetic"), "{code} {err}");
    // 2: a field that was not declared, no settings, an unknown flag.
    let (code, _, err) = told(sum(&folder, "a", "--sum salary").spawn().unwrap());
    assert!([1, 2].contains(&code) && err.contains("salary"), "{code} {err}");
    assert_eq!(run(&folder, "status --config none.toml").status.code(), Some(2));
    assert_eq!(run(&folder, "sum --what").status.code(), Some(2));
    assert_eq!(run(&folder, "--help").status.code(), Some(0));
    // 1: nothing is overwritten.
    let made = run(&folder, "keygen --org a --out new.key");
    let printed = run(&folder, "fingerprint --keys new.key");
    assert_eq!((made.status.code(), &made.stdout), (Some(0), &printed.stdout));
    assert_eq!(run(&folder, "keygen --org a --out new.key").status.code(), Some(1));
    assert_eq!(run(&folder, "demo-config --orgs a,b,c --dir demo").status.code(), Some(1));
    let digits = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(run(&folder, &format!("pin --pins new.toml d {digits}")).status.code(), Some(0));
    assert_eq!(run(&folder, &format!("pin --pins new.toml d {}", "00".repeat(32))).status.code(), Some(1));
    // 3: the file of keys is damaged. 4: no relay.
    std::fs::write(folder.path("demo/c/node.key"), "name = \"c\"").unwrap();
    assert_eq!(run(&folder, "status --config demo/c/node.toml").status.code(), Some(3));
    let settings = std::fs::read_to_string(folder.path("demo/a/node.toml")).unwrap();
    let away = settings.replace("http://127.0.0.1:", "http://127.0.0.1:1#");
    folder.file("demo/a/away.toml", away);
    assert_eq!(run(&folder, "status --config demo/a/away.toml").status.code(), Some(4));
    // 5: the others do not come.
    let alone =
        "sum --config demo/a/node.toml --run alone --data a.csv --manifest patients.json --count --wait 2";
    let (code, out, _) = told(command(&folder, alone).spawn().unwrap());
    assert!([4, 5].contains(&code) && out.is_empty(), "{code}");
}

#[test]
fn no_secret_and_no_value_is_in_what_the_relay_keeps() {
    let (folder, relay) = demo("--synthetic --linker l");
    assert!(folder.path("demo/l/node.toml").exists());
    let asked = "--sum visits --policy none --json";
    let others = ["b", "c"].map(|one| sum(&folder, one, asked).spawn().unwrap());
    let (code, out, err) = told(sum(&folder, "a", &format!("{asked} --mode ring")).spawn().unwrap());
    assert!(code == 0 && out.contains("\"visits\":14340"), "{code} {out} {err}");
    others.into_iter().for_each(|child| assert_eq!(told(child).0, 0));
    drop(relay);
    let secrets: Vec<String> = ["node.key", "token"]
        .iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(folder.path(&format!("demo/a/{file}"))).unwrap();
            let words = text.split(|one: char| !one.is_ascii_hexdigit()).filter(|word| word.len() == 64);
            words.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(secrets.len(), 3);
    let files = ["relay.db", "relay.db-wal", "relay-audit.jsonl"];
    for bytes in
        files.iter().filter_map(|file| std::fs::read(Path::new(&folder.path("demo")).join(file)).ok())
    {
        for word in secrets.iter().map(String::as_bytes).chain([b"visits".as_slice()]) {
            assert!(!bytes.windows(word.len()).any(|window| window == word));
        }
    }
}

//! A stranger opens a record from the page on the format alone, in Python.

use std::process::Command;

use nest_core::Pseudonym;
use nest_vault::Suite;

use crate::place::{On, Place};
use crate::records::{Walk, walk, walked};

/// A Python with `cryptography`: the one of the machine, or one that is made beside the target folder.
fn python() -> String {
    let has = |python: &str| {
        let import = "from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV";
        let tried = Command::new(python).args(["-c", import]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    if has("python3") {
        return "python3".to_owned();
    }
    let folder = std::env::temp_dir().join("nest-vault-python");
    let python = folder.join("bin/python").display().to_string();
    if !has(&python) {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).status().unwrap();
        assert!(made.success(), "install python3 and python3-venv");
        let pip =
            Command::new(&python).args(["-m", "pip", "install", "-q", "cryptography>=45"]).status().unwrap();
        assert!(pip.success(), "`cryptography` cannot be installed");
    }
    python
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_opens_a_record_from_the_page_alone() {
    let (place, vault) = Place::with_vault(On::Sqlite).await;
    let [pupil, teacher, a, b, c] = [(); 5].map(|()| Pseudonym::random());
    let mut given = walk(4_321);
    given.note = "more than one block of text".to_owned();
    vault.put_batch(&place.domain, &[(pupil, &given)]).await.unwrap()[0].as_ref().unwrap();
    let siv = place.builder().await.unwrap().suite(Suite::Aes256GcmSiv).open().await.unwrap();
    let outcome = walked(pupil, teacher, [a, b, c], 77);
    siv.put_outcome::<Walk>(place.who(pupil), 0, &outcome).await.unwrap();
    siv.close().await;
    vault.close().await;
    let read = Command::new(python())
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vault/reader.py"))
        .args(["records.db", "keys.db", "master.key"].map(|name| place.path(name)))
        .args(["school", &pupil.to_hex()])
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    let records: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 2);
    let of = |table: &str| &records.iter().find(|record| record["table"] == table).unwrap()["values"];
    let walk = of("activity_walk");
    assert_eq!((&walk["steps"], &walk["note"]), (&4_321.into(), &given.note.into()));
    assert_eq!((&walk["ground"], &walk["remark"]), (&"Grass".into(), &given.remark.into()));
    let walked = of("outcome_walk");
    assert_eq!((&walked["metres"], &walked["pupil"]), (&77.into(), &pupil.to_hex().into()));
    assert_eq!((&walked["teacher"], &walked["with[2]"]), (&teacher.to_hex().into(), &c.to_hex().into()));
}

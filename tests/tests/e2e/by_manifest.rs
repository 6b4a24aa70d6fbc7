//! A process with the manifest of a record and without its Rust type opens and seals records of a typed process.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use nest_api::prelude::*;
use nest_core::schema::{Manifest, Schema};
use nest_core::value::Value;
use nest_core::{Batch, JsonBatch, JsonRecords, Sealed, SealedJson, SealedPlain, SessionIds, Transcryption};
use nest_testbed::Transcryptors;
use paas_client::auth::{BearerTokenAuth, SystemAuths};
use serde::{Deserialize, Serialize};

use crate::field::{account, domain};

#[derive(Debug, Clone, PartialEq, PepEnum)]
enum ClassType {
    Small,
    Regular,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 12, max_bits = 300)]
struct Lesson {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    class_type: ClassType,
    #[pep(range = 288..=775, absent = 0)]
    reading: Option<u16>,
    #[pep(decimals = 1, range = -40.0..=60.0)]
    outdoor_celsius: f64,
    #[pep(max_bytes = 20)]
    remark: String,
    #[pep(max_len = 3, range = 0..=9)]
    marks: Vec<u8>,
}

fn lesson() -> Lesson {
    Lesson {
        pupil: Pseudonym::random(),
        class_type: ClassType::Regular,
        reading: Some(431),
        outdoor_celsius: 21.5,
        remark: "spoke for the class".to_owned(),
        marks: vec![7, 8],
    }
}

/// What the process without the type is given.
#[derive(Serialize, Deserialize)]
struct Given {
    config: serde_json::Value,
    tokens: Vec<(String, String)>,
    manifest: String,
    domain: String,
    sessions: SessionIds,
    sealed: String,
}

/// What it answers: the text form of some values, and a record that it sealed itself.
#[derive(Serialize, Deserialize)]
struct Answered {
    texts: HashMap<String, String>,
    sessions: SessionIds,
    sealed: String,
}

/// Set in the process that has the manifest only.
const CHILD: &str = "NEST_TEST_HAS_THE_MANIFEST_ONLY";

fn text_of(schema: &'static Schema, name: &str, value: &Value) -> String {
    schema.field(name).unwrap().to_text(value).unwrap()
}

/// Opens the record by its manifest, after transcryption, and seals one of its own.
async fn answer(given: Given) -> Answered {
    let auths = given.tokens.into_iter().map(|(system, token)| (system, BearerTokenAuth::new(token)));
    let config = serde_json::from_value(given.config).unwrap();
    let paas = Paas::connect_plain_http(config, SystemAuths::from_auths(auths.collect())).await.unwrap();
    let schema = Manifest::from_json(&given.manifest).unwrap().schema().unwrap();

    let sealed = SealedPlain::from_json(schema, &given.sealed).unwrap();
    let records = JsonRecords::new(vec![sealed.to_sealed_json().unwrap()]).unwrap();
    let batch = JsonBatch { domain: domain(&given.domain), sessions: given.sessions, records };
    let (batch, session) = paas.transcrypt_json(batch, &domain("nest")).await.unwrap();
    let values: Vec<SealedJson> = batch.records.into_values();
    let sealed = SealedPlain::from_sealed_json(schema, &values[0]).unwrap();
    let mut plain = session.open_plain(schema, &sealed).unwrap();

    let names = ["class_type", "reading", "outdoor_celsius", "remark"];
    let texts = names.map(|name| (name.to_owned(), text_of(schema, name, &plain.get(name).unwrap())));
    assert_eq!(plain.get("marks[1]").unwrap(), Value::Integer(8));
    plain.set("reading", Value::Absent).unwrap();
    plain.set("class_type", schema.field("class_type").unwrap().parse("Small").unwrap()).unwrap();
    let sealed = session.seal_plain(&plain).unwrap().to_json().unwrap();
    Answered { texts: texts.into(), sessions: session.ids().clone(), sealed }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_sealed_by_its_type_opens_by_its_manifest_in_another_process_and_the_other_way_round() {
    if std::env::var_os(CHILD).is_some() {
        let mut given = String::new();
        std::io::stdin().read_to_string(&mut given).unwrap();
        let answered = answer(serde_json::from_str(&given).unwrap()).await;
        println!("\nanswered {}", serde_json::to_string(&answered).unwrap());
        return;
    }
    let transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let school = account(&transcryptors, "school").await;
    let session = school.session().await.unwrap();
    let lesson = lesson();
    let given = Given {
        config: serde_json::to_value(transcryptors.config()).unwrap(),
        tokens: transcryptors.tokens("nest"),
        manifest: Manifest::of(Lesson::SCHEMA).to_json(),
        domain: "school".to_owned(),
        sessions: session.ids().clone(),
        sealed: serde_json::to_string(&session.seal(&lesson).unwrap()).unwrap(),
    };

    let name = "by_manifest::a_record_sealed_by_its_type_opens_by_its_manifest_in_another_process_and_the_other_way_round";
    let answered = tokio::task::spawn_blocking(move || {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(CHILD, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let given = serde_json::to_vec(&given).unwrap();
        child.stdin.take().unwrap().write_all(&given).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "the other process failed");
        String::from_utf8(output.stdout).unwrap()
    });
    let answered = answered.await.unwrap();
    let json = answered.lines().find_map(|line| line.strip_prefix("answered ")).unwrap();
    let answered: Answered = serde_json::from_str(json).unwrap();

    let expected = [
        ("class_type", "Regular"),
        ("reading", "431"),
        ("outdoor_celsius", "21.5"),
        ("remark", "spoke for the class"),
    ];
    for (name, text) in expected {
        assert_eq!(answered.texts[name], text);
    }
    // Back in the school, under the pseudonym of before.
    let sealed: Sealed<Lesson> = serde_json::from_str(&answered.sealed).unwrap();
    let batch = Batch::from_sealed(domain("nest"), answered.sessions, vec![sealed]);
    let (batch, session) = school.transcrypt(batch, &domain("school")).await.unwrap();
    let read = batch.open(&session).remove(0).unwrap();
    assert_eq!(read, Lesson { reading: None, class_type: ClassType::Small, ..lesson });
}

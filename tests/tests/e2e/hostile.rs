//! Hostile requests, each with its one answer. None makes the server panic, hang, grow or fail, and after each the
//! server answers a good request.

use std::io::Write;
use std::time::Duration;

use libpep::data::simple::{Attribute, ElGamalEncryptable};
use nest_api::prelude::*;
use nest_api::{DataSourceApiBuilder, Mode};
use nest_core::schema::Schema;
use nest_core::{InProcess, Transcryption};
use serde_json::{Value, json};
use tokio::sync::MutexGuard;

use crate::blocks::{self, TAG, WHO, block, compact_of, with_block};
use crate::field::{message, tag_of, text};
use crate::in_memory_source::{FINE, InMemorySource, Member, Swim, Walk};
use crate::raw_request::Expect::{self, Answer, Problem};
use crate::raw_request::{
    Case, Send, TURN, chunked, compact, count_panics, json, most_memory, request, sends, try_all,
};
use crate::server_fixture::{ServerFixture, asks, given, member, path};

/// There are few places, so that a place that is not given back is missed soon.
pub(crate) fn few_places(
    builder: DataSourceApiBuilder<InMemorySource, Paas>,
) -> DataSourceApiBuilder<InMemorySource, Paas> {
    builder.activity::<Swim>().body_timeout(Duration::from_secs(1)).requests_at_once(4)
}

pub(crate) async fn fixture() -> (ServerFixture, MutexGuard<'static, ()>) {
    let turn = TURN.lock().await;
    count_panics();
    (ServerFixture::with(few_places).await, turn)
}

pub(crate) fn progress() -> String {
    path("walk", Operation::Progress, Mode::Batch)
}

const WRONG_SHAPE: Expect = Problem(422, "wrong-shape");

/// A good message about two members, to be spoilt.
pub(crate) async fn good(fixture: &ServerFixture) -> Value {
    let who = fixture.members(2).await;
    serde_json::from_slice(&fixture.request("walk", &asks("walk", Operation::Progress, &who)).await).unwrap()
}

fn changed(message: &Value, pointer: &str, value: impl Into<Value>) -> Value {
    let mut message = message.clone();
    *message.pointer_mut(pointer).unwrap() = value.into();
    message
}

fn with(message: &Value, pointer: &str, value: impl Into<Value>) -> Vec<u8> {
    text(&changed(message, pointer, value)).into_bytes()
}

/// A message in both of its forms, which say the same.
fn in_both_forms(path: &str, what: &str, message: &Value, expect: Expect) -> [Case; 2] {
    let compact = compact(path, &blocks::compact(message));
    [
        sends(what, json(path, text(message).as_bytes()), expect),
        sends(format!("{what}, compact"), compact, expect),
    ]
}

fn nested(open: &str, close: &str, times: usize) -> String {
    format!("{}{}", open.repeat(times), close.repeat(times))
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_message() {
    let (fixture, _turn) = fixture().await;
    try_all(&fixture, no_messages(&fixture).await).await;
    assert_eq!(fixture.inside.kept().walks.len(), 0);
}

/// Bodies that are no message.
pub(crate) async fn no_messages(fixture: &ServerFixture) -> Vec<Case> {
    let good = good(fixture).await;
    let whole = text(&good);
    let path = progress();
    let body = |what, body: &[u8], expect| sends(what, json(&path, body), expect);
    let first = good["batch"]["records"][0].as_str().unwrap();
    let inside = |value: &str| whole.replacen(&format!("\"{first}\""), value, 1);
    let shape = good["batch"]["shape"].as_str().unwrap();
    let other_shape = Walk::SCHEMA.shape_fingerprint().to_string();
    let libpep = fixture
        .nest
        .session()
        .await
        .unwrap()
        .seal(&asks("walk", Operation::Progress, &[fixture.members(1).await[0]])[0]);
    let libpep = serde_json::to_string(&libpep.unwrap()).unwrap();
    let item = "/batch/records/1";
    let mut wrong_text = whole.clone().into_bytes();
    let at = whole.find("walk").unwrap();
    wrong_text[at] = 0xff;
    let deep = [nested("[", "]", 10_000), nested("{\"a\":", "}", 10_000).replace(":}", ":1}")];
    vec![
        body("no body", b"", Problem(400, "invalid-json")),
        body("JSON cut off", &whole.as_bytes()[..whole.len() / 2], Problem(400, "invalid-json")),
        body("JSON with something behind it", format!("{whole}]").as_bytes(), Problem(400, "invalid-json")),
        body("bytes that are no UTF-8", &[0xff, 0xfe, 0x00], Problem(400, "invalid-json")),
        body("a text that is no UTF-8", &wrong_text, WRONG_SHAPE),
        body("10,000 arrays in each other", deep[0].as_bytes(), Problem(400, "nested-too-deeply")),
        body("10,000 objects in each other", deep[1].as_bytes(), Problem(400, "nested-too-deeply")),
        body("10,000 arrays not closed", "[".repeat(10_000).as_bytes(), Problem(400, "nested-too-deeply")),
        body("10,000 arrays in a record", inside(&deep[0]).as_bytes(), Problem(400, "nested-too-deeply")),
        body("10,000 objects in a record", inside(&deep[1]).as_bytes(), Problem(400, "nested-too-deeply")),
        body("16 MiB of brackets", "[".repeat(16 << 20).as_bytes(), Problem(400, "nested-too-deeply")),
        body("a key twice", whole.replacen('{', "{\"at\":1,", 1).as_bytes(), WRONG_SHAPE),
        body("a key too many", whole.replacen('{', "{\"b\":1,", 1).as_bytes(), WRONG_SHAPE),
        body(
            "a shape twice",
            whole.replacen("\"shape\":", "\"shape\":\"\",\"shape\":", 1).as_bytes(),
            WRONG_SHAPE,
        ),
        body(
            "a session twice",
            whole
                .replacen("\"transcryptor-1\":", "\"transcryptor-1\":\"a\",\"transcryptor-1\":", 1)
                .as_bytes(),
            WRONG_SHAPE,
        ),
        body("no shape", whole.replacen("\"shape\":", "\"form\":", 1).as_bytes(), WRONG_SHAPE),
        body("the shape of another record", &with(&good, "/batch/shape", other_shape), WRONG_SHAPE),
        body("a shape in capitals", &with(&good, "/batch/shape", shape.to_uppercase()), WRONG_SHAPE),
        body("a shape that is none", &with(&good, "/batch/shape", "0"), WRONG_SHAPE),
        body("a shape of 1 MB", &with(&good, "/batch/shape", "0".repeat(1 << 20)), WRONG_SHAPE),
        body("a record in libpep's JSON", inside(&libpep).as_bytes(), WRONG_SHAPE),
        body(
            "a record with a name beside it",
            inside(&format!("{{\"name\":\"{first}\"}}")).as_bytes(),
            WRONG_SHAPE,
        ),
        body("a record of no block", &with(&good, item, ""), WRONG_SHAPE),
        body("a record of a block less", &with(&good, item, &first[..86]), WRONG_SHAPE),
        body("a record of a block more", &with(&good, item, format!("{first}{}", &first[..85])), WRONG_SHAPE),
        body("a record without its last letter", &with(&good, item, &first[..170]), WRONG_SHAPE),
        body("a record with padding", &with(&good, item, format!("{first}=")), WRONG_SHAPE),
        body("a record in another alphabet", &with(&good, item, format!("+/{}", &first[2..])), WRONG_SHAPE),
        body("a record with a line break", &with(&good, item, format!("{}\n", &first[..170])), WRONG_SHAPE),
        body("bits to spare that are set", &with(&good, item, format!("{}B", &first[..170])), WRONG_SHAPE),
        body("a record of 1 MB", &with(&good, item, "A".repeat(1 << 20)), WRONG_SHAPE),
        body("16 MB of records of a letter", &with(&good, "/batch/records", vec!["A"; 4 << 20]), WRONG_SHAPE),
        body("a record that is null", &with(&good, item, Value::Null), WRONG_SHAPE),
        body("a minute with seconds", &with(&good, "/at", "2026-03-15T14:30:59Z"), WRONG_SHAPE),
        sends(
            "another content type",
            request(
                &path,
                &format!("Content-Type: text/plain\r\nContent-Length: {}\r\n", whole.len()),
                whole.as_bytes(),
            ),
            Problem(415, "unsupported-media-type"),
        ),
        sends(
            "a compressed body",
            request(
                &path,
                "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n",
                &[0x1f, 0x8b, 8, 0],
            ),
            Problem(400, "invalid-json"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn compact_bodies_that_are_no_message() {
    let (fixture, _turn) = fixture().await;
    let good = good(&fixture).await;
    let path = progress();
    let whole = blocks::compact(&good);
    let (_, head_and_blocks) = whole.split_at(4);
    let (head, ends) = head_and_blocks.split_at(whole.len() - 4 - 4 * 64);
    let head: Value = serde_json::from_slice(head).unwrap();
    let other_shape = Walk::SCHEMA.shape_fingerprint().to_string();
    let with_head = |pointer: &str, value: Value| compact_of(&changed(&head, pointer, value), ends);
    let without = |part: &str| {
        let mut head = head.clone();
        head.as_object_mut().unwrap().remove(part);
        compact_of(&head, ends)
    };
    let mut long_head = whole.clone();
    long_head[..4].copy_from_slice(&[0xff; 4]);
    let mut planted = head.clone();
    planted["name"] = "anna".into();
    let deep = nested("[", "]", 10_000);
    let bodies = [
        ("no body", Vec::new()),
        ("a length of a head, cut off", whole[..3].to_vec()),
        ("a head that is cut off", whole[..40].to_vec()),
        ("a head longer than the body", long_head),
        ("a block cut off", whole[..whole.len() - 1].to_vec()),
        ("a block less", whole[..whole.len() - 64].to_vec()),
        ("a record less", whole[..whole.len() - 128].to_vec()),
        ("a byte more", [whole.as_slice(), &[0]].concat()),
        ("a record more", [whole.as_slice(), &[0; 128]].concat()),
        ("a record more than there are", with_head("/records", 3.into())),
        ("as many records as there can be", with_head("/records", u64::MAX.into())),
        ("fewer than none", with_head("/records", (-1).into())),
        ("the shape of another record", with_head("/shape", other_shape.into())),
        ("a shape that is none", with_head("/shape", "".into())),
        ("no shape", without("shape")),
        ("no sessions", without("sessions")),
        ("a key too many", compact_of(&planted, ends)),
        ("10,000 arrays in the head", [&20_000_u32.to_be_bytes(), deep.as_bytes(), ends].concat()),
        ("the JSON form", text(&good).into_bytes()),
    ];
    let cases = bodies.iter().map(|(what, body)| sends(*what, compact(&path, body), WRONG_SHAPE));
    try_all(&fixture, cases.collect()).await;
    try_all(
        &fixture,
        vec![sends("the compact form as JSON", json(&path, &whole), Problem(400, "invalid-json"))],
    )
    .await;
    try_all(&fixture, vec![sends("the good one", compact(&path, &whole), Answer)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_not_what_they_seem() {
    let (fixture, _turn) = fixture().await;
    let good = good(&fixture).await;
    let path_of = |subject, operation| path(subject, operation, Mode::Batch);
    let path = progress();
    // Elements of the group, as a ciphertext has two.
    let point = |first: [u8; 32], second: [u8; 32]| {
        let mut block = [0; 64];
        block.as_chunks_mut::<32>().0.copy_from_slice(&[first, second]);
        block
    };
    let (neutral, mut odd) = ([0; 32], [0; 32]);
    odd[0] = 1;
    let real = *block(&good, 0, TAG).last_chunk::<32>().unwrap();
    // A block that anybody can make without a key. Beside a neutral share it opens as it is, under every key.
    let mut number = [7; 16];
    number[0] = 0;
    number[1..9].copy_from_slice(&tag_of("walk", Operation::Progress, 0, 0).to_be_bytes());
    let encoded = Attribute::from_lizard(&number).to_bytes();

    let stranger = InProcess::new(2).session().await.unwrap();
    let who = fixture.members(2).await;
    let questions = asks("walk", Operation::Progress, &who);
    let foreign: Value = serde_json::from_slice(&message("walk", "nest", &stranger, &questions)).unwrap();
    let swapped = with_block(&good, 0, TAG, block(&good, 1, TAG));
    let swapped = with_block(&swapped, 1, TAG, block(&good, 0, TAG));
    let crossed = with_block(&good, 0, TAG, block(&good, 0, WHO));
    let crossed = with_block(&crossed, 0, WHO, block(&good, 0, TAG));
    let mut addressed = good.clone();
    addressed["to"] = "nest".into();
    let mut one_session = good.clone();
    one_session["batch"]["sessions"].as_object_mut().unwrap().remove("transcryptor-2");
    let sessions = |id: &str| json!({"transcryptor-1": id, "transcryptor-2": id});
    let meaning = |schema: &'static Schema| schema.meaning_fingerprint().to_string();
    let renamed = with(&changed(&good, "/meaning", meaning(Swim::SCHEMA)), "/activity", "swim");
    let as_person = changed(&good, "/meaning", meaning(Member::SCHEMA));
    let as_walk = with(&good, "/meaning", meaning(Walk::SCHEMA));
    let good_bytes = text(&good).into_bytes();
    let empty: Value =
        serde_json::from_slice(&fixture.request::<crate::field::Ask>("walk", &[]).await).unwrap();
    let empty = with(&empty, "/meaning", good["meaning"].clone());
    let mut other_version = given("participants", Operation::Create, &who, |_| member(FINE));
    other_version[0].tag ^= 1 << 22;
    let other_version = fixture.request("participants", &other_version).await;

    const UNREADABLE: Expect = Problem(422, "item-unreadable");
    /// Points are looked at by those who calculate with them: the transcryptors come first.
    const NO_POINT: Expect = Problem(422, "transcryption-refused");
    let sealed_elsewhere = changed(&good, "/batch/sessions", sessions("nest_never"));
    let others = serde_json::to_value(fixture.account.session().await.unwrap().ids()).unwrap();
    let other_keys = changed(&foreign, "/batch/sessions", good["batch"]["sessions"].clone());
    let one_twice = changed(&good, "/batch/records/1", good["batch"]["records"][0].clone());
    let one_foreign = changed(&good, "/batch/records/1", foreign["batch"]["records"][0].clone());
    let spoilt = |place, first: [u8; 32], second: [u8; 32]| with_block(&good, 0, place, point(first, second));
    let messages = [
        ("a domain that the source has not", addressed, Problem(422, "unknown-domain")),
        (
            "from a domain that nobody may receive from",
            changed(&good, "/batch/domain", "nowhere"),
            Problem(403, "forbidden"),
        ),
        ("no session at a transcryptor", one_session, Problem(422, "unknown-session")),
        ("a session that never was", sealed_elsewhere, UNREADABLE),
        ("a session of another party", changed(&good, "/batch/sessions", others), UNREADABLE),
        ("ciphertexts of other keys", other_keys, UNREADABLE),
        ("one such among good ones", one_foreign, UNREADABLE),
        ("one in the place of another", one_twice, UNREADABLE),
        ("a point that is none", spoilt(TAG, odd, real), NO_POINT),
        ("a pseudonym that is no point", spoilt(WHO, [0xff; 32], real), NO_POINT),
        ("the neutral element as a number", spoilt(TAG, neutral, neutral), UNREADABLE),
        ("the neutral element as a pseudonym", spoilt(WHO, neutral, neutral), UNREADABLE),
        ("a tag that opens under every key", spoilt(TAG, neutral, encoded), UNREADABLE),
        ("the neutral element as half of a number", spoilt(TAG, neutral, real), UNREADABLE),
        ("a number and a pseudonym exchanged", crossed, UNREADABLE),
    ];
    let both = |(what, message, expect)| in_both_forms(&path, what, &message, expect);
    try_all(&fixture, messages.into_iter().flat_map(both).collect()).await;
    let refused = vec![
        sends(
            "to another operation",
            json(&path_of("walk", Operation::Results), &good_bytes),
            Problem(422, "wrong-meaning"),
        ),
        sends(
            "to another operation, under its meaning",
            json(&path_of("walk", Operation::Results), &as_walk),
            UNREADABLE,
        ),
        sends(
            "to the participants",
            json(&path_of("participants", Operation::Read), &with(&as_person, "/activity", "participants")),
            UNREADABLE,
        ),
        sends(
            "a record of another version, under this one's meaning",
            json(&path_of("participants", Operation::Create), &other_version),
            UNREADABLE,
        ),
        sends(
            "to another activity",
            json(&path_of("swim", Operation::Progress), &good_bytes),
            Problem(422, "wrong-activity"),
        ),
        sends(
            "to another activity, under its name",
            json(&path_of("swim", Operation::Progress), &renamed),
            UNREADABLE,
        ),
        sends(
            "to an activity that is none",
            json("/api/v1/activities/run/progress_batch", &good_bytes),
            Problem(404, "not-found"),
        ),
        sends(
            "to what the source does not do",
            json(&path_of("swim", Operation::Delete), &good_bytes),
            Problem(501, "not-supported"),
        ),
        sends(
            "none, where one is asked for",
            json(&path.replace("_batch", ""), &empty),
            Problem(422, "not-single"),
        ),
        sends(
            "two, where one is asked for",
            json(&path.replace("_batch", ""), &good_bytes),
            Problem(422, "not-single"),
        ),
    ];
    try_all(&fixture, refused).await;
    let messages = [
        ("once", good.clone(), Answer),
        ("the same message again", good.clone(), Answer),
        // Each block is the sender's own: it could have sealed them so. The platform's client sees that the
        // tickets are not those of these participants.
        ("blocks of two items exchanged", swapped, Answer),
        // Whom the transcryptors let the source receive from, unless the caller is held to its own domains. In
        // another domain the same pseudonyms are other people.
        ("from another party's domain", changed(&good, "/batch/domain", "other"), Answer),
        ("an empty batch", serde_json::from_slice(&empty).unwrap(), Answer),
    ];
    try_all(&fixture, messages.into_iter().flat_map(both).collect()).await;
}

/// Sends a hundred megabytes in chunks.
fn endless(path: &str) -> Send {
    let head = chunked(path, b"");
    Box::new(move |connection| {
        connection.write_all(&head)?;
        let mut chunk = b"10000\r\n".to_vec();
        chunk.extend_from_slice(&[b' '; 0x10000]);
        chunk.extend_from_slice(b"\r\n");
        for _ in 0..1600 {
            connection.write_all(&chunk)?;
        }
        connection.write_all(b"0\r\n\r\n")
    })
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_take_no_memory() {
    let _turn = TURN.lock().await;
    count_panics();
    let fixture = ServerFixture::with(|builder| builder.max_body_bytes(1 << 20)).await;
    let path = progress();
    fixture.works().await;
    most_memory();
    fixture.works().await;
    let before = most_memory();
    let announced = "Content-Type: application/json\r\nContent-Length: 104857600\r\n";
    let large = Problem(413, "body-too-large");
    let four =
        (0..4).map(|_| Case { what: "100 MB in chunks".to_owned(), sends: endless(&path), expect: large });
    let mut cases: Vec<Case> = four.collect();
    cases.push(sends("100 MB announced", request(&path, announced, b"{"), large));
    let expecting = format!("{announced}Expect: 100-continue\r\n");
    cases.push(sends("100 MB asked for leave", request(&path, &expecting, b""), large));
    try_all(&fixture, cases).await;
    let after = most_memory();
    // The limit of a body is 1 MiB. Tests of other files may run in this process.
    assert!(after < before + 60, "{before} MiB, then {after} MiB");
}

//! The upstream door, called by the message types of the upstream crate itself.

use std::collections::{BTreeSet, HashMap};

use libpep::data::json::PEPJSONValue;
use libpep::data::simple::{Attribute, ElGamalEncryptable};
use nest_api::AuditLog;
use nest_api::prelude::*;
use nest_core::{SealedJson, Session, SessionIds, Transcryption};
use nest_data_source_api::batch_messages::{Record, StatusCode};
use nest_upstream::UpstreamDoor;
use serde_json::{Value, json};

use crate::field::{Answered, TOKEN, account, post, send, shape};
use crate::server_fixture::TempFile;
use crate::upstream_fixture::{Upstream, about, day, id, pack, upstream_client};

const OPERATIONS: [&str; 6] =
    ["create_batch", "update_batch", "delete_batch", "details_batch", "progress_batch", "result_batch"];

fn assert_problem(answer: &Answered, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.json()["code"], code);
}

/// The one code and data in all answers.
fn one_for_all(answers: HashMap<String, (StatusCode, Value)>, people: usize) -> (StatusCode, Value) {
    assert_eq!(answers.len(), people);
    let mut answers: Vec<_> = answers.into_values().collect();
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    answers.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_done_for_a_platform_that_is_built_on_upstream() {
    let mut field = Upstream::new().await;
    let done = json!({"done": 0});
    let (short, long) = (day("fine"), day("a text that is longer than three whole blocks of 16 bytes"));
    let steps = [
        ("progress_batch", Value::Null, StatusCode::NotFound, json!({"days": 0})),
        ("create_batch", short.clone(), StatusCode::Ok, done.clone()),
        ("create_batch", short.clone(), StatusCode::BadRequest, done.clone()),
        ("details_batch", json!({}), StatusCode::Ok, short.clone()),
        ("update_batch", long.clone(), StatusCode::Ok, done.clone()),
        ("details_batch", json!({"page": "ignored"}), StatusCode::Ok, long.clone()),
        ("progress_batch", json!([1, 2]), StatusCode::Ok, json!({"days": 1})),
        ("result_batch", Value::Null, StatusCode::Ok, long.clone()),
        ("result_batch", json!({"anything": "else"}), StatusCode::Ok, long.clone()),
        ("result_batch", json!({"page": 1}), StatusCode::Ok, long),
        ("delete_batch", Value::Null, StatusCode::Ok, done.clone()),
        ("delete_batch", Value::Null, StatusCode::NotFound, done),
    ];
    for (path, asked, code, answered) in steps {
        let answers = field.ask((path, "day"), about(8, &asked)).await;
        assert_eq!(one_for_all(answers, 8), (code, answered), "{path} {asked}");
    }
    for (page, code) in [(2, StatusCode::NotFound), (65_536, StatusCode::BadRequest)] {
        let answers = field.ask(("result_batch", "day"), about(1, &json!({"page": page}))).await;
        assert_eq!(one_for_all(answers, 1).0, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_eight_succeed_and_nobody_on_the_way_can_tell() {
    let log = TempFile::new();
    let mut field = Upstream::with(|builder| {
        builder.upstream_door().audit_log(AuditLog::open(&log.0).unwrap().sync_each_line(false))
    })
    .await;
    let answers = field.ask(("create_batch", "day"), about(10, &day("fine"))).await;
    for number in 0..10 {
        let code = if number < 8 { StatusCode::Ok } else { StatusCode::NotFound };
        assert_eq!(answers[&id(number)].0, code, "{number}");
    }
    let nowhere = field.pack("nowhere", about(1, &Value::Null));
    assert_problem(&field.post("details_batch", &nowhere).await, 404, "not-found");
    let lines: Vec<Value> = log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kept = |line: &Value| {
        ["caller", "operation", "activity", "domain", "records", "failed", "outcome"]
            .map(|key| line[key].clone())
    };
    let expected = [
        json!(["nest", "create", "day", "nest", 10, 2, "ok"]),
        json!(["nest", "read", "unknown", null, 0, 0, "not-found"]),
    ];
    assert_eq!(lines.iter().map(|line| json!(kept(line))).collect::<Vec<_>>(), expected);

    // Neither the shape nor the length of an answer says how many failed.
    for path in ["details_batch", "progress_batch", "result_batch", "delete_batch"] {
        let none_known = field.pack("day", (100..110).map(|n| Record::ok(id(n), Value::Null)).collect());
        let some_known = field.pack("day", about(10, &Value::Null));
        let (none, some) = (field.post(path, &none_known).await, field.post(path, &some_known).await);
        assert_eq!(shape(&none.json()), shape(&some.json()), "{path}");
        assert_eq!(none.body.len(), some.body.len(), "{path}");
        let found = field.unpack(&some).await;
        assert_eq!(found.iter().filter(|said| said.result_code == StatusCode::Ok).count(), 8, "{path}");
        // The answer says where it comes from and who it is for.
        let said = some.json();
        assert_eq!((&said["domain"], &said["domain_to"]), (&json!("school"), &json!("nest")));
        assert_eq!(said["activity"], "day");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_a_batch_are_padded_to_its_longest_and_come_back_each() {
    let mut field = Upstream::new().await;
    let notes = ["", "short", "exactly 15 byte", "exactly 16 bytes", &"é".repeat(30), "a zero at its end\0"];
    for (path, most) in [("create_batch", 3), ("update_batch", 6)] {
        let give = |number: usize| Record::ok(id(number), day(notes[number % most]));
        let answers = field.ask((path, "day"), (0..8).map(give).collect()).await;
        assert_eq!(one_for_all(answers, 8).0, StatusCode::Ok);
        let answers = field.ask(("details_batch", "day"), about(8, &Value::Null)).await;
        for number in 0..8 {
            assert_eq!(answers[&id(number)].1, day(notes[number % most]), "{number}");
        }
    }
    // One that is too long fails alone, though it makes all others longer.
    let too_long = Record::ok(id(1), day(&"a".repeat(61)));
    let records = vec![Record::ok(id(0), day("fine")), too_long, Record::ok(id(2), day(""))];
    let answers = field.ask(("update_batch", "day"), records).await;
    let codes = [0, 1, 2].map(|number| answers[&id(number)].0);
    assert_eq!(codes, [StatusCode::Ok, StatusCode::BadRequest, StatusCode::Ok]);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_does_not_fit_fails_by_itself() {
    let mut field = Upstream::new().await;
    let with = |pointer: &str, value: Value| {
        let mut day = day("fine");
        *day.pointer_mut(pointer).unwrap() = value;
        day
    };
    let mut extra = day("fine");
    extra["anna"] = json!(1);
    let mut missing = day("fine");
    missing.as_object_mut().unwrap().remove("mood");
    let wrong = [
        Value::Null,
        json!([]),
        json!({}),
        extra,
        missing,
        with("/rested", Value::Null),
        with("/rested", json!(1)),
        with("/mood", json!(1)),
        with("/mood", json!("High")),
        with("/coffee", json!(3)),
        with("/slept", json!(26)),
        with("/slept", json!(8.0)),
        with("/degrees", json!(1e300)),
        with("/degrees", json!(36.55)),
        with("/word", json!(7)),
        with("/marks", json!([9, 1])),
        with("/marks/count", json!(3)),
        with("/marks/items", json!([9, 9])),
    ];
    for data in wrong {
        let answers = field.ask(("create_batch", "day"), about(2, &data)).await;
        let said = one_for_all(answers, 2);
        assert_eq!(said, (StatusCode::BadRequest, json!({"done": 0})), "{data}");
    }
    let answers = field.ask(("progress_batch", "day"), about(2, &Value::Null)).await;
    assert_eq!(one_for_all(answers, 2).0, StatusCode::NotFound);
    // A whole number may stand for a decimal, and `true` for what may be absent.
    let mut whole = with("/degrees", json!(37));
    whole["coffee"] = json!(true);
    let answers = field.ask(("create_batch", "day"), about(1, &whole)).await;
    assert_eq!(one_for_all(answers, 1).0, StatusCode::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn pseudonyms_in_a_record_leave_and_cannot_come() {
    let mut field = Upstream::new().await;
    let answers = field.ask(("result_batch", "meeting"), about(2, &Value::Null)).await;
    for number in 0..2 {
        assert_eq!(answers[&id(number)], (StatusCode::Ok, json!({"with": id(number), "long": true})));
    }
    let answers =
        field.ask(("create_batch", "meeting"), about(2, &json!({"with": id(1), "long": true}))).await;
    assert_eq!(one_for_all(answers, 2).0, StatusCode::BadRequest);
    let request = field.pack("meeting", about(1, &Value::Null));
    let answer = field.post("details_batch", &request).await;
    assert_problem(&answer, 501, "not-supported");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_is_one_pseudonym_however_it_is_written() {
    let mut field = Upstream::new().await;
    let random = Pseudonym::random().to_hex();
    let records = [id(0), random.clone()].map(|id| Record::ok(id, day("fine"))).to_vec();
    let answers = field.ask(("create_batch", "day"), records).await;
    assert_eq!(answers[&id(0)].0, StatusCode::Ok);
    assert_eq!(answers[&random].0, StatusCode::NotFound);

    // One long id makes all of its batch long.
    for long in ["an id of 16 bytes".to_owned(), random.repeat(2)] {
        let request = field.pack("day", vec![Record::ok(id(0), json!(1)), Record::ok(long, json!(1))]);
        assert_problem(&field.post("progress_batch", &request).await, 422, "wrong-shape");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_as_a_whole() {
    let mut field = Upstream::with(|builder| builder.upstream_door().max_records(3)).await;
    let whole = serde_json::to_value(field.pack("day", about(2, &json!({"a": 1})))).unwrap();
    let with = |pointer: &str, value: Value| {
        let mut request = whole.clone();
        *request.pointer_mut(pointer).unwrap() = value;
        request
    };
    let other_shape = serde_json::to_value(field.pack("day", about(1, &json!({"a": "x"})))).unwrap();
    let mut extra = whole.clone();
    extra["at"] = json!("2026-03-15T14:30:00Z");
    let mut planted = whole.clone();
    planted["record"][0]["data"]["anna"] = json!({"type": "Null"});
    planted["record"][1]["data"]["anna"] = json!({"type": "Null"});
    let mut deep = json!({"type": "Null"});
    for _ in 0..50 {
        deep = json!({"type": "Array", "data": [deep]});
    }
    let mut nested = whole.clone();
    nested["record"][0]["data"]["extra_data"] = deep.clone();
    nested["record"][1]["data"]["extra_data"] = deep;
    let four = serde_json::to_value(field.pack("day", about(4, &Value::Null))).unwrap();
    for (request, status, code) in [
        (json!(null), 422, "wrong-shape"),
        (json!({}), 422, "wrong-shape"),
        (with("/activity", json!("unknown")), 404, "not-found"),
        (with("/activity", json!("participants")), 404, "not-found"),
        (with("/activity", json!(7)), 422, "wrong-shape"),
        (with("/domain_to", json!("elsewhere")), 422, "unknown-domain"),
        (with("/domain_to", json!("")), 422, "wrong-shape"),
        (with("/domain", json!("")), 422, "wrong-shape"),
        (with("/domain", json!("strangers")), 403, "forbidden"),
        (with("/sessions", json!("")), 422, "wrong-shape"),
        (with("/sessions", json!("e30=")), 422, "wrong-shape"),
        (with("/sessions", json!("eyJ0IjogIm5lc3RfMSJ9")), 422, "unknown-session"),
        (with("/record/0", other_shape["record"][0].clone()), 422, "wrong-shape"),
        (with("/record/0", json!({"type": "Null"})), 422, "wrong-shape"),
        (with("/record", json!([{"type": "Null"}])), 422, "wrong-shape"),
        (extra, 422, "wrong-shape"),
        (planted, 422, "wrong-shape"),
        (nested, 400, "nested-too-deeply"),
        (four, 413, "too-many-records"),
    ] {
        let answer = field.post("progress_batch", &request).await;
        assert_problem(&answer, status, code);
    }
    let empty = field.post("progress_batch", &with("/record", json!([]))).await;
    assert_eq!(field.unpack(&empty).await.len(), 0);
    for body in ["", "{", "[[[[", "\"day\"x"] {
        let answer = send(post(&field.url, "/api/activities/progress_batch", body)).await;
        assert_problem(&answer, 400, "invalid-json");
    }
    let call = reqwest::Client::new().post(format!("{}/api/activities/progress_batch", field.url));
    let call = call.bearer_auth(TOKEN).header("content-type", "text/plain").body("{}");
    assert_problem(&send(call).await, 415, "unsupported-media-type");
}

/// A request is opened under other keys than it was sealed with.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_sealed_in_another_session_is_unreadable() {
    let mut field = Upstream::new().await;
    let mut other = upstream_client(&field.transcryptors, "nest").await;
    let mine = field.pack("day", about(3, &day("fine")));
    let mut foreign = pack(&mut other, "day", about(3, &day("fine")));
    foreign.sessions = mine.sessions;
    for path in OPERATIONS {
        assert_problem(&field.post(path, &foreign).await, 422, "item-unreadable");
    }
}

/// A block in the place of a number that no JSON gives.
fn hostile(block: [u8; 16]) -> PEPJSONValue {
    PEPJSONValue::Number(Attribute::from_lizard(&block))
}

fn number(tag: u8, bits: u64) -> [u8; 16] {
    let mut block = [7; 16];
    block[0] = tag;
    block[1..9].copy_from_slice(&bits.to_be_bytes());
    block
}

/// The body of a request made by hand.
fn by_hand(session: &Session, records: &[PEPJSONValue]) -> Value {
    let sealed: Vec<SealedJson> = records.iter().map(|record| session.seal_json(record)).collect();
    let ids: &SessionIds = session.ids();
    let ids = ids
        .iter()
        .map(|(system, id)| (system.to_owned(), libpep::factors::EncryptionContext::Specific(id.to_owned())));
    json!({
        "record": sealed, "activity": "day", "domain": "nest", "domain_to": "school",
        "sessions": paas_client::sessions::EncryptionContexts(ids.collect()),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_however_hostile_does_more_than_fail() {
    let mut field = Upstream::new().await;
    let session = account(&field.transcryptors, "nest").await.session().await.unwrap();
    let PEPJSONValue::Object(plain) =
        PEPJSONValue::from_value(&json!({"result_code": 200, "extra_data": day("x")}))
    else {
        panic!("an object")
    };
    let who = nest_examples::records::Enrolment {
        person: Pseudonym::from_short_id(&id(0)).unwrap(),
        role: nest_examples::records::Role::Pupil,
    };
    let PEPJSONValue::Object(who) = who.to_pep().unwrap() else { panic!("an object") };
    let with = |name: &str, value: PEPJSONValue| {
        let mut parts = plain.clone();
        parts.insert("participants".to_owned(), who["person"].clone());
        parts.insert(name.to_owned(), value);
        PEPJSONValue::Object(parts)
    };
    let blocks = [
        number(9, 1),
        number(2, f64::NAN.to_bits()),
        number(2, f64::INFINITY.to_bits()),
        number(1, 5),
        number(0, u64::MAX),
        [0; 16],
        [255; 16],
    ];
    for block in blocks {
        let request = by_hand(&session, &[with("result_code", hostile(block))]);
        assert_problem(&field.post("create_batch", &request).await, 422, "item-unreadable");

        let Some(PEPJSONValue::Object(mut data)) = plain.get("extra_data").cloned() else {
            panic!("an object")
        };
        for name in ["mood", "slept", "degrees", "coffee"] {
            data.insert(name.to_owned(), hostile(block));
            let request = by_hand(&session, &[with("extra_data", PEPJSONValue::Object(data.clone()))]);
            let answer = field.post("create_batch", &request).await;
            assert_eq!(field.unpack(&answer).await[0].result_code, StatusCode::BadRequest);
        }
        for text in [
            PEPJSONValue::String(Attribute::from_lizard(&block)),
            PEPJSONValue::LongString(vec![Attribute::from_lizard(&block); 300].into()),
            PEPJSONValue::Object(HashMap::from([("page".to_owned(), hostile(block))])),
        ] {
            let request = by_hand(&session, &[with("extra_data", text)]);
            for (path, code) in
                [("create_batch", StatusCode::BadRequest), ("details_batch", StatusCode::NotFound)]
            {
                let answer = field.post(path, &request).await;
                assert_eq!(field.unpack(&answer).await[0].result_code, code);
            }
        }
    }
    // A pseudonym that is the same in every domain is not valid.
    let neutral = libpep::data::simple::Pseudonym::from_point(
        libpep::arithmetic::group_elements::GroupElement::identity(),
    );
    let request = by_hand(&session, &[with("participants", PEPJSONValue::Pseudonym(neutral))]);
    assert_problem(&field.post("progress_batch", &request).await, 422, "item-unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_shut_unless_it_was_asked_for_and_has_no_single_mode() {
    let mut shut = Upstream::with(|builder| builder).await;
    let mut open = Upstream::new().await;
    for path in OPERATIONS {
        let request = shut.pack("day", about(1, &Value::Null));
        let answer = shut.post(path, &request).await;
        assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{path}");

        let single = path.trim_end_matches("_batch");
        let request = open.pack("day", about(1, &Value::Null));
        assert_problem(&open.post(single, &request).await, 404, "not-found");
        let get = reqwest::Client::new().get(format!("{}/api/activities/{path}", open.url));
        assert_problem(&send(get.try_clone().unwrap().bearer_auth(TOKEN)).await, 405, "method-not-allowed");
        assert_problem(&send(get).await, 401, "unauthorized");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_have_the_rights_that_they_have_everywhere() {
    let token = |name: &str| format!("the-token-of-{name}");
    let caller = |name: &str| Caller::new(name, TokenHash::of(&token(name)));
    let mut field = Upstream::with(|builder| {
        builder
            .upstream_door()
            .caller(caller("looker").only_operations([Operation::Progress]))
            .caller(caller("meeter").only_activities(["meeting"]))
            .caller(caller("stranger").only_domains(["elsewhere"]))
            .caller(Caller::metrics("scraper", TokenHash::of(&token("scraper"))))
    })
    .await;
    let request = serde_json::to_vec(&field.pack("day", about(2, &Value::Null))).unwrap();
    let call = async |name: &str, path: &str, body: &[u8]| {
        let call = reqwest::Client::new().post(format!("{}/api/activities/{path}", field.url));
        let call = call.bearer_auth(token(name)).header("content-type", "application/json");
        send(call.body(body.to_vec())).await.status
    };
    assert_eq!(call("looker", "progress_batch", &request).await, 200);
    assert_eq!(call("looker", "result_batch", &request).await, 403);
    assert_eq!(call("meeter", "progress_batch", &request).await, 403);
    assert_eq!(call("stranger", "progress_batch", &request).await, 403);
    // A caller who may call nothing is refused before the body is read.
    assert_eq!(call("scraper", "progress_batch", b"{").await, 403);

    let metrics = reqwest::Client::new().get(format!("{}/api/v1/metrics", field.url));
    let metrics = send(metrics.bearer_auth(token("scraper"))).await.body;
    let lines: BTreeSet<&str> =
        metrics.lines().filter(|line| line.starts_with("nest_requests_total")).collect();
    let count = |activity: &str, outcome: &str| {
        lines
            .iter()
            .filter(|line| {
                line.contains(&format!("\"{activity}\"")) && line.contains(&format!("\"{outcome}\""))
            })
            .count()
    };
    assert_eq!((count("day", "ok"), count("day", "forbidden")), (1, 1), "{lines:?}");
    assert!(count("unknown", "forbidden") >= 1, "{lines:?}");
    assert!(metrics.contains(r#"result="failed""#));
}

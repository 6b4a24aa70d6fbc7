//! Requests that are refused as a whole, with their status and code. No answer quotes what was sent.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use nest_core::{InProcess, PepRecord, Pseudonym, SessionIds, Transcryption};
use nest_examples::records::{Assessment, Enrolment};
use serde_json::{Value, json};

use crate::field::{
    Answered, Ask, CREATE, Field, PROGRESS, RESULTS, TOKEN, asks, message, post, registration, send, text,
};
use nest_api::Operation;

/// Checks that an answer is nothing but the fixed problem of this code.
fn assert_problem(answer: &Answered, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let problem = answer.json();
    let keys: BTreeSet<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["type", "title", "status", "code", "request_id"]));
    assert_eq!((&problem["status"], &problem["code"]), (&json!(status), &json!(code)));
    assert_eq!(problem["request_id"].as_str(), answer.header("x-request-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_token_nothing_is_said() {
    let field = Field::new().await;
    let request = field.request("assessment", &asks(Operation::Progress, [Pseudonym::random()])).await;
    let mut bodies = BTreeSet::new();
    for path in [PROGRESS, RESULTS, CREATE, "/api/v1/activities/unknown/progress", "/api/v1", "/api/v1/x"] {
        for authorization in [
            None,
            Some("Bearer".to_owned()),
            Some("Bearer ".to_owned()),
            Some(format!("Bearer {TOKEN}x")),
            Some(format!("Bearer {}", &TOKEN[1..])),
            Some(format!("Basic {TOKEN}")),
            Some(TOKEN.to_owned()),
        ] {
            let mut call = reqwest::Client::new().post(format!("{}{path}", field.url)).body(request.clone());
            if let Some(authorization) = authorization {
                call = call.header("authorization", authorization);
            }
            let answer = send(call).await;
            assert_problem(&answer, 401, "unauthorized");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            let mut problem = answer.json();
            problem["request_id"] = Value::Null;
            bodies.insert(problem.to_string());
        }
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_that_do_not_exist() {
    let field = Field::new().await;
    for path in [
        "/api/v1",
        "/api/v1/participants",
        "/api/v1/activities/unknown/progress",
        "/api/v1/activities/assessment",
        "/api/v1/activities/assessment/progress/",
        "/api/v1/activities//progress",
    ] {
        assert_problem(&send(post(&field.url, path, "{}")).await, 404, "not-found");
    }
    for path in [PROGRESS, RESULTS, CREATE] {
        let call = reqwest::Client::new().get(format!("{}{path}", field.url)).bearer_auth(TOKEN);
        assert_problem(&send(call).await, 405, "method-not-allowed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_message() {
    let field = Field::new().await;
    let who = field.people().await[0].person;
    let message: Value =
        serde_json::from_slice(&field.request("assessment", &asks(Operation::Progress, [who])).await)
            .unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut message = message.clone();
        *message.pointer_mut(pointer).unwrap() = value;
        text(&message)
    };
    let with = |key: &str, value: Value| {
        let mut message = message.clone();
        message.as_object_mut().unwrap().insert(key.to_owned(), value);
        text(&message)
    };
    let without = |key: &str| {
        let mut message = message.clone();
        message.as_object_mut().unwrap().remove(key);
        text(&message)
    };
    let other_record = field
        .request("assessment", &[Enrolment { person: who, role: nest_examples::records::Role::Pupil }])
        .await;
    let whole = text(&message);

    for (body, status, code) in [
        (String::new(), 400, "invalid-json"),
        ("{".to_owned(), 400, "invalid-json"),
        (whole[..whole.len() - 1].to_owned(), 400, "invalid-json"),
        (format!("{whole}x"), 400, "invalid-json"),
        ("[".repeat(100_000), 400, "nested-too-deeply"),
        (format!("{{\"batch\": {}", "[".repeat(100_000)), 400, "nested-too-deeply"),
        (format!("{{\"activity\": {}", "{\"a\":".repeat(100_000)), 400, "nested-too-deeply"),
        (whole[..whole.len() / 2].to_owned(), 400, "invalid-json"),
        ("{}".to_owned(), 422, "wrong-shape"),
        ("null".to_owned(), 422, "wrong-shape"),
        (with("name", json!("Anna")), 422, "wrong-shape"),
        (without("at"), 422, "wrong-shape"),
        (changed("/at", json!("2026-03-15T14:30:01Z")), 422, "wrong-shape"),
        (changed("/batch/domain", json!("")), 422, "wrong-shape"),
        (changed("/batch/domain", json!("a".repeat(101))), 422, "wrong-shape"),
        (changed("/batch/sessions", json!({})), 422, "wrong-shape"),
        (changed("/batch/records", json!([null])), 422, "wrong-shape"),
        (with("to", json!("elsewhere")), 422, "unknown-domain"),
        (changed("/batch/records/0", json!("AAAA")), 422, "wrong-shape"),
        (changed("/batch/records/0", json!(["A".repeat(171)])), 422, "wrong-shape"),
        (changed("/batch/records/0", json!({"Anna": "A".repeat(171)})), 422, "wrong-shape"),
        (changed("/batch/records/0", json!("A".repeat(170))), 422, "wrong-shape"),
        (changed("/batch/records/0", json!("A".repeat(172))), 422, "wrong-shape"),
        (changed("/batch/records/0", json!(format!("{}=", "A".repeat(171)))), 422, "wrong-shape"),
        (changed("/batch/records/0", json!(format!("{}B", "A".repeat(170)))), 422, "wrong-shape"),
        (changed("/batch/records/0", json!(format!("/{}", "A".repeat(170)))), 422, "wrong-shape"),
        (changed("/batch/shape", json!("Anna")), 422, "wrong-shape"),
        (changed("/batch/shape", json!("0".repeat(32))), 422, "wrong-shape"),
        (changed("/batch/shape", json!(Enrolment::SCHEMA.shape_fingerprint())), 422, "wrong-shape"),
        (changed("/batch/shape", Value::Null), 422, "wrong-shape"),
        (String::from_utf8(other_record).unwrap(), 422, "wrong-shape"),
        (changed("/activity", json!("another")), 422, "wrong-activity"),
        (changed("/meaning", json!(Enrolment::SCHEMA.meaning_fingerprint())), 422, "wrong-meaning"),
        (changed("/meaning", json!("Anna")), 422, "wrong-shape"),
        (changed("/meaning", Value::Null), 422, "wrong-shape"),
        (without("meaning"), 422, "wrong-shape"),
        (changed("/batch/sessions", json!({"transcryptor-1": "nest_1"})), 422, "unknown-session"),
    ] {
        let answer = send(post(&field.url, PROGRESS, body.clone())).await;
        assert_problem(&answer, status, code);
        assert!(!answer.everything().contains("Anna"), "{body}");
    }
    assert_eq!(send(post(&field.url, PROGRESS, whole)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_not_json_by_their_own_account() {
    let field = Field::new().await;
    let request = field.request("assessment", &asks(Operation::Progress, [Pseudonym::random()])).await;
    for content_type in [None, Some("text/plain"), Some("application/xml"), Some("multipart/form-data")] {
        let mut call = reqwest::Client::new()
            .post(format!("{}{PROGRESS}", field.url))
            .bearer_auth(TOKEN)
            .body(request.clone());
        if let Some(content_type) = content_type {
            call = call.header("content-type", content_type);
        }
        assert_problem(&send(call).await, 415, "unsupported-media-type");
    }
    let call = reqwest::Client::new()
        .post(format!("{}{PROGRESS}", field.url))
        .bearer_auth(TOKEN)
        .header("content-type", "application/json; charset=utf-8")
        .body(request);
    assert_eq!(send(call).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_over_a_limit() {
    let field = Field::with(|builder| builder.max_body_bytes(2000).max_records(3)).await;
    let people = || (0..).map(|_| Pseudonym::random());
    let three = field.request("assessment", &asks(Operation::Progress, people().take(3))).await;
    let four = field.request("assessment", &asks(Operation::Progress, people().take(4))).await;
    let many = field.request("assessment", &asks(Operation::Progress, people().take(12))).await;
    assert!(three.len() < 2000 && four.len() < 2000 && many.len() > 2000);

    assert_eq!(send(post(&field.url, PROGRESS, three)).await.status, 200);
    assert_problem(&send(post(&field.url, PROGRESS, four)).await, 413, "too-many-records");
    assert_problem(&send(post(&field.url, PROGRESS, many.clone())).await, 413, "body-too-large");

    // Its length not said beforehand.
    let mut connection = TcpStream::connect(field.url.trim_start_matches("http://")).unwrap();
    write!(
        connection,
        "POST {PROGRESS} HTTP/1.1\r\nHost: school\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n",
        many.len()
    )
    .unwrap();
    connection.write_all(&many).unwrap();
    connection.write_all(b"\r\n0\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"body-too-large\""), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_another_session_are_refused_and_never_somebody_else() {
    let field = Field::new().await;
    let people = field.registered().await;
    let session = field.nest.session().await.unwrap();
    let asked = |operation| asks(operation, people.iter().map(|line| line.person));
    let items = asked(Operation::Progress);
    let ids = session.ids();

    // Sealed under one session and sent as of another: one that never was, and that of somebody else.
    let never: SessionIds =
        SessionIds::new(ids.iter().map(|(system, _)| (system.to_owned(), "nest_never".to_owned()))).unwrap();
    let others = field.school.session().await.unwrap();
    for wrong in [&never, others.ids()] {
        for (path, operation) in [(PROGRESS, Operation::Progress), (RESULTS, Operation::Results)] {
            let request = message("assessment", "nest", &session, &asked(operation));
            let mut request: Value = serde_json::from_slice(&request).unwrap();
            request["batch"]["sessions"] = serde_json::to_value(wrong).unwrap();
            let answer = send(post(&field.url, path, text(&request))).await;
            assert_problem(&answer, 422, "item-unreadable");
        }
    }

    // Sealed with keys that no transcryptor knows, and one such item among good ones.
    let stranger = InProcess::new(2).session().await.unwrap();
    let mut request: Value =
        serde_json::from_slice(&message("assessment", "nest", &session, &items)).unwrap();
    let foreign: Value = serde_json::from_slice(&message("assessment", "nest", &stranger, &items)).unwrap();
    request["batch"]["records"][5] = foreign["batch"]["records"][5].clone();
    assert_problem(&send(post(&field.url, PROGRESS, text(&request))).await, 422, "item-unreadable");

    // A participant to be registered, likewise.
    let record = nest_examples::records::PersonInfo { role: people[0].role };
    let registration = [registration(people[0].person, record)];
    let mut request: Value =
        serde_json::from_slice(&message("participants", "nest", &session, &registration)).unwrap();
    request["batch"]["sessions"] = serde_json::to_value(&never).unwrap();
    assert_problem(&send(post(&field.url, CREATE, text(&request))).await, 422, "item-unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_out_of_range_under_a_valid_seal_is_refused() {
    /// As [`Ask`], with a tag that no `Ask` can have.
    #[derive(PepRecord)]
    #[pep(max_blocks = 2)]
    struct Wide {
        #[pep(pseudonym)]
        who: Pseudonym,
        #[pep(range = 0..=0x7fff_ffff_ffff_ffff, allow(global_identifier, reason = "as wide as the test needs it"))]
        tag: u64,
    }
    assert_eq!(Wide::structure(), Ask::structure());

    let field = Field::new().await;
    let request = field.request("assessment", &[Wide { who: Pseudonym::random(), tag: 1 << 62 }]).await;
    assert_problem(&send(post(&field.url, RESULTS, request)).await, 422, "item-unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sealed_for_one_operation_is_not_taken_by_another() {
    let field = Field::new().await;
    let who = field.registered().await[0].person;
    let request = field.request("assessment", &asks(Operation::Progress, [who])).await;
    assert_problem(&send(post(&field.url, RESULTS, request.clone())).await, 422, "wrong-meaning");
    let mut renamed: Value = serde_json::from_slice(&request).unwrap();
    renamed["meaning"] = json!(Assessment::SCHEMA.meaning_fingerprint());
    assert_problem(&send(post(&field.url, RESULTS, text(&renamed))).await, 422, "item-unreadable");
    assert_eq!(send(post(&field.url, PROGRESS, request)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_path_takes_one_record() {
    let field = Field::new().await;
    let single = "/api/v1/activities/assessment/progress";
    let people = [(); 2].map(|()| Pseudonym::random());
    let two = field.request("assessment", &asks(Operation::Progress, people)).await;
    assert_problem(&send(post(&field.url, single, two)).await, 422, "not-single");
    let one = field.request("assessment", &asks(Operation::Progress, [people[0]])).await;
    assert_eq!(send(post(&field.url, single, one)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_the_transcryptors_do_not_allow_is_forbidden() {
    let field = Field::new().await;
    let session = field.nest.session().await.unwrap();
    let request =
        message("assessment", "nowhere", &session, &asks(Operation::Progress, [Pseudonym::random()]));
    assert_problem(&send(post(&field.url, PROGRESS, request)).await, 403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_sent_comes_back() {
    const NAME: &str = "Anna-de-Vries-marker";
    let field = Field::new().await;
    let who = Pseudonym::from_long_id("test", NAME);
    let markers = [NAME.to_owned(), who.to_hex(), TOKEN.to_owned(), "marker".to_owned()];
    let good =
        String::from_utf8(field.request("assessment", &asks(Operation::Progress, [who])).await).unwrap();
    let message = |pointer: &str, value: &str| {
        let mut message: Value = serde_json::from_str(&good).unwrap();
        *message.pointer_mut(pointer).unwrap() = value.into();
        text(&message)
    };

    for marked in [NAME, &who.to_hex()] {
        let quoted = Value::from(marked).to_string();
        for body in [
            marked.to_owned(),
            quoted.clone(),
            format!("{{{quoted}: {quoted}}}"),
            good.replacen('{', &format!("{{{quoted}: 1, "), 1),
            message("/activity", marked),
            message("/at", marked),
            message("/batch/domain", marked),
            message("/batch/sessions", marked),
            message("/batch/sessions/transcryptor-1", marked),
            message("/batch/shape", marked),
            message("/batch/records", marked),
            message("/batch/records/0", marked),
            message("/batch/records/0", &format!("{marked}{}", "A".repeat(171 - marked.len()))),
        ] {
            let call = post(&field.url, PROGRESS, body.clone())
                .header("x-request-id", marked)
                .header("x-name", marked);
            let answer = send(call).await;
            assert!((400..500).contains(&answer.status), "{} for {body}", answer.status);
            for marker in &markers {
                assert!(!answer.everything().contains(marker), "{marker} in {}", answer.everything());
            }
        }
        let answer =
            send(post(&field.url, &format!("/api/v1/activities/{marked}/progress?{marked}"), "{}")).await;
        assert_problem(&answer, 404, "not-found");
        assert!(markers.iter().all(|marker| !answer.everything().contains(marker)));
        let wrong = reqwest::Client::new().post(format!("{}{PROGRESS}", field.url)).bearer_auth(marked);
        let answer = send(wrong).await;
        assert_problem(&answer, 401, "unauthorized");
        assert!(markers.iter().all(|marker| !answer.everything().contains(marker)));
    }
}

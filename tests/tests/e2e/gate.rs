//! What never reaches a source, on every route: callers without rights, requests that are too large, and bodies that
//! are no request to it.

use nest_api::Mode;
use nest_api::prelude::*;
use serde_json::{Value, json};

use crate::field::{TOKEN, post, send};
use crate::in_memory_source::Swim;
use crate::server_fixture::{ServerFixture, asks, caller, path};
use crate::table::TABLE;

/// The status and code of a refusal.
async fn refusal(url: &str, path: &str, token: &str, body: Vec<u8>) -> (u16, Value) {
    let request = reqwest::Client::new().post(format!("{url}{path}")).bearer_auth(token);
    let answer = send(request.header("content-type", "application/json").body(body)).await;
    let code = if answer.status == 200 { Value::Null } else { answer.json()["code"].clone() };
    (answer.status, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_hold_on_every_route() {
    let fixture = ServerFixture::with(|builder| {
        builder
            .activity::<Swim>()
            .caller(Caller::new("walks", TokenHash::of("walks")).only_activities(["walk"]))
            .caller(Caller::new("reads", TokenHash::of("reads")).only_operations([Operation::Read]))
            .caller(Caller::new("elsewhere", TokenHash::of("elsewhere")).only_domains(["other"]))
    })
    .await;
    let forbidden = (403, json!("forbidden"));
    let who = [Pseudonym::random()];
    for row in &TABLE {
        for mode in Mode::ALL {
            let path = row.path(mode);
            let body = row.request(&fixture, &who).await;
            let begun = fixture.inside.begun();
            let with = |token: &'static str| refusal(&fixture.url, &path, token, body.clone());
            assert_eq!(with("nobody").await, (401, json!("unauthorized")), "{path}");
            assert_eq!(with("elsewhere").await, forbidden, "{path}");
            assert_eq!(fixture.inside.begun(), begun, "{path}");
            for (token, may) in
                [("walks", row.subject == "walk"), ("reads", row.operation == Operation::Read)]
            {
                let expected = if may { (200, Value::Null) } else { forbidden.clone() };
                assert_eq!(with(token).await, expected, "{token} {path}");
            }
        }
    }
    // A caller without the right to ask is not told which operations the source lacks.
    let swim = "/api/v1/activities/swim/read";
    assert_eq!(refusal(&fixture.url, swim, "walks", Vec::new()).await, forbidden);
    assert_eq!(refusal(&fixture.url, swim, "reads", Vec::new()).await, (501, json!("not-supported")));

    // The numbers are for those who may read them, who may do nothing else.
    let get = |token: &str| {
        reqwest::Client::new().get(format!("{}/api/v1/metrics", fixture.url)).bearer_auth(token)
    };
    assert_eq!(send(get(TOKEN)).await.status, 403);
    assert_eq!(send(get("nobody")).await.status, 401);
    assert_eq!(fixture.metrics().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_refused_on_every_route() {
    let fixture = ServerFixture::with(|builder| builder.max_records(2).max_body_bytes(20_000)).await;
    let people: Vec<_> = (0..3).map(|_| Pseudonym::random()).collect();
    for row in &TABLE {
        for mode in Mode::ALL {
            let path = row.path(mode);
            let lines = fixture.lines().len();
            let get = reqwest::Client::new().get(format!("{}{path}", fixture.url)).bearer_auth(TOKEN);
            let answer = send(get).await;
            assert_eq!((answer.status, &answer.json()["code"]), (405, &json!("method-not-allowed")));
            assert_eq!(fixture.lines().len(), lines);

            let three = row.request(&fixture, &people).await;
            let too_many = if mode == Mode::Single { (422, "not-single") } else { (413, "too-many-records") };
            for (body, (status, code)) in [
                (three, too_many),
                (vec![b' '; 20_001], (413, "body-too-large")),
                (b"{".to_vec(), (400, "invalid-json")),
                (b"{}".to_vec(), (422, "wrong-shape")),
            ] {
                let lines = fixture.lines().len();
                assert_eq!(refusal(&fixture.url, &path, TOKEN, body).await, (status, json!(code)), "{path}");
                // A refusal has its line, and counts no record.
                let line = fixture.lines().split_off(lines).remove(0);
                assert_eq!((&line["outcome"], &line["records"]), (&json!(code), &json!(0)), "{path}");
                assert!(fixture.requests(row.operation, row.subject, code).await > 0, "{path}");
            }
            let text = reqwest::Client::new().post(format!("{}{path}", fixture.url)).bearer_auth(TOKEN);
            let answer = send(text.header("content-type", "text/plain").body("{}")).await;
            assert_eq!((answer.status, &answer.json()["code"]), (415, &json!("unsupported-media-type")));
        }
        for result in ["ok", "failed"] {
            assert_eq!(fixture.records(row.operation, row.subject, result).await, 0);
        }
    }
    assert_eq!(fixture.inside.begun(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_a_request_that_fails_as_a_whole_are_not_counted_as_answered() {
    let fixture = ServerFixture::new().await;
    let who: Vec<_> = (0..3).map(|_| Pseudonym::random()).collect();
    // Sealed for another operation.
    let body = fixture.request("walk", &asks("walk", Operation::Read, &who)).await;
    let path = path("walk", Operation::Results, Mode::Batch);
    assert_eq!(refusal(&fixture.url, &path, TOKEN, body).await, (422, json!("item-unreadable")));
    assert_eq!(fixture.requests(Operation::Results, "walk", "item-unreadable").await, 1);
    for result in ["ok", "failed"] {
        assert_eq!(fixture.records(Operation::Results, "walk", result).await, 0, "{result}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_allowed_are_told_to_come_back() {
    let fixture = ServerFixture::with(|builder| builder.requests_at_once(1)).await;
    let who = fixture.members(1).await;
    let body = fixture.request("walk", &asks("walk", Operation::Progress, &who)).await;
    let path = path("walk", Operation::Progress, Mode::Single);
    fixture.inside.hold(true);
    let begun = fixture.inside.begun();
    let first = tokio::spawn(send(post(&fixture.url, &path, body.clone())));
    fixture.inside.until_begun(begun + 1).await;
    let second = send(post(&fixture.url, &path, body.clone())).await;
    assert_eq!((second.status, &second.json()["code"]), (503, &json!("overloaded")));
    assert!(second.header("retry-after").is_some());
    fixture.inside.hold(false);
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!(send(post(&fixture.url, &path, body)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_change_while_requests_run() {
    let fixture = ServerFixture::new().await;
    let who = fixture.members(4).await;
    let body = fixture.request("walk", &asks("walk", Operation::Progress, &who)).await;
    let path = path("walk", Operation::Progress, Mode::Batch);
    let ask = |token: &str| {
        let request = reqwest::Client::new().post(format!("{}{path}", fixture.url)).bearer_auth(token);
        send(request.header("content-type", "application/json").body(body.clone()))
    };
    fixture.inside.hold(true);
    let begun = fixture.inside.begun();
    let under_way = tokio::spawn(ask(TOKEN));
    fixture.inside.until_begun(begun + 4).await;

    // Both, then the new one alone.
    fixture.api.set_callers(vec![caller(TOKEN).token(TokenHash::of("new"))]).unwrap();
    fixture.inside.hold(false);
    assert_eq!((ask(TOKEN).await.status, ask("new").await.status), (200, 200));
    fixture.inside.hold(true);
    let begun = fixture.inside.begun();
    let last = tokio::spawn(ask(TOKEN));
    fixture.inside.until_begun(begun + 4).await;
    fixture.api.set_callers(vec![caller("new")]).unwrap();
    fixture.inside.hold(false);
    assert_eq!((ask(TOKEN).await.status, ask("new").await.status), (401, 200));

    // What had begun with the old one is answered.
    assert_eq!(under_way.await.unwrap().status, 200);
    assert_eq!(last.await.unwrap().status, 200);

    // What makes no sense changes nothing.
    assert!(fixture.api.set_callers(Vec::new()).is_err());
    assert_eq!(ask("new").await.status, 200);
}

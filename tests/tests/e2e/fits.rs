//! What common tools expect of HTTP: methods, schemes, header fields, and offers of other protocols.

use std::time::{Duration, Instant};

use nest_api::Mode;
use nest_api::prelude::*;
use nest_upstream::UpstreamDoor;
use serde_json::{Value, json};

use crate::blocks;
use crate::field::{TOKEN, post, send, text};
use crate::hostile::{good, progress};
use crate::raw_request::{Expect, exchange, found, sends};
use crate::server_fixture::{ServerFixture, path};

async fn raw(fixture: &ServerFixture, request: impl Into<Vec<u8>>) -> String {
    let (address, case) = (fixture.address(), sends("raw", request, Expect::Answer));
    let answer = tokio::task::spawn_blocking(move || exchange(&address, &case)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_answered_wherever_get_is() {
    let fixture = ServerFixture::with(|builder| builder.public_docs()).await;
    let http = reqwest::Client::new();
    for path in
        ["/health", "/ready", "/api/v1/health", "/api/v1/ready", "/api/v1/openapi.json", "/api/v1/docs/"]
    {
        let url = format!("{}{path}", fixture.url);
        let (got, head) = (send(http.get(&url)).await, send(http.head(&url)).await);
        assert_eq!((head.status, got.status, head.body.as_str()), (200, 200, ""), "{path}");
        assert_eq!(head.header("content-type"), got.header("content-type"), "{path}");
        for method in [reqwest::Method::POST, reqwest::Method::PUT, reqwest::Method::OPTIONS] {
            let refused = send(http.request(method, &url)).await;
            assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD")), "{path}");
            assert_eq!(refused.json()["code"], "method-not-allowed");
        }
    }
    let metrics = fixture.metrics().await;
    assert_eq!(metrics.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_says_which_methods_it_has_to_whoever_may_ask() {
    let fixture = ServerFixture::with(|builder| builder.upstream_door()).await;
    let http = reqwest::Client::new();
    for (path, allow) in [
        (progress(), "POST"),
        (path("walk", Operation::Results, Mode::Single), "POST"),
        // The source has no updates of walks.
        (path("participants", Operation::Create, Mode::Batch), "POST"),
        ("/api/activities/progress_batch".to_owned(), "POST"),
        ("/api/v1/openapi.json".to_owned(), "GET, HEAD"),
        ("/api/v1/metrics".to_owned(), "GET, HEAD"),
    ] {
        let url = format!("{}{path}", fixture.url);
        let refused = send(http.delete(&url).bearer_auth(TOKEN)).await;
        assert_eq!((refused.status, refused.header("allow")), (405, Some(allow)), "{path}");
        assert_eq!(send(http.delete(&url)).await.status, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scheme_of_a_token_may_be_in_any_letters() {
    let fixture = ServerFixture::new().await;
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer   "] {
        let call = reqwest::Client::new().post(format!("{}{}", fixture.url, progress()));
        let call = call.header("authorization", format!("{scheme} {TOKEN}"));
        let answer = send(call.header("content-type", "application/json").body("{}")).await;
        assert_eq!(answer.status, 422, "{scheme:?}");
    }
    for scheme in ["", "Basic", "Token", "Bearer,"] {
        let call = reqwest::Client::new().post(format!("{}{}", fixture.url, progress()));
        let call = call.header("authorization", format!("{scheme} {TOKEN}"));
        assert_eq!(send(call.body("{}")).await.status, 401, "{scheme:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_field_that_must_be_single_is_refused_when_it_comes_twice() {
    let fixture = ServerFixture::new().await;
    let body = text(&good(&fixture).await);
    let head = |more: &str| {
        format!(
            "POST {} HTTP/1.1\r\nHost: sports\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\n{more}\r\n{body}",
            progress(),
            body.len()
        )
    };
    assert_eq!(found(raw(&fixture, head("")).await.as_bytes()), "200");
    for twice in [
        format!("Authorization: Bearer {TOKEN}\r\n"),
        "authorization: Bearer another\r\n".to_owned(),
        "Content-Type: application/json\r\n".to_owned(),
        "Idempotency-Key: a\r\nIdempotency-Key: a\r\n".to_owned(),
    ] {
        let answer = raw(&fixture, head(&twice)).await;
        assert_eq!(found(answer.as_bytes()), "400 duplicate-header", "{twice}");
    }
    // These are read with the head itself.
    for twice in ["Host: elsewhere\r\n", "Content-Length: 1\r\n"] {
        assert_eq!(found(raw(&fixture, head(twice)).await.as_bytes()), "400", "{twice}");
    }
    fixture.works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_for_null_is_for_nobody() {
    let fixture = ServerFixture::new().await;
    let mut message = good(&fixture).await;
    message["to"] = Value::Null;
    let answer = send(post(&fixture.url, &progress(), text(&message))).await;
    assert_eq!((answer.status, &answer.json()["code"]), (422, &json!("wrong-shape")));
    message["to"] = "sports".into();
    assert_eq!(send(post(&fixture.url, &progress(), text(&message))).await.status, 200);
    // The compact form has the same head.
    message["to"] = Value::Null;
    let compact = post(&fixture.url, &progress(), blocks::compact(&message));
    let compact = compact.build().map(|mut request| {
        request.headers_mut().insert("content-type", blocks::COMPACT.parse().unwrap());
        request
    });
    let answer = reqwest::Client::new().execute(compact.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_is_refused_or_passed_over_and_never_waited_for() {
    let fixture = ServerFixture::new().await;
    let body = text(&good(&fixture).await);
    let asks = |more: &str| {
        format!(
            "POST {} HTTP/1.1\r\nHost: sports\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\n{more}\r\n{body}",
            progress(),
            body.len()
        )
    };
    let begun = Instant::now();
    for (upgrade, answer) in [
        ("Connection: Upgrade\r\nUpgrade: websocket\r\n", "400 upgrade-refused"),
        ("Connection: upgrade, close\r\nupgrade: WebSocket\r\n", "400 upgrade-refused"),
        ("Upgrade: websocket\r\nConnection: close\r\n", "400 upgrade-refused"),
        // As curl and Java's client offer it: the request is sound, and the offer is not taken up.
        (
            "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            "200",
        ),
    ] {
        assert_eq!(found(raw(&fixture, asks(upgrade)).await.as_bytes()), answer, "{upgrade}");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

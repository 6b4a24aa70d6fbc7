//! The end of a server, and of callers. Requests that have begun are finished, answered and logged.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::Duration;

use nest_api::prelude::*;
use nest_core::Transcryption;
use serde_json::json;
use tokio::task::JoinSet;

use crate::field::{self, TOKEN, post, send};
use crate::in_memory_source::FINE;
use crate::server_fixture::{ServerFixture, batch, given, member, registration, strangers};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_answers_what_it_has_begun_and_takes_nothing_new() {
    let fixture = ServerFixture::new().await;
    let session = fixture.account.session().await.unwrap();
    let bodies = [registration(&fixture, &strangers(2)).await, registration(&fixture, &strangers(2)).await];
    let late = registration(&fixture, &strangers(2)).await;
    fixture.inside.hold(true);
    let mut begun = JoinSet::new();
    for body in bodies {
        begun.spawn(send(post(&fixture.url, &batch(Operation::Create), body)));
    }
    // A connection that is open already.
    let open = reqwest::Client::new();
    assert_eq!(send(open.get(format!("{}/api/v1/health", fixture.url))).await.status, 200);
    fixture.inside.until_begun(4).await;

    let stop = fixture.stop.clone();
    let stopping = tokio::spawn(async move { stop.stop().await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!stopping.is_finished());
    let refused = open.post(format!("{}{}", fixture.url, batch(Operation::Create))).bearer_auth(TOKEN);
    let refused = send(refused.header("content-type", "application/json").body(late.clone())).await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("shutting-down")));
    let ready = send(open.get(format!("{}/api/v1/ready", fixture.url))).await;
    assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("stopping")));
    // So are those who come only now, and at once.
    for _ in 0..5 {
        let fresh = reqwest::Client::builder().timeout(Duration::from_secs(3)).build().unwrap();
        let ready = send(fresh.get(format!("{}/ready", fixture.url))).await;
        assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("stopping")));
    }
    let refused = send(post(&fixture.url, &batch(Operation::Create), late.clone())).await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("shutting-down")));

    fixture.inside.hold(false);
    for answer in begun.join_all().await {
        assert_eq!(answer.status, 200);
    }
    tokio::time::timeout(Duration::from_secs(40), stopping).await.unwrap().unwrap();
    assert_eq!((fixture.inside.writes(), fixture.inside.begun()), (4, 4));
    let address = fixture.url.trim_start_matches("http://");
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert_ne!(fixture.account.session().await.unwrap().ids(), session.ids());
    let outcomes: Vec<_> = fixture.lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["shutting-down", "shutting-down", "ok", "ok"]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_by_a_signal_finishes_what_it_has_begun() {
    use tokio::signal::unix::{SignalKind, signal};

    for (kind, name) in [(SignalKind::terminate(), "-TERM"), (SignalKind::hangup(), "-HUP")] {
        // From here on the signal ends no process: every test is in this one.
        finishes_what_it_has_begun(signal(kind).unwrap(), name).await;
    }
}

#[cfg(unix)]
async fn finishes_what_it_has_begun(mut heard: tokio::signal::unix::Signal, name: &str) {
    let fixture = ServerFixture::new().await;
    let server = fixture.api.bind_plain_http("127.0.0.1:0").unwrap();
    let url = server.url();
    let running = tokio::spawn(server.run_until_signal());
    fixture.inside.hold(true);
    let body = registration(&fixture, &strangers(2)).await;
    let begun = tokio::spawn(send(post(&url, &batch(Operation::Create), body)));
    fixture.inside.until_begun(2).await;

    let pid = std::process::id().to_string();
    assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    heard.recv().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!running.is_finished());
    fixture.inside.hold(false);
    assert_eq!(begun.await.unwrap().status, 200);
    tokio::time::timeout(Duration::from_secs(40), running).await.unwrap().unwrap().unwrap();
    let gone = TcpStream::connect(url.trim_start_matches("http://")).unwrap_err();
    assert_eq!((gone.kind(), fixture.inside.writes()), (ErrorKind::ConnectionRefused, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_under_load_answers_whoever_was_written_down() {
    let fixture = ServerFixture::new().await;
    let mut load = JoinSet::new();
    for _ in 0..6 {
        let (url, session) = (fixture.url.clone(), fixture.nest.session().await.unwrap());
        load.spawn(async move {
            let http = reqwest::Client::new();
            let mut registered = 0;
            loop {
                let items = given("participants", Operation::Create, &strangers(3), |_| member(FINE));
                let body = field::message("participants", "nest", &session, &items);
                let call = http.post(format!("{url}{}", batch(Operation::Create))).bearer_auth(TOKEN);
                let answer = call.header("content-type", "application/json").body(body).send().await;
                let Ok(answer) = answer else { return registered };
                if answer.status() != 200 || answer.bytes().await.is_err() {
                    return registered;
                }
                registered += 3;
            }
        });
    }
    fixture.inside.until_begun(60).await;
    let stop = fixture.stop.clone();
    tokio::time::timeout(Duration::from_secs(40), stop.stop()).await.unwrap();
    let registered: usize = load.join_all().await.into_iter().sum();
    assert_eq!(registered, fixture.inside.writes());
    let lines = fixture.lines();
    let (ok, rest): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line["outcome"] == "ok");
    assert_eq!(3 * ok.len(), registered);
    assert!(rest.iter().all(|line| line["outcome"] == "shutting-down"), "{rest:?}");
}

/// Sends a request and leaves as soon as the source has been called.
async fn leave(fixture: &ServerFixture, body: &[u8], calls: usize) {
    let mut connection = TcpStream::connect(fixture.url.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: sports\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        batch(Operation::Create),
        body.len()
    );
    connection.write_all(head.as_bytes()).unwrap();
    connection.write_all(body).unwrap();
    fixture.inside.until_begun(calls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_for_a_caller_who_left_is_carried_through_and_logged() {
    let fixture = ServerFixture::new().await;
    let body = registration(&fixture, &strangers(3)).await;
    fixture.inside.hold(true);
    leave(&fixture, &body, 3).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    fixture.inside.hold(false);
    let written = async {
        while fixture.lines().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), written).await.unwrap();
    let line = fixture.lines().remove(0);
    assert_eq!((&line["records"], &line["failed"], &line["outcome"]), (&json!(3), &json!(0), &json!("ok")));
    assert_eq!(fixture.inside.writes(), 3);

    // Also where the server stops meanwhile.
    let body = registration(&fixture, &strangers(3)).await;
    fixture.inside.hold(true);
    leave(&fixture, &body, 6).await;
    let stop = fixture.stop.clone();
    let stopping = tokio::spawn(async move { stop.stop().await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    fixture.inside.hold(false);
    tokio::time::timeout(Duration::from_secs(40), stopping).await.unwrap().unwrap();
    let lines = fixture.lines();
    assert_eq!((lines.len(), &lines[1]["outcome"], fixture.inside.writes()), (2, &json!("ok"), 6));
}

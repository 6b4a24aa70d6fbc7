//! Limits that one connection, one file or one process meets: each alone, as a caller sees it.

use std::io::{Read, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use nest_api::Code;
use nest_api::prelude::*;
use nest_core::Transcryption as _;
use nest_testbed::{Sessions, Transcryptors};
use reqwest::Certificate;
use serde_json::json;

use crate::field::{self, TOKEN, account, send};
use crate::in_memory_source::Walk;
use crate::line::{Address, Line};
use crate::server_fixture::ServerFixture;
use crate::siege::{Besieged, HONEST};

const LOOPBACK: &str = "127.0.0.1";

/// Asks for `/health` on a connection that stays open. Whether it was answered.
fn healthy(line: &mut Line) -> bool {
    line.write_all(b"GET /health HTTP/1.1\r\nHost: source\r\n\r\n").is_ok()
        && line.read(&mut [0; 1024]).is_ok_and(|read| read > 0)
}

/// How many of eight connections of one address are still open, where one address may have four.
async fn open_of_eight(proxy: Option<&str>) -> usize {
    let server = ServerFixture::with(|builder| {
        let builder = builder.connections(50).connections_per_address(4);
        proxy.into_iter().fold(builder, |builder, proxy| builder.proxy(proxy.parse().unwrap()))
    })
    .await;
    let address = Address::plain(&server.url);
    tokio::task::spawn_blocking(move || {
        let mut lines: Vec<Line> = Vec::new();
        for _ in 0..8 {
            lines.push(address.connect().unwrap());
            assert!(lines.last_mut().is_some_and(healthy), "the one that comes is answered");
        }
        lines.iter_mut().map(healthy).filter(|open| *open).count()
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_listed_is_not_bound_like_one_caller() {
    assert_eq!(open_of_eight(None).await, 4);
    assert_eq!(open_of_eight(Some("192.0.2.1")).await, 4, "another address is listed");
    assert_eq!(open_of_eight(Some(LOOPBACK)).await, 8);
}

/// The connection is closed some twenty seconds after its client has taken the last byte, and its memory is given back.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_read_is_given_up() {
    let server = ServerFixture::new().await;
    let address = Address::plain(&server.url);
    let asks =
        format!("GET /api/v1/openapi.json HTTP/1.1\r\nHost: source\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    let before = server.number("nest_connections").await;
    let mut line = address.connect().unwrap();
    let unread = tokio::task::spawn_blocking(move || {
        // More than the network takes. Writing ends when the server reads no more.
        for _ in 0..2_000 {
            if line.write_all(asks.as_bytes()).is_err() {
                break;
            }
        }
        line
    });
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(server.number("nest_connections").await, before + 1);
    while server.number("nest_connections").await > before {
        assert!(begun.elapsed() < Duration::from_secs(90), "an answer that is not read keeps its connection");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(begun.elapsed() > Duration::from_secs(10), "it had time to read: {:?}", begun.elapsed());
    assert_eq!(server.number("nest_bytes_in_flight").await, 0);
    unread.await.unwrap().close();
    server.works().await;
}

/// The source runs in a process of its own, with 1,024 open files, and takes all that are left.
#[tokio::test(flavor = "multi_thread")]
async fn a_lack_of_files_is_named_as_what_it_is() {
    let mut transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let mut source = Besieged::new(&transcryptors).await;
    let nest = account(&transcryptors, "nest").await;
    let asks = field::asks(Operation::Progress, [Pseudonym::random()]);
    let body = field::message("assessment", "nest", &nest.session().await.unwrap(), &asks);
    let root = Certificate::from_pem(source.root().as_bytes()).unwrap();
    let http = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    let url = source.url.clone();
    let ask = async || {
        let call = http.post(format!("{url}{}", field::PROGRESS)).bearer_auth(HONEST[0]);
        send(call.header("Content-Type", "application/json").body(body.clone())).await
    };
    assert_eq!(ask().await.status, 200);
    // Its connections to the transcryptors are gone, and new ones need files.
    for transcryptor in 0..2 {
        transcryptors.restart(transcryptor, Sessions::Kept).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    source.tell("take");
    let refused = ask().await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!(Code::Overloaded.as_str())));
    source.tell("give back");
    let ready = http.get(format!("{url}/api/v1/ready")).send().await.unwrap();
    assert_eq!(ready.status(), 200, "no transcryptor is taken to be down");
    assert_eq!(ask().await.status, 200);
}

/// A process in whose system no authority is trusted.
#[tokio::test(flavor = "multi_thread")]
async fn a_system_without_certificates_needs_none_where_nothing_is_checked() {
    alone(
        "limits::in_a_process_without_certificates",
        "export SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/nonexistent;",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_process_without_certificates() {
    if !is_alone() {
        return;
    }
    // Plain HTTP on loopback: a source, its transcryptors and a client, as everywhere.
    let server = ServerFixture::new().await;
    let who = server.walkers(1).await;
    server.client().activity::<Walk>().progress_batch(&who).await.unwrap();
    // TLS with a certificate that was given.
    let server = ServerFixture::over_tls(|builder| builder).await;
    let who = server.walkers(1).await;
    server.client().activity::<Walk>().progress_batch(&who).await.unwrap();
    // TLS without one: it says what is missing.
    let transcryptors = Transcryptors::builder().party("nest").start().await.unwrap();
    let nest = account(&transcryptors, "nest").await;
    let built =
        NestClient::builder("https://127.0.0.1:1", "token").domain("nest").transcryption(nest).build();
    let said = built.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains("certificate"), "{said}");
}

const ALONE: &str = "NEST_TESTS_ALONE";

fn is_alone() -> bool {
    std::env::var_os(ALONE).is_some()
}

/// Runs one test of this program in a process of its own, after a command of the shell.
fn alone(test: &str, before: &str) {
    let program = std::env::current_exe().unwrap();
    let run = format!("{before} exec {program:?} --exact {test} --nocapture");
    let ended = Command::new("sh").arg("-c").arg(run).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}");
    let listed = String::from_utf8_lossy(&ended.stdout);
    assert!(listed.contains("1 passed"), "{listed}");
}

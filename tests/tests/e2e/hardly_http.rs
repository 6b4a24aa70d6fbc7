//! Requests that are hardly HTTP, that are cut off, and that are slow.

use std::io::Write;

use crate::field::text;
use crate::hostile::{fixture, good, progress};
use crate::raw_request::Expect::{Answer, Closed, Http, Problem};
use crate::raw_request::{Case, Send, chunked, exchange, json, request, sends, try_all};
use crate::server_fixture::ServerFixture;

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_hardly_http() {
    let (fixture, _turn) = fixture().await;
    try_all(&fixture, hardly_http(&fixture).await).await;
}

/// Requests that are hardly HTTP, that are cut off, and that are slow.
pub(crate) async fn hardly_http(fixture: &ServerFixture) -> Vec<Case> {
    let good = text(&good(fixture).await).into_bytes();
    let path = progress();
    let create = path.replace("activities/walk/progress", "participants/create");
    let is_json = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", good.len());
    let head = |headers: &str| request(&path, &format!("{is_json}{headers}"), &good);
    let chunk = |chunks: &[u8]| chunked(&path, chunks);
    let whole_chunk = [format!("{:x}\r\n", good.len()).as_bytes(), &good, b"\r\n0\r\n\r\n"].concat();
    let short = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", good.len() + 10);
    let old = String::from_utf8(head("")).unwrap().replacen("HTTP/1.1", "HTTP/1.0", 1);
    let cut_off = |bytes: Vec<u8>| -> Send {
        Box::new(move |connection| {
            connection.write_all(&bytes)?;
            connection.end()
        })
    };
    let mut odd = head("x-odd: ?\r\n");
    let at = odd.iter().position(|byte| *byte == b'?').unwrap();
    odd[at] = 0xff;
    let many: String = (0..1000).map(|name| format!("x-{name}: 1\r\n")).collect();
    vec![
        sends("HTTP/1.0", old.clone(), Answer),
        sends("HTTP/0.9", "GET /api/v1/health\r\n", Http(400)),
        sends("HTTP/3.7", old.replacen("HTTP/1.0", "HTTP/3.7", 1), Http(400)),
        sends("no HTTP", vec![0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3], Http(400)),
        sends("a chunked body", chunk(&whole_chunk), Answer),
        sends("headers of 1 MB", head(&format!("x-large: {}\r\n", "a".repeat(1 << 20))), Http(431)),
        sends("1,000 headers", head(&many), Http(431)),
        sends("a header of no UTF-8", odd, Answer),
        sends(
            "a target of 60 KB",
            json(&format!("/api/v1/{}", "a".repeat(60 << 10)), &good),
            Problem(404, "not-found"),
        ),
        sends("a target of 64 KB", json(&format!("/api/v1/{}", "a".repeat(64 << 10)), &good), Http(400)),
        sends(
            "a target that goes up",
            json("/api/v1/../v1/activities/walk/progress_batch", &good),
            Problem(404, "not-found"),
        ),
        sends(
            "another method",
            String::from_utf8(head("")).unwrap().replacen("POST", "DELETE", 1),
            Problem(405, "method-not-allowed"),
        ),
        sends(
            "an Idempotency-Key of 10 KB",
            request(&create, &format!("{is_json}Idempotency-Key: {}\r\n", "k".repeat(10 << 10)), &good),
            Problem(400, "invalid-idempotency-key"),
        ),
        sends("two lengths", head("Content-Length: 1\r\n"), Http(400)),
        sends("a length and chunks", head("Transfer-Encoding: chunked\r\n"), Http(400)),
        sends("a negative length", request(&path, "Content-Length: -1\r\n", b""), Http(400)),
        sends("a length that is no number", request(&path, "Content-Length: x\r\n", b""), Http(400)),
        sends("a chunk of no length", chunk(b"zz\r\n{}\r\n0\r\n\r\n"), Closed),
        sends("a chunk longer than any", chunk(b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n"), Closed),
        sends("a chunk longer than it says", chunk(b"1\r\n{}\r\n0\r\n\r\n"), Closed),
        Case {
            what: "chunks without an end".to_owned(),
            sends: cut_off(chunk(b"2\r\n{}\r\n")),
            expect: Problem(400, "incomplete-body"),
        },
        Case {
            what: "a body that ends early".to_owned(),
            sends: cut_off(request(&path, &short, &good)),
            expect: Problem(400, "incomplete-body"),
        },
        sends("a slow body", request(&path, &short, &good), Problem(408, "request-timeout")),
        sends("a slow head", request(&path, "", b"")[..60].to_vec(), Http(408)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_on_one_connection_are_answered_in_their_order() {
    let (fixture, _turn) = fixture().await;
    let body = text(&good(&fixture).await).into_bytes();
    let one = String::from_utf8(json(&progress(), &body)).unwrap().replace("Connection: close\r\n", "");
    let bad = one.replacen("\"activity\"", "\"activitx\"", 1);
    let health = "GET /api/v1/health HTTP/1.1\r\nHost: sports\r\n\r\n";
    let last = String::from_utf8(json(&progress(), &body)).unwrap();
    let all = format!("{one}{bad}{}{one}{last}", health.repeat(200));
    let address = fixture.address();
    let answers = tokio::task::spawn_blocking(move || exchange(&address, &sends("many", all, Answer)));
    let answers = String::from_utf8(answers.await.unwrap()).unwrap();
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    let expected = [vec!["200", "422"], vec!["200"; 202]].concat();
    assert_eq!(statuses, expected);
    fixture.works().await;
}

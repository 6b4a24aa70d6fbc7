//! Raw requests to a server: the bytes that are sent, the answer that is expected, and the checks after it.

use std::io::{Read, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{fs, panic, thread};

use serde_json::Value;
use tokio::sync::Mutex;

use crate::blocks::COMPACT;
use crate::field::TOKEN;
use crate::line::{Address, DEADLINE, Line};
use crate::server_fixture::ServerFixture;

/// What comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// An answer like every other.
    Answer,
    /// Problem details of this status and code.
    Problem(u16, &'static str),
    /// A status without a body, for what is not HTTP.
    Http(u16),
    /// The connection is closed without an answer.
    Closed,
}

use Expect::{Answer, Closed, Http, Problem};

/// Sends bytes. The server may refuse them in the middle.
pub(crate) type Send = Box<dyn Fn(&mut Line) -> std::io::Result<()> + std::marker::Send + Sync>;

/// One request, and the answer that is expected.
pub(crate) struct Case {
    pub(crate) what: String,
    pub(crate) sends: Send,
    pub(crate) expect: Expect,
}

pub(crate) fn sends(what: impl Into<String>, bytes: impl Into<Vec<u8>>, expect: Expect) -> Case {
    let (what, bytes) = (what.into(), bytes.into());
    Case { what, sends: Box::new(move |connection| connection.write_all(&bytes)), expect }
}

/// A request as it stands on the wire.
pub(crate) fn request(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: sports\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n{headers}\r\n"
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// A request in which everything is right except the body.
pub(crate) fn json(path: &str, body: &[u8]) -> Vec<u8> {
    request(path, &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()), body)
}

/// As [`json`], in the other form of a message.
pub(crate) fn compact(path: &str, body: &[u8]) -> Vec<u8> {
    request(path, &format!("Content-Type: {COMPACT}\r\nContent-Length: {}\r\n", body.len()), body)
}

pub(crate) fn chunked(path: &str, chunks: &[u8]) -> Vec<u8> {
    request(path, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", chunks)
}

/// All that comes back until the connection is closed.
pub(crate) fn exchange(address: &Address, case: &Case) -> Vec<u8> {
    let connection = address.connect().unwrap();
    let (mut writing, mut reading) = (connection.try_clone().unwrap(), connection);
    thread::scope(|scope| {
        // It may be closed before all is sent, which is no fault.
        scope.spawn(move || (case.sends)(&mut writing).ok());
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        loop {
            match reading.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(read) => answer.extend_from_slice(&part[..read]),
            }
        }
        reading.close();
        answer
    })
}

/// What an answer amounts to.
pub(crate) fn found(answer: &[u8]) -> String {
    let answer = String::from_utf8_lossy(answer);
    // What says that the body may come is no answer yet.
    let answer = answer.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(&answer);
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return "closed".to_owned() };
    let status = head.split(' ').nth(1).unwrap_or_default();
    let body: Value = serde_json::from_str(body.trim_end_matches("\r\n0\r\n\r\n")).unwrap_or_default();
    match body["code"].as_str() {
        Some(code) => format!("{status} {code}"),
        None => status.to_owned(),
    }
}

impl Expect {
    fn as_found(self) -> String {
        match self {
            Answer => "200".to_owned(),
            Problem(status, code) => format!("{status} {code}"),
            Http(status) => status.to_string(),
            Closed => "closed".to_owned(),
        }
    }
}

pub(crate) static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts panics of the server from now on, but for those that other tests want.
pub(crate) fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // One on another thread is another test's, or makes a request fail with 500.
            let of_a_server = thread::current().name().is_some_and(|name| name.starts_with("actix"));
            if of_a_server && info.payload_as_str() != Some("as the test wants it") {
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
            before(info);
        }));
    });
}

/// The tests of this file run one by one, so that each has the memory to itself.
pub(crate) static TURN: Mutex<()> = Mutex::const_new(());

/// The most memory that this process has had since it was last asked, in MiB.
pub(crate) fn most_memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let most: usize = line.trim().trim_end_matches(" kB").parse().unwrap();
    fs::write("/proc/self/clear_refs", "5").unwrap();
    most / 1024
}

/// Tries all, and says which were answered otherwise than expected.
pub(crate) async fn try_all(fixture: &ServerFixture, cases: Vec<Case>) {
    try_all_at(&fixture.address(), fixture, cases).await;
}

/// As [`try_all`], where the fixture is not spoken to as it expects.
pub(crate) async fn try_all_at(address: &Address, fixture: &ServerFixture, cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for case in cases {
        let address = address.clone();
        let start = Instant::now();
        let (case, answer) = tokio::task::spawn_blocking(move || {
            let answer = exchange(&address, &case);
            (case, answer)
        })
        .await
        .unwrap();
        let found = found(&answer);
        if found != case.expect.as_found() || start.elapsed() > DEADLINE {
            wrong.push(format!("{}: {found} after {:?}", case.what, start.elapsed()));
        }
        assert!(!found.starts_with("500"), "{}: {found}", case.what);
        fixture.works().await;
    }
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

//! HTTP/2 is spoken over TLS where something in the program turns it on, as here: what nobody well-meaning does with
//! it, frame by frame.

use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::attempt::{Case, Expect, PANICS, TURN, count_panics, exchange, found, sends};
use crate::field::{TOKEN, text};
use crate::hostile::{few_places, good, progress};
use crate::house::House;
use crate::line::DEADLINE;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&len[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// What a client begins with.
fn preface() -> Vec<u8> {
    [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &[])].concat()
}

/// A header as it stands in a head, not compressed.
fn header(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [vec![0], text(name), text(value)].concat()
}

/// The head of a request, of which all is well.
fn head() -> Vec<u8> {
    let headers = [
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", "club"),
        (":path", &progress()),
        ("authorization", &format!("Bearer {TOKEN}")),
        ("content-type", "application/json"),
    ];
    headers.map(|(name, value)| header(name, value)).concat()
}

/// A header of some 16 kB, in frames of their own.
fn large(kind: u8) -> Vec<u8> {
    frame(kind, 0, 1, &[&[0, 1, b'x', 0x7f, 0x80, 0x7d][..], &[b'x'; 127 + 125 * 128]].concat())
}

/// After the preface, these frames.
fn frames(what: &str, frames: impl Into<Vec<u8>>) -> Case {
    sends(what, [preface(), frames.into()].concat(), Expect::Closed)
}

/// All that comes back.
async fn answer(house: &House, case: Case) -> Vec<u8> {
    let address = house.address().speaking(&["h2"]);
    let answer = tokio::task::spawn_blocking(move || exchange(&address, &case)).await.unwrap();
    house.works().await;
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_make_no_request_end_the_connection() {
    let _turn = TURN.lock().await;
    count_panics();
    let house = House::over_tls(few_places).await;
    let taken_back = |stream: u32| {
        let head = frame(HEADERS, END_HEADERS, stream, &head());
        [head, frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])].concat()
    };
    let pieces = frame(CONTINUATION, 0, 1, &[]).repeat(100_000);
    let cases = vec![
        sends("nothing", b"", Expect::Closed),
        sends("HTTP/1.1", b"GET / HTTP/1.1\r\nHost: club\r\n\r\n", Expect::Closed),
        frames("a preface, and then nothing", b""),
        frames("a frame of a stream that cannot be", frame(DATA, 0, 2, b"{}")),
        frames("a frame longer than any", [0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1]),
        frames("settings that are none", frame(SETTINGS, 0, 0, &[7; 5])),
        frames("a head that is none", frame(HEADERS, END_HEADERS | END_STREAM, 1, &[0xff; 64])),
        frames("a head without an end", frame(HEADERS, 0, 1, &head())),
        frames("a head in 100,000 pieces", [frame(HEADERS, 0, 1, &head()), pieces].concat()),
        frames("a head of 32 MB", [large(HEADERS), large(CONTINUATION).repeat(2000)].concat()),
        frames(
            "10,000 requests taken back",
            (0..10_000).flat_map(|i| taken_back(2 * i + 1)).collect::<Vec<_>>(),
        ),
    ];
    for case in cases {
        let (what, start) = (case.what.clone(), Instant::now());
        assert_eq!(found(&answer(&house, case).await), "closed", "{what}");
        assert!(start.elapsed() < DEADLINE, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_frames_is_answered_as_any() {
    let _turn = TURN.lock().await;
    count_panics();
    let house = House::over_tls(few_places).await;
    let good = text(&good(&house).await).into_bytes();
    let asks = |what, flags, body: &[u8]| {
        frames(what, [frame(HEADERS, END_HEADERS, 1, &head()), frame(DATA, flags, 1, body)].concat())
    };
    for (case, part) in [
        (asks("a good one", END_STREAM, &good), "\"batch\""),
        (asks("no message", END_STREAM, b"{}"), "\"wrong-shape\""),
        (asks("half a message", END_STREAM, &good[..good.len() / 2]), "\"invalid-json\""),
        (asks("a slow body", 0, &good[..10]), "\"request-timeout\""),
    ] {
        let what = case.what.clone();
        let answer = answer(&house, case).await;
        assert!(String::from_utf8_lossy(&answer).contains(part), "{what}");
    }
}

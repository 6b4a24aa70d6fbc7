//! Hostile requests over TLS, as a data source is served. The server refuses them as over plain HTTP. A connection
//! without a valid handshake gets no answer, takes no place of callers, and is soon closed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::MutexGuard;

use crate::field::text;
use crate::hardly_http::hardly_http;
use crate::hostile::{few_places, good, no_messages, progress};
use crate::line::Address;
use crate::raw_request::Expect::{Answer, Closed, Http};
use crate::raw_request::{Case, Send, TURN, count_panics, exchange, found, json, sends, try_all, try_all_at};
use crate::server_fixture::ServerFixture;

/// What a handshake may take, and a little more.
const HANDSHAKE: Duration = Duration::from_secs(9);

async fn fixture() -> (ServerFixture, MutexGuard<'static, ()>) {
    let turn = TURN.lock().await;
    count_panics();
    (ServerFixture::over_tls(few_places).await, turn)
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_message_over_tls() {
    let (fixture, _turn) = fixture().await;
    try_all(&fixture, no_messages(&fixture).await).await;
    assert_eq!(fixture.inside.kept().walks.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_hardly_http_over_tls() {
    let (fixture, _turn) = fixture().await;
    try_all(&fixture, hardly_http(&fixture).await).await;
}

/// The end of a connection without the word for it, as somebody on the way could make one.
fn cut_off(what: &str, bytes: &[u8]) -> Case {
    let bytes = bytes.to_vec();
    let sends: Send = Box::new(move |connection| {
        connection.write_all(&bytes)?;
        connection.cut()
    });
    Case { what: what.to_owned(), sends, expect: Closed }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_off_in_tls() {
    let (fixture, _turn) = fixture().await;
    let whole = json(&progress(), text(&good(&fixture).await).as_bytes());
    let cases = vec![
        cut_off("nothing at all", b""),
        cut_off("a head that is cut off", &whole[..60]),
        cut_off("a body that is cut off", &whole[..whole.len() - 10]),
        sends("a handshake, and then nothing", b"", Http(408)),
    ];
    try_all(&fixture, cases).await;
}

/// The first message of a good handshake.
fn hello(address: &Address) -> Vec<u8> {
    let mut hello = Vec::new();
    address.handshake().write_tls(&mut hello).unwrap();
    hello
}

/// The first message of a handshake in TLS 1.0 that offers no later version.
fn old_hello() -> Vec<u8> {
    let hello = [&[3, 1][..], &[7; 32], &[0], &[0, 2, 0, 0x2f], &[1, 0]].concat();
    let len = u8::try_from(hello.len()).unwrap();
    [&[0x16, 3, 1, 0, len + 4, 1, 0, 0, len][..], &hello].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_handshake_is_told_nothing() {
    let (fixture, _turn) = fixture().await;
    let plain = Address::plain(&fixture.url);
    let request = json(&progress(), text(&good(&fixture).await).as_bytes());
    let hello = hello(&fixture.address());
    let mut wrong = hello.clone();
    wrong[43..].fill(0xff);
    let slow = hello.clone();
    let slow: Send = Box::new(move |connection| {
        for byte in &slow {
            connection.write_all(&[*byte])?;
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    });
    // The first MB of a message of 16 MB.
    let endless = [&[0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff][..], &[0; 0x4000 - 4]].concat();
    let more = [&[0x16, 3, 1, 0x40, 0][..], &[0; 0x4000]].concat().repeat(64);
    let cases = vec![
        sends("plain HTTP", request.clone(), Closed),
        sends("HTTP/2 in plain", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Closed),
        sends("what is nothing", vec![0xff; 1 << 20], Closed),
        sends("zeros", vec![0; 1 << 20], Closed),
        sends("a record longer than any", [&[0x16, 3, 1, 0xff, 0xff][..], &[0; 0xffff]].concat(), Closed),
        sends("a hello longer than any", [endless, more].concat(), Closed),
        sends("a hello of which the half is wrong", wrong, Closed),
        sends("a hello of TLS 1.0", old_hello(), Closed),
        sends("data instead of a hello", [&[0x17, 3, 3, 0, 64][..], &[7; 64]].concat(), Closed),
        sends("an alert instead of a hello", [0x15, 3, 3, 0, 2, 1, 0], Closed),
        sends("a hello twice", hello.repeat(2), Closed),
        sends("a hello, and plain HTTP behind it", [hello.as_slice(), &request].concat(), Closed),
        sends("a hello, and nothing more", hello.clone(), Closed),
        sends("half a hello, and nothing more", &hello[..hello.len() / 2], Closed),
        cut_off("half a hello, and the end", &hello[..hello.len() / 2]),
        cut_off("a hello, and the end", &hello),
        Case { what: "a slow hello".to_owned(), sends: slow, expect: Closed },
        sends("nothing", b"", Closed),
    ];
    for case in cases {
        let (what, start) = (case.what.clone(), Instant::now());
        try_all_at(&plain, &fixture, vec![case]).await;
        assert!(start.elapsed() < HANDSHAKE, "{what}");
    }
}

/// More than there are places, and none of them has one.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_never_say_hello_hold_nobody_up() {
    let (fixture, _turn) = fixture().await;
    let address = fixture.url.trim_start_matches("https://").to_owned();
    let start = Instant::now();
    let mut silent: Vec<_> = (0..100).map(|_| TcpStream::connect(&address).unwrap()).collect();
    fixture.works().await;
    for connection in &mut silent {
        connection.set_nonblocking(true).unwrap();
    }
    let open = silent.iter_mut().map(|silent| silent.read(&mut [0]).is_err()).filter(|open| *open).count();
    assert!(open > 90, "{open} were open while a request was answered");
    let closing = tokio::task::spawn_blocking(move || {
        silent.into_iter().all(|mut silent| {
            silent.set_nonblocking(false).unwrap();
            silent.set_read_timeout(Some(HANDSHAKE)).unwrap();
            matches!(silent.read(&mut [0]), Ok(0))
        })
    });
    assert!(closing.await.unwrap(), "each was closed");
    assert!(start.elapsed() < HANDSHAKE);
    fixture.works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protocols_are_those_that_are_said_to_be() {
    let (fixture, _turn) = fixture().await;
    let one = json(&progress(), text(&good(&fixture).await).as_bytes());
    let address = fixture.address();
    let asking = tokio::task::spawn_blocking(move || {
        let agreed =
            |asked: &[&str]| address.clone().speaking(asked).connect().ok().map(|line| line.protocol());
        assert_eq!(agreed(&[]), Some(None));
        assert_eq!(agreed(&["http/1.1"]), Some(Some("http/1.1".to_owned())));
        // Some other servers of the tests in this program turn HTTP/2 on.
        assert_eq!(agreed(&["h2", "http/1.1"]), Some(Some("http/1.1".to_owned())));
        for none in ["h2", "h2c", "h3", "http/1.0", "spdy/3"] {
            assert_eq!(agreed(&[none]), None, "{none}");
        }
        for asked in [&[][..], &["http/1.1"]] {
            let one = sends("a good one", one.clone(), Answer);
            assert_eq!(found(&exchange(&address.clone().speaking(asked), &one)), "200");
        }
    });
    asking.await.unwrap();
}

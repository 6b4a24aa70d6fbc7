//! Requests that arrive twice. A write is carried out once.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nest_api::prelude::*;
use nest_api::{ClientError, Code, Mode};
use nest_testbed::Sessions;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::field::{self, Answered, TOKEN, post, send};
use crate::flaky_proxy::both_up;
use crate::in_memory_source::{FINE, Member};
use crate::server_fixture::{
    Given, ServerFixture, asks, batch, caller, member, path, registration, strangers,
};

fn create() -> String {
    batch(Operation::Create)
}

async fn keyed(fixture: &ServerFixture, path: &str, key: &str, body: Vec<u8>) -> Answered {
    send(post(&fixture.url, path, body).header("idempotency-key", key)).await
}

fn code(answer: &Answered) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_has_the_same_bytes_and_writes_nothing() {
    let fixture = ServerFixture::new().await;
    let body = registration(&fixture, &strangers(3)).await;
    let first = keyed(&fixture, &create(), "one", body.clone()).await;
    assert_eq!((first.status, fixture.inside.writes()), (200, 3));
    let calls = fixture.inside.begun();
    for _ in 0..3 {
        let again = keyed(&fixture, &create(), "one", body.clone()).await;
        assert_eq!((again.status, &again.body), (200, &first.body));
        assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    }
    assert_eq!((fixture.inside.begun(), fixture.inside.writes()), (calls, 3));
    let outcomes: Vec<_> = fixture.lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["ok", "repeated", "repeated", "repeated"]);
    assert_eq!(fixture.lines()[3]["records"], 3);
    assert_eq!(fixture.requests(Operation::Create, "participants", "repeated").await, 3);
    assert_eq!(fixture.records(Operation::Create, "participants", "ok").await, 3, "answered once");

    // Under another key, or none, it is another request.
    for key in [Some("two"), None] {
        let mut again = post(&fixture.url, &create(), body.clone());
        if let Some(key) = key {
            again = again.header("idempotency-key", key);
        }
        let again = send(again).await;
        assert_eq!((again.status, again.body == first.body), (200, false));
    }
    assert_eq!((fixture.inside.begun(), fixture.inside.writes()), (calls + 6, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_request_of_one_caller() {
    let fixture =
        ServerFixture::with(|builder| builder.caller(Caller::new("second", TokenHash::of("of-the-second"))))
            .await;
    let who = strangers(2);
    let body = registration(&fixture, &who).await;
    assert_eq!(keyed(&fixture, &create(), "one", body.clone()).await.status, 200);
    let reused = (422, "idempotency-key-reused".to_owned());
    let other = registration(&fixture, &strangers(2)).await;
    assert_eq!(code(&keyed(&fixture, &create(), "one", other).await), reused);
    // The same people, sealed again.
    let sealed_again = registration(&fixture, &who).await;
    assert_eq!(code(&keyed(&fixture, &create(), "one", sealed_again).await), reused);
    // The same body to another path.
    let update = path("participants", Operation::Update, Mode::Batch);
    assert_eq!(code(&keyed(&fixture, &update, "one", body.clone()).await), reused);
    assert_eq!(fixture.inside.writes(), 2);

    // The key of somebody else is another key.
    let second =
        reqwest::Client::new().post(format!("{}{}", fixture.url, create())).bearer_auth("of-the-second");
    let second =
        second.header("content-type", "application/json").header("idempotency-key", "one").body(body);
    assert_eq!(send(second).await.status, 200);
    assert_eq!(fixture.lines().pop().unwrap()["outcome"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_refused_and_one_of_a_question_is_not_read() {
    let fixture = ServerFixture::new().await;
    let body = registration(&fixture, &strangers(1)).await;
    for key in ["", " ", "a b", "é", &"k".repeat(256), &"k".repeat(10_000)] {
        let answer = keyed(&fixture, &create(), key, body.clone()).await;
        assert_eq!(code(&answer), (400, "invalid-idempotency-key".to_owned()), "{}", key.len());
        assert!(key.trim().is_empty() || !answer.everything().contains(key));
    }
    assert_eq!(fixture.inside.begun(), 0);
    assert_eq!(keyed(&fixture, &create(), &"k".repeat(255), body).await.status, 200);

    let who = fixture.members(1).await;
    let read = path("participants", Operation::Read, Mode::Batch);
    let body = fixture.request("participants", &asks("participants", Operation::Read, &who)).await;
    let answers =
        [keyed(&fixture, &read, "same", body.clone()).await, keyed(&fixture, &read, "same", body).await];
    assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 200]);
    assert_ne!(answers[0].body, answers[1].body, "asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_first_is_under_way_the_second_is_told_so() {
    let fixture = ServerFixture::new().await;
    let body = registration(&fixture, &strangers(2)).await;
    fixture.inside.hold(true);
    let first =
        tokio::spawn(send(post(&fixture.url, &create(), body.clone()).header("idempotency-key", "one")));
    fixture.inside.until_begun(2).await;
    let second = keyed(&fixture, &create(), "one", body.clone()).await;
    assert_eq!(code(&second), (409, "in-progress".to_owned()));
    assert!(second.header("retry-after").is_some());
    fixture.inside.hold(false);
    let first = first.await.unwrap();
    let third = keyed(&fixture, &create(), "one", body).await;
    assert_eq!((first.status, third.status, third.body), (200, 200, first.body));
    assert_eq!(fixture.inside.writes(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_write_once() {
    let fixture = ServerFixture::new().await;
    let body = registration(&fixture, &strangers(3)).await;
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        asking.spawn(send(post(&fixture.url, &create(), body.clone()).header("idempotency-key", "one")));
    }
    let answers = asking.join_all().await;
    let bodies: HashSet<_> =
        answers.iter().filter(|answer| answer.status == 200).map(|answer| &answer.body).collect();
    assert_eq!((bodies.len(), fixture.inside.writes()), (1, 3));
    assert!(answers.iter().all(|answer| answer.status == 200 || code(answer).1 == "in-progress"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_before_the_source_is_called_gives_its_key_free() {
    let mut fixture = ServerFixture::new().await;
    let body = registration(&fixture, &strangers(2)).await;
    fixture.transcryptors.halt(1).await.unwrap();
    let refused = keyed(&fixture, &create(), "one", body.clone()).await;
    assert_eq!(code(&refused), (503, "transcryption-unavailable".to_owned()));
    fixture.transcryptors.restart(1, Sessions::Kept).await.unwrap();
    both_up(&fixture.account).await;
    assert_eq!(keyed(&fixture, &create(), "one", body).await.status, 200);

    let who = strangers(1);
    let unreadable = fixture.request("participants", &asks("participants", Operation::Read, &who)).await;
    let delete = path("participants", Operation::Delete, Mode::Batch);
    assert_eq!(code(&keyed(&fixture, &delete, "two", unreadable).await).1, "item-unreadable");
    let readable = fixture.request("participants", &asks("participants", Operation::Delete, &who)).await;
    assert_eq!(keyed(&fixture, &delete, "two", readable).await.status, 200);
    // What is no message is refused before its key is looked at.
    assert_eq!(code(&keyed(&fixture, &create(), "three", b"{}".to_vec()).await).1, "wrong-shape");
    let body = registration(&fixture, &strangers(1)).await;
    assert_eq!(keyed(&fixture, &create(), "three", body).await.status, 200);
}

/// A batch without records writes nothing, so there is nothing to remember, and no key is spent on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_about_nobody_leaves_its_key_free() {
    let fixture = ServerFixture::new().await;
    let nobody = registration(&fixture, &[]).await;
    for _ in 0..2 {
        assert_eq!(keyed(&fixture, &create(), "one", nobody.clone()).await.status, 200);
    }
    let update = path("participants", Operation::Update, Mode::Batch);
    let nobody_to_update = fixture.request::<Given<Member>>("participants", &[]).await;
    assert_eq!(keyed(&fixture, &update, "one", nobody_to_update).await.status, 200);
    assert_eq!((fixture.inside.begun(), fixture.inside.writes()), (0, 0));

    let body = registration(&fixture, &strangers(2)).await;
    let first = keyed(&fixture, &create(), "one", body.clone()).await;
    let again = keyed(&fixture, &create(), "one", body).await;
    assert_eq!((first.status, again.status, fixture.inside.writes()), (200, 200, 2));
    assert_eq!(first.body, again.body);
    let outcomes: Vec<_> = fixture.lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["ok", "ok", "ok", "ok", "repeated"]);
    // The key is that of the people now.
    assert_eq!(
        code(&keyed(&fixture, &create(), "one", nobody).await),
        (422, "idempotency-key-reused".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_lost_its_rights_is_not_told_an_old_answer() {
    let fixture = ServerFixture::new().await;
    let body = registration(&fixture, &strangers(1)).await;
    assert_eq!(keyed(&fixture, &create(), "one", body.clone()).await.status, 200);
    fixture.api.set_callers(vec![caller(TOKEN).only_operations([Operation::Read])]).unwrap();
    assert_eq!(keyed(&fixture, &create(), "one", body.clone()).await.status, 403);
    fixture.api.set_callers(vec![caller(TOKEN).only_domains(["other"])]).unwrap();
    assert_eq!(keyed(&fixture, &create(), "one", body).await.status, 403);
}

/// A gateway that breaks off the first answers of the data source after so many bytes.
async fn cutting(target: SocketAddr, cuts: usize, bytes: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, left) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(cuts)));
    let cuts = Arc::clone(&left);
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            let cuts = Arc::clone(&cuts);
            tokio::spawn(async move {
                let server = TcpStream::connect(target).await.unwrap();
                let (mut asked, mut answered) = connection.into_split();
                let (mut answer, mut request) = server.into_split();
                let asking = tokio::spawn(async move { copy(&mut asked, &mut request).await });
                let cut = cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                if cut.is_ok() {
                    let mut part = vec![0; bytes];
                    answer.read_exact(&mut part).await.unwrap();
                    answered.write_all(&part).await.unwrap();
                    // Long enough for the caller to have begun reading it.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    asking.abort();
                } else {
                    copy(&mut answer, &mut answered).await.ok();
                }
            });
        }
    });
    (address, left)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_whose_answer_was_cut_off_asks_again_and_doubles_nothing() {
    let fixture = ServerFixture::new().await;
    let target = fixture.url.trim_start_matches("http://").parse().unwrap();
    // In the middle of the status, of the head, and of the body.
    for (cuts, bytes) in [(1, 5), (2, 60), (3, 700)] {
        let (address, left) = cutting(target, cuts, bytes).await;
        let (calls, writes, lines) = (fixture.inside.begun(), fixture.inside.writes(), fixture.lines().len());
        let client = field::client(&format!("http://{address}"), fixture.nest.clone());
        let who = strangers(3);
        let records = who.iter().map(|who| (*who, member(FINE))).collect();
        let answers = client.participants::<Member>().create_batch(records).await.unwrap();
        assert_eq!(left.load(Ordering::SeqCst), 0);
        assert_eq!(answers.len(), 3);
        assert!(answers.iter().all(|answer| answer.result() == Ok(&())), "none is a conflict with itself");
        assert_eq!((fixture.inside.begun() - calls, fixture.inside.writes() - writes), (3, 3));
        let outcomes: Vec<_> = fixture.lines()[lines..].iter().map(|line| line["outcome"].clone()).collect();
        let mut expected = vec![json!("repeated"); cuts + 1];
        expected[0] = json!("ok");
        assert_eq!(outcomes, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_never_answered_says_perhaps_and_can_ask_again() {
    let fixture = ServerFixture::new().await;
    let target = fixture.url.trim_start_matches("http://").parse().unwrap();
    let (address, left) = cutting(target, 4, 60).await;
    let client = field::client(&format!("http://{address}"), fixture.nest.clone());
    let outcome = client.participants().create(Pseudonym::random(), member(FINE)).await;
    let Err(error @ ClientError::Perhaps { .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((left.load(Ordering::SeqCst), fixture.inside.writes()), (0, 1), "four times only");
    let ClientError::Perhaps { again, because } = &error else { unreachable!() };
    assert_eq!(**because, ClientError::Unreachable);
    let said = error.to_string();
    assert!(said.contains("perhaps") && said.contains(again.key()), "{said}");

    // The way is free again.
    let answers = client.ask_again(again).await.unwrap();
    assert!(answers.len() == 1 && answers[0].result() == Ok(&()));
    assert_eq!(fixture.inside.writes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_outlives_the_client_is_not_said_to_have_failed() {
    let fixture = ServerFixture::new().await;
    fixture.inside.hold(true);
    let client = NestClient::builder(&fixture.url, TOKEN).domain("nest").transcryption(fixture.nest.clone());
    let client = client.allow_plain_http().timeout(Duration::from_secs(1));
    let impatient = client.repeat_for(Duration::from_secs(2)).build().unwrap();
    let records = |who: Vec<Pseudonym>| who.into_iter().map(|who| (who, member(FINE))).collect::<Vec<_>>();
    let outcome = impatient.participants().create_batch(records(strangers(2))).await;
    let Err(ClientError::Perhaps { again, because }) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(*because, ClientError::Refused { code: Some(Code::InProgress), .. }), "{because}");
    assert_eq!(fixture.inside.writes(), 0, "it is still under way");

    // A client with enough time waits as it is told, longer than any pause of its own.
    let client = NestClient::builder(&fixture.url, TOKEN).domain("nest").transcryption(fixture.nest.clone());
    let client = client.allow_plain_http().timeout(Duration::from_secs(1)).build().unwrap();
    let asking = tokio::spawn(async move { client.ask_again(&again).await });
    tokio::time::sleep(Duration::from_secs(3)).await;
    fixture.inside.hold(false);
    let answers = asking.await.unwrap().unwrap();
    assert!(answers.len() == 2 && answers.iter().all(|answer| answer.result() == Ok(&())));
    assert_eq!(fixture.inside.writes(), 2);
}

/// A proxy without a server for the first requests. It answers them itself, with this status.
async fn without_backend(target: SocketAddr, times: usize, status: u16) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for connection in 0.. {
            let (mut client, _) = listener.accept().await.unwrap();
            if connection < times {
                let mut part = [0; 1024];
                let _part = client.read(&mut part).await.unwrap();
                let head =
                    format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
                client.write_all(head.as_bytes()).await.unwrap();
                // What is on its way is read, or the answer would be lost with the connection.
                let mut nowhere = tokio::io::sink();
                let rest = copy(&mut client, &mut nowhere);
                tokio::time::timeout(Duration::from_millis(200), rest).await.ok();
            } else {
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(target).await.unwrap();
                    copy_bidirectional(&mut client, &mut server).await.ok();
                });
            }
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_could_not_hand_on_is_sent_again() {
    let fixture = ServerFixture::new().await;
    let target = fixture.url.trim_start_matches("http://").parse().unwrap();
    for status in [502, 503, 504] {
        let writes = fixture.inside.writes();
        let proxy = without_backend(target, 2, status).await;
        let client = field::client(&format!("http://{proxy}"), fixture.nest.clone());
        let records = strangers(2).into_iter().map(|who| (who, member(FINE))).collect();
        let answers = client.participants().create_batch(records).await.unwrap();
        assert!(answers.iter().all(|answer| answer.result() == Ok(&())));
        assert_eq!(fixture.inside.writes(), writes + 2, "{status}");
    }
    // Any other word of a proxy is final.
    let proxy = without_backend(target, 1, 413).await;
    let client = field::client(&format!("http://{proxy}"), fixture.nest.clone());
    let refused = client.participants().create(Pseudonym::random(), member(FINE)).await;
    assert_eq!(refused, Err(ClientError::Refused { status: 413, code: None, request_id: None }));
}

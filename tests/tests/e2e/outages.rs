//! What goes wrong while the API works: sources that fail, transcryptors and sessions that go, disks that are
//! full, and batches that are large.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use nest_api::prelude::*;
use nest_api::{AuditLog, ClientError, Code, Mode};
use nest_core::{Transcryption, TranscryptionError};
use nest_testbed::Sessions;
use serde_json::json;
use tokio::task::JoinSet;

use crate::field::{self, TOKEN, post, send, serve};
use crate::flaky_proxy::{Fate, Guarded, both_up};
use crate::in_memory_source::{FAILS, FINE, HANGS, InMemorySource, Member, PANICS, Swim, Walk};
use crate::server_fixture::{ServerFixture, asks, batch, caller, given, member, path, strangers};

fn outcomes<R>(answers: Vec<Answer<R>>) -> HashMap<Pseudonym, Result<R, RecordError>> {
    answers.into_iter().map(|answer| (answer.who, answer.into_result())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_panics_or_hangs_spoils_one_record_only() {
    let fixture = ServerFixture::with(|builder| builder.call_timeout(Duration::from_millis(300))).await;
    let mut expected = HashMap::new();
    for (mood, result) in [
        (FINE, Ok(())),
        (PANICS, Err(RecordError::Internal)),
        (HANGS, Err(RecordError::Internal)),
        (FAILS, Err(RecordError::Forbidden)),
    ] {
        for who in fixture.in_mood(mood, 2).await {
            expected.insert(who, result);
        }
    }
    let who: Vec<_> = expected.keys().copied().collect();
    let client = fixture.client();
    let start = Instant::now();
    let answers = client.participants::<Member>().read_batch(&who).await.unwrap();
    // Those that hang wait side by side.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    for (who, result) in outcomes(answers) {
        assert_eq!(result.map(|_| ()), expected[&who]);
    }
    let line = fixture.lines().pop().unwrap();
    assert_eq!((&line["records"], &line["failed"], &line["outcome"]), (&json!(8), &json!(6), &json!("ok")));
    for who in who {
        let one = client.activity::<Walk>().progress(who).await;
        assert_eq!(one.map(|_| ()), expected[&who].map_err(ClientError::Record));
    }
    fixture.works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_ends_in_time_with_what_there_is() {
    let fixture = ServerFixture::with(|builder| builder.request_timeout(Duration::from_millis(800))).await;
    let (fine, hangs) = (fixture.members(2).await, fixture.in_mood(HANGS, 3).await);
    let who: Vec<_> = fine.iter().chain(&hangs).copied().collect();
    let start = Instant::now();
    let answers = fixture.client().participants::<Member>().read_batch(&who).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
    for (who, result) in outcomes(answers) {
        let expected = if hangs.contains(&who) { Err(RecordError::Internal) } else { Ok(member(FINE)) };
        assert_eq!(result, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcryptor_that_does_not_answer_costs_no_more_than_the_time_of_a_request() {
    let guarded = Guarded::new().await;
    let (source, inside) = InMemorySource::new();
    let nest = guarded.account("nest").await;
    let api = DataSourceApi::builder(source)
        .domain("school")
        .transcryption(guarded.account("school").await)
        .caller(caller(TOKEN))
        .request_timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let url = serve(&api);
    let client = field::client(&url, nest.clone());
    client.participants().create(Pseudonym::random(), member(FINE)).await.unwrap();
    let items = given("participants", Operation::Create, &strangers(2), |_| member(FINE));
    let body = field::message("participants", "nest", &nest.session().await.unwrap(), &items);
    guarded.proxies[1].all(Fate::Silent).await;
    let start = Instant::now();
    let answer = send(post(&url, &batch(Operation::Create), body.clone()).header("idempotency-key", "one"));
    let answer = answer.await;
    assert_eq!((answer.status, &answer.json()["code"]), (503, &json!("timed-out")));
    assert!(start.elapsed() < Duration::from_secs(5) && inside.writes() == 1);

    guarded.proxies[1].all(Fate::Passed).await;
    both_up(&nest).await;
    let again = send(post(&url, &batch(Operation::Create), body).header("idempotency-key", "one")).await;
    assert_eq!((again.status, inside.writes()), (200, 3));
}

/// A source with its own ways of answering a batch, some of them wrong.
struct Batches(Arc<AtomicU8>);

const TOO_FEW: u8 = 4;
const TOO_MANY: u8 = 5;
const NONE: u8 = 6;

impl DataSource for Batches {
    type Participant = Member;
    const PARTICIPANTS: &[Operation] = &[Operation::Read];

    async fn read_participant(&self, _: &Context, _: Pseudonym) -> Result<Member, RecordError> {
        Ok(member(FINE))
    }

    async fn read_participant_batch(
        &self,
        _: &Context,
        who: Vec<Pseudonym>,
    ) -> Vec<Result<Member, RecordError>> {
        tokio::task::yield_now().await;
        let asked = who.len();
        let given = match self.0.load(Ordering::SeqCst) {
            PANICS => panic!("as the test wants it"),
            HANGS => std::future::pending().await,
            TOO_FEW => asked - 1,
            TOO_MANY => asked + 1,
            NONE => 0,
            _ => asked,
        };
        vec![Ok(member(FINE)); given]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_method_that_misbehaves_fails_for_each_of_the_batch() {
    let fixture = ServerFixture::new().await;
    let mode = Arc::new(AtomicU8::new(FINE));
    let api = DataSourceApi::builder(Batches(Arc::clone(&mode)))
        .domain("sports")
        .transcryption(fixture.account.clone())
        .caller(caller(TOKEN))
        .request_timeout(Duration::from_millis(700))
        .build()
        .unwrap();
    let client = field::client(&serve(&api), fixture.nest.clone());
    let who = strangers(3);
    for wrong in [PANICS, HANGS, TOO_FEW, TOO_MANY, NONE, FINE] {
        mode.store(wrong, Ordering::SeqCst);
        let answers = client.participants::<Member>().read_batch(&who).await.unwrap();
        let expected = if wrong == FINE { Ok(member(FINE)) } else { Err(RecordError::Internal) };
        assert_eq!(answers.len(), 3);
        assert!(answers.into_iter().all(|answer| answer.into_result() == expected), "{wrong}");
        // One alone is not asked for as a batch.
        assert_eq!(client.participants::<Member>().read(who[0]).await, Ok(member(FINE)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcryptor_that_stops_in_the_middle_of_a_batch() {
    let mut fixture = ServerFixture::new().await;
    let who = fixture.members(3).await;
    let body = fixture.request("participants", &asks("participants", Operation::Read, &who)).await;
    let client = fixture.client();

    // While the source works: the answer needs no transcryptor here, but one at the platform.
    fixture.inside.hold(true);
    let begun = fixture.inside.begun();
    let raw = tokio::spawn(send(post(&fixture.url, &batch(Operation::Read), body.clone())));
    let typed = tokio::spawn({
        let who = who.clone();
        async move { client.participants::<Member>().read_batch(&who).await }
    });
    fixture.inside.until_begun(begun + 6).await;
    fixture.transcryptors.halt(1).await.unwrap();
    fixture.inside.hold(false);
    assert_eq!(raw.await.unwrap().status, 200);
    let unavailable = ClientError::Transcryption(TranscryptionError::Unavailable);
    assert_eq!(typed.await.unwrap(), Err(unavailable));

    let refused = send(post(&fixture.url, &batch(Operation::Read), body)).await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("transcryption-unavailable")));
    let ready = reqwest::get(format!("{}/api/v1/ready", fixture.url)).await.unwrap();
    assert_eq!(ready.status(), 503);

    fixture.transcryptors.restart(1, Sessions::Kept).await.unwrap();
    both_up(&fixture.account).await;
    both_up(&fixture.nest).await;
    assert_eq!(fixture.client().participants::<Member>().read_batch(&who).await.unwrap().len(), 3);
    assert_eq!(reqwest::get(format!("{}/api/v1/ready", fixture.url)).await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcryptor_that_stops_under_load_loses_no_answer_and_doubles_no_record() {
    let mut fixture = ServerFixture::new().await;
    let over = Arc::new(AtomicBool::new(false));
    let mut load = JoinSet::new();
    for _ in 0..4 {
        let (client, over) = (fixture.client(), Arc::clone(&over));
        load.spawn(async move {
            let mut registered = 0;
            while !over.load(Ordering::SeqCst) {
                let people: Vec<_> = strangers(5).into_iter().map(|who| (who, member(FINE))).collect();
                match client.participants().create_batch(people.clone()).await {
                    Ok(answers) => {
                        assert!(answers.iter().all(|answer| answer.result() == Ok(&())));
                        registered += answers.len();
                    }
                    // Where it broke off after the answer, or between two tries, the client does not know.
                    Err(ClientError::Perhaps { .. })
                    | Err(ClientError::Transcryption(TranscryptionError::Unavailable))
                    | Err(ClientError::Refused { code: Some(Code::TranscryptionUnavailable), .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            registered
        });
    }
    for sessions in [Sessions::Kept, Sessions::Lost] {
        tokio::time::sleep(Duration::from_millis(300)).await;
        fixture.transcryptors.halt(0).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        fixture.transcryptors.restart(0, sessions).await.unwrap();
        both_up(&fixture.account).await;
        both_up(&fixture.nest).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    over.store(true, Ordering::SeqCst);
    let registered: usize = load.join_all().await.into_iter().sum();
    let kept = fixture.inside.kept().members.len();
    assert!(registered > 0 && kept >= registered && fixture.inside.writes() == kept, "{registered} {kept}");
    fixture.works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_expire_under_load_are_not_noticed() {
    let lifetime = Duration::from_secs(2);
    let fixture = ServerFixture::built(|parties| parties.session_lifetime(lifetime), |builder| builder).await;
    let who = fixture.walkers(3).await;
    let before = [fixture.nest.session().await.unwrap(), fixture.account.session().await.unwrap()];
    let start = Instant::now();
    let mut load = JoinSet::new();
    for _ in 0..3 {
        let (client, who) = (fixture.client(), who.clone());
        load.spawn(async move {
            while start.elapsed() < 4 * lifetime {
                let answers = client.activity::<Walk>().progress_batch(&who).await.unwrap();
                assert!(answers.iter().all(|answer| answer.result().is_ok()));
                let people = strangers(2).into_iter().map(|who| (who, member(FINE))).collect();
                let answers = client.participants().create_batch(people).await.unwrap();
                assert!(answers.iter().all(|answer| answer.result() == Ok(&())));
            }
        });
    }
    load.join_all().await;
    let after = [fixture.nest.session().await.unwrap(), fixture.account.session().await.unwrap()];
    for (before, after) in before.iter().zip(&after) {
        assert_ne!(before.ids(), after.ids());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn without_room_for_its_line_nothing_is_begun() {
    let fixture =
        ServerFixture::with(|builder| builder.audit_log(AuditLog::open("/dev/full").unwrap())).await;
    let who = strangers(2);
    let client = fixture.client();
    for _ in 0..2 {
        let refused = client.participants().create(who[0], member(FINE)).await.unwrap_err();
        let Some(Code::AuditUnavailable) = (match refused {
            ClientError::Refused { status: 503, code, .. } => code,
            _ => None,
        }) else {
            panic!("{refused:?}");
        };
        let body = fixture.request("walk", &asks("walk", Operation::Read, &who)).await;
        let answer = send(post(&fixture.url, &path("walk", Operation::Read, Mode::Batch), body)).await;
        assert_eq!((answer.status, &answer.json()["code"]), (503, &json!("audit-unavailable")));
        assert!(answer.header("retry-after").is_some());
    }
    assert_eq!(fixture.inside.begun(), 0);
    assert_eq!(reqwest::get(format!("{}/api/v1/health", fixture.url)).await.unwrap().status(), 200);
}

/// How long the page of health takes, of many tries until it is over: the median and the longest.
async fn health(url: &str, over: impl Fn(usize) -> bool) -> (Duration, Duration) {
    let http = reqwest::Client::new();
    let mut times = Vec::new();
    while !over(times.len()) {
        let start = Instant::now();
        let answer = send(http.get(format!("{url}/api/v1/health"))).await;
        times.push(start.elapsed());
        assert_eq!(answer.status, 200);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() - 1])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_batch_holds_up_nobody_who_asks_for_little() {
    const RECORDS: usize = 5000;
    let fixture = ServerFixture::with(|builder| builder.activity::<Swim>()).await;
    let who = strangers(RECORDS);
    let body = fixture.request("swim", &asks("swim", Operation::Progress, &who)).await;
    let (idle, _) = health(&fixture.url, |tries| tries == 200).await;

    let done = Arc::new(AtomicBool::new(false));
    let (url, over) = (fixture.url.clone(), Arc::clone(&done));
    let large = tokio::spawn(async move {
        let start = Instant::now();
        let answer = send(post(&url, &path("swim", Operation::Progress, Mode::Batch), body)).await;
        over.store(true, Ordering::SeqCst);
        (answer, start.elapsed())
    });
    let (busy, longest) = health(&fixture.url, |tries| tries > 0 && done.load(Ordering::SeqCst)).await;
    let (answer, took) = large.await.unwrap();
    assert_eq!((answer.status, fixture.inside.begun()), (200, RECORDS));
    // Everything shares the cores of one machine here, the transcryptors too: a share is all that can be had.
    assert!(busy < 50 * idle, "{busy:?} instead of {idle:?}");
    assert!(longest < took / 4, "{longest:?} of {took:?}");
}

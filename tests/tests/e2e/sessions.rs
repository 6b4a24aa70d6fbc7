//! Sessions at the transcryptors: started once, lost, expired and ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nest_api::prelude::*;
use nest_core::{Batch, Session, Transcryption, TranscryptionError};
use nest_examples::records::Assessment;
use nest_testbed::{Sessions, Transcryptors};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::faults::{batch, to_nest};
use crate::field::{Ask, Field, account, asks, domain, hand_over, send};
use crate::flaky_proxy::{Fate, Guarded, both_up};

#[tokio::test(flavor = "multi_thread")]
async fn lost_sessions_are_started_again_once_for_all_that_need_them() {
    let mut field = Field::new().await;
    let people = field.registered().await;
    let pages: Vec<_> = people.iter().map(|line| (line.person, 0)).collect();
    let before = field.nest.session().await.unwrap();

    for lost in [&[0][..], &[1], &[0, 1]] {
        for transcryptor in lost {
            field.transcryptors.restart(*transcryptor, Sessions::Lost).await.unwrap();
        }
        let client = field.client();
        let activity = client.activity::<Assessment>();
        let (one, other, third) = tokio::join!(
            activity.results_batch(&pages),
            activity.results_batch(&pages),
            activity.results_batch(&pages)
        );
        for answers in [one, other, third] {
            let answers = answers.unwrap();
            assert_eq!(answers.iter().filter(|answer| answer.result().is_ok()).count(), people.len());
        }
    }
    assert_ne!(field.nest.session().await.unwrap().ids(), before.ids());
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_handed_on_as_they_come_and_all_are_of_the_session_that_opens_them() {
    let mut transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let (school, nest) = (account(&transcryptors, "school").await, account(&transcryptors, "nest").await);
    let (batch, lost) = (batch(&school, 400).await, nest.session().await.unwrap());
    transcryptors.restart(1, Sessions::Lost).await.unwrap();

    // None goes on before all have come: they are not handed on one after the other.
    let all = Arc::new(Barrier::new(3));
    let open = move |part: Batch<Ask>, session: Session| {
        let all = Arc::clone(&all);
        async move {
            all.wait().await;
            (part.open(&session).iter().filter(|opened| opened.is_ok()).count(), session.ids().clone())
        }
    };
    let to = domain("nest");
    let parts = nest.transcrypt_parts(batch, &to, open);
    let (parts, session) = timeout(Duration::from_secs(60), parts).await.unwrap().unwrap();
    assert_ne!(session.ids(), lost.ids());
    assert!(parts.iter().all(|(_, ids)| ids == session.ids()));
    let mut opened: Vec<_> = parts.iter().map(|(opened, _)| *opened).collect();
    opened.sort_unstable();
    assert_eq!(opened, [133, 133, 134]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_expire_under_load_are_started_again() {
    let lifetime = Duration::from_secs(2);
    let builder = Transcryptors::builder().party("school").party("nest").session_lifetime(lifetime);
    let transcryptors = builder.start().await.unwrap();
    let (school, nest) = (account(&transcryptors, "school").await, account(&transcryptors, "nest").await);
    let batch = batch(&school, 20).await;

    let (start, before) = (Instant::now(), nest.session().await.unwrap());
    let mut load = JoinSet::new();
    for _ in 0..4 {
        let (nest, batch) = (nest.clone(), batch.clone());
        load.spawn(async move {
            while start.elapsed() < 3 * lifetime {
                assert_eq!(to_nest(&nest, &batch).await, Ok(20));
            }
        });
    }
    load.join_all().await;
    assert_ne!(nest.session().await.unwrap().ids(), before.ids());
}

/// Asks one transcryptor itself, as a party, at a path.
async fn ask(transcryptors: &Transcryptors, party: &str, index: usize, path: &str, body: Value) -> Value {
    let member = &transcryptors.config().transcryptors[index];
    let token = transcryptors.auths(party).get(&member.system_id).unwrap().token().await.unwrap();
    let url = member.url.join(path).unwrap();
    let client = reqwest::Client::new();
    let request = if body.is_null() { client.get(url) } else { client.post(url).json(&body) };
    let answer = send(request.bearer_auth(token)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// The sessions that a transcryptor lists for the platform.
async fn listed(transcryptors: &Transcryptors, index: usize) -> Vec<String> {
    let sessions = ask(transcryptors, "nest", index, "/sessions", Value::Null).await;
    serde_json::from_value(sessions["sessions"].clone()).unwrap()
}

fn id_at<'a>(transcryptors: &Transcryptors, session: &'a Session, index: usize) -> &'a str {
    session.ids().get(&transcryptors.config().transcryptors[index].system_id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_ask_at_once_have_one_session() {
    let transcryptors = Transcryptors::builder().party("nest").start().await.unwrap();
    let nest = account(&transcryptors, "nest").await;
    let mut asking = JoinSet::new();
    for _ in 0..10 {
        let nest = nest.clone();
        asking.spawn(async move { nest.session().await.unwrap() });
    }
    let sessions = asking.join_all().await;
    assert!(sessions.iter().all(|session| session.ids() == sessions[0].ids()));
    for index in [0, 1] {
        assert_eq!(listed(&transcryptors, index).await, [id_at(&transcryptors, &sessions[0], index)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_is_used_no_more_though_paas_server_keeps_it() {
    let transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let (school, nest) = (account(&transcryptors, "school").await, account(&transcryptors, "nest").await);
    assert_eq!(nest.end().await, Ok(()), "there was none");

    let batch = batch(&school, 3).await;
    assert_eq!(to_nest(&nest, &batch).await, Ok(3));
    let ended = nest.session().await.unwrap();
    assert_eq!(nest.end().await, Ok(()));
    assert_eq!(nest.end().await, Ok(()));

    // paas-server 0.13 says yes and does nothing: the session is listed, and transcrypted to.
    for index in [0, 1] {
        let id = id_at(&transcryptors, &ended, index);
        assert_eq!(listed(&transcryptors, index).await, [id]);
        let (sessions, records) = (batch.sessions(), batch.clone().into_sealed());
        let system = &transcryptors.config().transcryptors[index].system_id;
        let request = json!({
            "encrypted": records, "domain_from": "school", "domain_to": "nest",
            "session_from": sessions.get(system), "session_to": id,
        });
        let answer = ask(&transcryptors, "nest", index, "/transcrypt_batch/json", request).await;
        assert_eq!(answer["result"].as_array().unwrap().len(), 3);
    }

    assert_eq!(to_nest(&nest, &batch).await, Ok(3));
    let next = nest.session().await.unwrap();
    for index in [0, 1] {
        assert_ne!(id_at(&transcryptors, &next, index), id_at(&transcryptors, &ended, index));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_given_up_also_where_a_transcryptor_cannot_be_told() {
    let guarded = Guarded::new().await;
    let (school, nest) = (guarded.account("school").await, guarded.account("nest").await);
    let before = nest.session().await.unwrap();
    guarded.proxies[0].all(Fate::Closed).await;
    assert_eq!(nest.end().await, Err(TranscryptionError::Unavailable));
    guarded.proxies[0].all(Fate::Passed).await;
    both_up(&nest).await;
    assert_ne!(nest.session().await.unwrap().ids(), before.ids());
    let people = asks(Operation::Progress, [Pseudonym::random()]);
    hand_over(&people, ("school", &school), ("nest", &nest)).await;
}

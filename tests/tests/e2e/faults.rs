//! Transcryptors that are gone, silent or refuse, and sources that panic or answer nonsense.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use nest_api::prelude::*;
use nest_api::{ClientError, Code};
use nest_core::{Batch, InProcess, Transcryption, TranscryptionError};
use nest_examples::records::Assessment;
use nest_testbed::{Sessions, Transcryptors};
use tokio::task::JoinSet;

use crate::field::{Ask, Field, RESULTS, TOKEN, account, asks, client, domain, message, post, send, serve};
use crate::flaky_proxy::{Fate, Guarded, both_up, up};

#[tokio::test(flavor = "multi_thread")]
async fn a_transcryptor_that_is_gone_makes_the_source_unavailable_until_it_is_back() {
    let mut field = Field::new().await;
    let people = field.registered().await;
    let request = field.request("assessment", &asks(Operation::Results, [people[0].person])).await;

    field.transcryptors.halt(1).await.unwrap();
    let answer = send(post(&field.url, RESULTS, request.clone())).await;
    assert_eq!((answer.status, &answer.json()["code"]), (503, &"transcryption-unavailable".into()));
    assert!(answer.header("retry-after").is_some());
    let refused = field.client().activity::<Assessment>().results_batch(&[(people[0].person, 0)]).await;
    let Err(ClientError::Refused { status: 503, code: Some(Code::TranscryptionUnavailable), .. }) = refused
    else {
        panic!("{refused:?}");
    };

    field.transcryptors.restart(1, Sessions::Kept).await.unwrap();
    both_up(&field.school).await;
    assert_eq!(send(post(&field.url, RESULTS, request)).await.status, 200);
}

/// A batch from the school, for the platform.
pub(crate) async fn batch(school: &Paas, count: usize) -> Batch<Ask> {
    let people = asks(Operation::Progress, (0..count).map(|_| Pseudonym::random()));
    Batch::seal(&domain("school"), &school.session().await.unwrap(), &people).unwrap()
}

/// Transcrypts to the platform, and says how many could be opened.
pub(crate) async fn to_nest(nest: &Paas, batch: &Batch<Ask>) -> Result<usize, TranscryptionError> {
    let (received, session) = nest.transcrypt(batch.clone(), &domain("nest")).await?;
    assert!(received.open(&session).iter().all(Result::is_ok));
    Ok(received.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_pass_is_tried_three_times() {
    let guarded = Guarded::new().await;
    let (school, nest) = (guarded.account("school").await, guarded.account("nest").await);
    let batch = batch(&school, 3).await;
    assert_eq!(to_nest(&nest, &batch).await, Ok(3));

    let passing = [Fate::Closed, Fate::CutInAnswer, Fate::Status(502), Fate::Status(503), Fate::Status(504)];
    for (index, fate) in [0, 1].into_iter().flat_map(|index| passing.map(|fate| (index, fate))) {
        guarded.proxies[index].next(fate, 2).await;
        assert_eq!(to_nest(&nest, &batch).await, Ok(3), "{fate:?}");
        assert_eq!(up(&nest), [true, true], "{fate:?}");

        guarded.proxies[index].next(fate, 3).await;
        assert_eq!(to_nest(&nest, &batch).await, Err(TranscryptionError::Unavailable), "{fate:?}");
        both_up(&nest).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_tried_again() {
    let guarded = Guarded::new().await;
    let (school, nest) = (guarded.account("school").await, guarded.account("nest").await);
    let batch = batch(&school, 3).await;
    assert_eq!(to_nest(&nest, &batch).await, Ok(3));

    for (fate, error) in [
        (Fate::Status(400), TranscryptionError::Refused),
        (Fate::Status(413), TranscryptionError::Refused),
        (Fate::Status(401), TranscryptionError::Denied),
        (Fate::Status(403), TranscryptionError::Denied),
        (Fate::Status(500), TranscryptionError::Unavailable),
        (Fate::Status(200), TranscryptionError::Answer),
        (Fate::Endless, TranscryptionError::Answer),
    ] {
        guarded.proxies[1].all(fate).await;
        // No probe yet: the first one that a 500 leads to comes later.
        let before = guarded.connections()[1];
        assert_eq!(to_nest(&nest, &batch).await, Err(error), "{fate:?}");
        assert_eq!(guarded.connections()[1] - before, 1, "{fate:?}");
        assert_eq!(up(&nest), [true, error != TranscryptionError::Unavailable], "{fate:?}");
        guarded.proxies[1].all(Fate::Passed).await;
        both_up(&nest).await;
    }

    // Where the session is unknown a new one is asked for, and that was refused as well.
    guarded.proxies[1].all(Fate::Status(404)).await;
    let before = guarded.connections()[1];
    assert_eq!(to_nest(&nest, &batch).await, Err(TranscryptionError::NoSession));
    assert_eq!(guarded.connections()[1] - before, 2);
    guarded.proxies[1].all(Fate::Passed).await;
    assert_eq!(to_nest(&nest, &batch).await, Ok(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcryptor_that_never_answers_costs_one_deadline_and_then_nothing() {
    const DEADLINE: Duration = Duration::from_secs(2);
    let guarded = Guarded::new().await;
    let school = guarded.account("school").await;
    let nest = guarded.builder("nest").call_timeout(DEADLINE).connect().await.unwrap();
    let batch = batch(&school, 3).await;
    assert_eq!(to_nest(&nest, &batch).await, Ok(3));

    guarded.proxies[1].all(Fate::Silent).await;
    let start = Instant::now();
    let mut waiting = JoinSet::new();
    for _ in 0..5 {
        let (nest, batch) = (nest.clone(), batch.clone());
        waiting.spawn(async move { to_nest(&nest, &batch).await });
    }
    // Meanwhile the session can still be used for sealing.
    let sealing = Instant::now();
    nest.session().await.unwrap();
    assert!(sealing.elapsed() < DEADLINE / 2);
    for outcome in waiting.join_all().await {
        assert_eq!(outcome, Err(TranscryptionError::Unavailable));
    }
    assert!((DEADLINE..2 * DEADLINE).contains(&start.elapsed()), "{:?}", start.elapsed());
    assert_eq!(up(&nest), [true, false]);

    // The silence goes on. No request waits for it, and the other transcryptor does no useless work.
    let (start, before) = (Instant::now(), guarded.connections()[0]);
    for _ in 0..50 {
        assert_eq!(to_nest(&nest, &batch).await, Err(TranscryptionError::Unavailable));
    }
    assert!(start.elapsed() < DEADLINE, "{:?}", start.elapsed());
    assert_eq!(guarded.connections()[0], before);

    guarded.proxies[1].all(Fate::Passed).await;
    both_up(&nest).await;
    assert_eq!(to_nest(&nest, &batch).await, Ok(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_started_costs_all_who_wait_one_deadline() {
    const DEADLINE: Duration = Duration::from_secs(2);
    let guarded = Guarded::new().await;
    let nest = guarded.builder("nest").call_timeout(DEADLINE).connect().await.unwrap();
    guarded.proxies[0].all(Fate::Silent).await;
    let start = Instant::now();
    let mut waiting = JoinSet::new();
    for _ in 0..5 {
        let nest = nest.clone();
        waiting.spawn(async move { nest.session().await.map(|_| ()) });
    }
    for outcome in waiting.join_all().await {
        assert_eq!(outcome, Err(TranscryptionError::Unavailable));
    }
    assert!(start.elapsed() < 2 * DEADLINE, "{:?}", start.elapsed());
    guarded.proxies[0].all(Fate::Passed).await;
    both_up(&nest).await;
    assert!(nest.session().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcryptor_that_is_killed_amid_batches_comes_back_by_itself() {
    let mut transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let (school, nest) = (account(&transcryptors, "school").await, account(&transcryptors, "nest").await);
    let batch = batch(&school, 2000).await;

    for (index, sessions) in [(0, Sessions::Kept), (1, Sessions::Lost)] {
        let mut under_way = JoinSet::new();
        for _ in 0..4 {
            let (nest, batch) = (nest.clone(), batch.clone());
            under_way.spawn(async move { to_nest(&nest, &batch).await });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        transcryptors.halt(index).await.unwrap();
        // Each comes through whole, or not at all.
        for outcome in under_way.join_all().await {
            assert!(matches!(outcome, Ok(2000) | Err(TranscryptionError::Unavailable)), "{outcome:?}");
        }
        assert_eq!(to_nest(&nest, &batch).await, Err(TranscryptionError::Unavailable));
        let mut expected = [true, true];
        expected[index] = false;
        assert_eq!(up(&nest), expected);

        transcryptors.restart(index, sessions).await.unwrap();
        both_up(&nest).await;
        assert_eq!(to_nest(&nest, &batch).await, Ok(2000));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_that_may_not_receive_is_denied() {
    let field = Field::new().await;
    let batch = Batch::seal(&domain("school"), &field.school.session().await.unwrap(), &field.roll).unwrap();
    let denied = field.nest.transcrypt(batch, &domain("school")).await;
    assert_eq!(denied.err(), Some(TranscryptionError::Denied));
}

/// A source that misbehaves, in a way that depends on whom it is asked about.
struct Faulty {
    panics: Pseudonym,
    out_of_range: Pseudonym,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "faults", max_blocks = 1)]
struct Points {
    #[pep(range = 0..=100)]
    points: u8,
}

impl Activity for Points {
    type Progress = Points;
    type Outcome = Points;
}

impl DataSource for Faulty {
    type Participant = Points;
    const PARTICIPANTS: &[Operation] = &[Operation::Create];

    async fn create_participant(&self, _: &Context, _: Pseudonym, _: Points) -> Result<(), RecordError> {
        Err(RecordError::Unsupported)
    }
}

impl Serves<Points> for Faulty {
    const OPERATIONS: &[Operation] = &[Operation::Progress, Operation::Results];

    async fn progress(&self, ctx: &Context, who: Pseudonym) -> Result<Points, RecordError> {
        assert_eq!((ctx.caller(), ctx.domain().as_str()), ("nest", "nest"));
        tokio::task::yield_now().await;
        if who == self.panics {
            panic!("as the test wants it");
        }
        Ok(Points { points: if who == self.out_of_range { 101 } else { 50 } })
    }

    async fn results(&self, _: &Context, _: Pseudonym, _: u16) -> Result<Points, RecordError> {
        Err(RecordError::Forbidden)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_panics_or_answers_nonsense_fails_for_that_participant_only() {
    let nest = InProcess::new(2);
    // One domain for both, so that pseudonyms are the same.
    let [panics, out_of_range, fine] = [(); 3].map(|()| Pseudonym::random());
    let api = DataSourceApi::builder(Faulty { panics, out_of_range })
        .domain("nest")
        .transcryption(nest.party())
        .caller(Caller::new("nest", TokenHash::of(TOKEN)))
        .activity::<Points>()
        .calls_at_once(1)
        .build()
        .unwrap();
    let url = serve(&api);
    let platform = client(&url, nest.clone());

    let answers = platform.activity::<Points>().progress_batch(&[panics, out_of_range, fine]).await.unwrap();
    let results: HashMap<_, _> =
        answers.into_iter().map(|answer| (answer.who, answer.into_result())).collect();
    assert_eq!(results[&panics], Err(RecordError::Internal));
    assert_eq!(results[&out_of_range], Err(RecordError::Internal));
    assert_eq!(results[&fine], Ok(Points { points: 50 }));

    let answers = platform.activity::<Points>().results_batch(&[(fine, 0)]).await.unwrap();
    assert_eq!(answers[0].result(), Err(RecordError::Forbidden));
    let answers = platform.participants().create_batch(vec![(fine, Points { points: 1 })]).await.unwrap();
    assert_eq!(answers[0].result(), Err(RecordError::Unsupported));

    // What does not fit its declaration does not leave the platform.
    let unfit = platform.participants().create_batch(vec![(fine, Points { points: 101 })]).await;
    assert!(matches!(unfit, Err(ClientError::Encode(_))), "{unfit:?}");

    let session = nest.session().await.unwrap();
    let request = message("assessment", "nest", &session, &asks(Operation::Progress, [fine]));
    assert_eq!(send(post(&url, RESULTS, request)).await.status, 404);
}

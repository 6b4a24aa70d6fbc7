//! Sessions that are lost, transcryptors that are gone, and sources that panic or answer nonsense.

use std::collections::HashMap;

use nest_api::prelude::*;
use nest_api::{ClientError, Code};
use nest_core::{Batch, InProcess, Transcryption, TranscryptionError};
use nest_examples::records::Assessment;
use nest_testbed::Sessions;

use crate::field::{Field, RESULTS, TOKEN, asks, client, domain, message, post, send, serve};

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
async fn a_transcryptor_that_is_gone_makes_the_source_unavailable_until_it_is_back() {
    let mut field = Field::new().await;
    let people = field.registered().await;
    let request = field.request("assessment", &asks(Operation::Progress, [people[0].person])).await;

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
    assert_eq!(send(post(&field.url, RESULTS, request)).await.status, 200);
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

    async fn results(&self, _: &Context, _: Pseudonym, _: u8) -> Result<Points, RecordError> {
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

//! One record type under several names, records with an erased person, and requests that come twice where the source
//! keeps their outcomes in the same transactions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use nest_api::prelude::*;
use nest_api::repetition::{Begun, BoxFuture, KeyedRequest, Outcome, StoreUnavailable};
use nest_api::{BuildError, ClientError, Found, Message, Repetitions, Slots, StartError};
use nest_core::{Batch, InProcess, Transcryption};

use crate::field::{TOKEN, client, domain, post, send, serve, tag_about};
use crate::server_fixture::Given;

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "wave-1", max_blocks = 3)]
struct Interview {
    #[pep(pseudonym)]
    person: Pseudonym,
    #[pep(pseudonym)]
    interviewer: Pseudonym,
    #[pep(range = 0..=100)]
    points: u8,
}

impl Activity for Interview {
    type Progress = Asked;
    type Outcome = Interview;
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "wave-1", kind = "progress", max_blocks = 1)]
struct Asked {
    #[pep(range = 0..=255)]
    times: u8,
}

/// The same shape, another range: what is 7 here might be something else there.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "wave-1", max_blocks = 3)]
struct OtherInterview {
    #[pep(pseudonym)]
    person: Pseudonym,
    #[pep(pseudonym)]
    interviewer: Pseudonym,
    #[pep(range = 0..=120)]
    points: u8,
}

impl Activity for OtherInterview {
    type Progress = Asked;
    type Outcome = OtherInterview;
}

/// What a study knows, and what it was told of the requests that it answered.
#[derive(Default)]
struct Kept {
    records: HashMap<(String, [u8; 32]), Interview>,
    erased: Vec<Pseudonym>,
    purposes: Vec<String>,
    writes: usize,
    /// By the name of its request: what was asked, the outcomes, and the answer once it is known.
    repetitions: HashMap<[u8; 32], ([u8; 32], Vec<Outcome>)>,
}

/// A study that commits outcomes with what it writes. It loses every answer, as if its process had ended after the
/// transaction.
#[derive(Clone, Default)]
struct Study(Arc<Mutex<Kept>>);

impl DataSource for Study {
    type Participant = Asked;
    const PARTICIPANTS: &[Operation] = &[];
}

impl Serves<Interview> for Study {
    const OPERATIONS: &[Operation] = &[Operation::Create, Operation::Read, Operation::Results];

    async fn create(&self, _: &Context, _: Pseudonym, _: Interview) -> Result<(), RecordError> {
        // Only batches are sent.
        Err(RecordError::Unsupported)
    }

    async fn create_batch(&self, ctx: &Context, items: Vec<(Pseudonym, Interview)>) -> Vec<Outcome> {
        let mut kept = self.0.lock().unwrap();
        kept.writes += 1;
        kept.purposes.push(ctx.purpose().to_string());
        let outcomes: Vec<Outcome> = items
            .into_iter()
            .map(|(who, record)| {
                let name = (ctx.activity().to_owned(), who.to_bytes());
                if kept.records.contains_key(&name) {
                    return Err(RecordError::Conflict);
                }
                kept.records.insert(name, record);
                Ok(())
            })
            .collect();
        if let Some(request) = ctx.keyed_request() {
            assert_eq!(ctx.idempotency_key(), Some(request.key()));
            kept.repetitions.insert(*request.name(), (*request.asked(), outcomes.clone()));
        }
        outcomes
    }

    async fn find(&self, ctx: &Context, who: Vec<Pseudonym>) -> Vec<Result<Found<Interview>, RecordError>> {
        let kept = self.0.lock().unwrap();
        let find = |who: Pseudonym| {
            let name = (ctx.activity().to_owned(), who.to_bytes());
            let record = kept.records.get(&name).cloned().ok_or(RecordError::NotFound)?;
            if kept.erased.contains(&record.interviewer) {
                let erased = Slots::NONE.with(1).unwrap();
                Ok(Found::Partly { record, erased })
            } else {
                Ok(record.into())
            }
        };
        who.into_iter().map(find).collect()
    }

    async fn results(&self, _: &Context, _: Pseudonym, page: u16) -> Result<Interview, RecordError> {
        if page == u16::MAX { Err(RecordError::Conflict) } else { Err(RecordError::NotFound) }
    }
}

impl Repetitions for Study {
    fn begin<'a>(&'a self, request: &'a KeyedRequest) -> BoxFuture<'a, Result<Begun, StoreUnavailable>> {
        let kept = self.0.lock().unwrap();
        let begun = match kept.repetitions.get(request.name()) {
            None => Begun::First,
            Some((asked, _)) if asked != request.asked() => Begun::OtherRequest,
            Some((_, outcomes)) => Begun::Written(outcomes.clone()),
        };
        Box::pin(async { Ok(begun) })
    }

    fn answered<'a>(&'a self, _: &'a KeyedRequest, _: actix_web::web::Bytes) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn failed<'a>(&'a self, _: &'a KeyedRequest, _: &'static str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn release(&self, _: &KeyedRequest, _: bool) {}
}

fn study(names: &[&'static str]) -> Result<(Study, DataSourceApi<Study, InProcess>, InProcess), StartError> {
    let (study, nest) = (Study::default(), InProcess::new(2));
    let builder = DataSourceApi::builder(study.clone())
        .domain("study")
        .transcryption(nest.party())
        .repetitions(study.clone())
        .caller(Caller::new("Platform-1", TokenHash::of(TOKEN)));
    let builder = names.iter().fold(builder, |builder, name| builder.activity_named::<Interview>(name));
    Ok((study, builder.build()?, nest))
}

fn interview(person: Pseudonym) -> Interview {
    Interview { person, interviewer: Pseudonym::random(), points: 7 }
}

#[tokio::test(flavor = "multi_thread")]
async fn activities_whose_names_differ_in_one_letter_are_kept_apart() {
    // A hash of 12 bits would hardly keep so many apart.
    let names: Vec<&'static str> =
        (0..60).map(|wave| format!("wave-{wave}").leak() as &'static str).collect();
    let (study, api, nest) = study(&names).unwrap();
    let client = client(&serve(&api), nest);
    let who = Pseudonym::random();
    for name in ["wave-1", "wave-2"] {
        let given = client.activity_named::<Interview>(name).create_batch(vec![(who, interview(who))]).await;
        assert_eq!(given.unwrap()[0].result(), Ok(&()), "{name}");
    }
    // Under the name that its record declares, it is the first.
    assert!(client.activity::<Interview>().read(who).await.is_ok());
    assert_eq!(
        client.activity_named::<Interview>("wave-3").read(who).await,
        Err(ClientError::Record(RecordError::NotFound))
    );
    let purposes = study.0.lock().unwrap().purposes.clone();
    assert_eq!(purposes, ["api:platform-1:wave-1:create", "api:platform-1:wave-2:create"]);
    // A page may have any number of 16 bits.
    let pages = [(who, 256), (who, u16::MAX)];
    let answers = client.activity_named::<Interview>("wave-2").results_batch(&pages).await.unwrap();
    for answer in answers {
        let expected = if answer.page == 256 { RecordError::NotFound } else { RecordError::Conflict };
        assert_eq!(answer.result().err(), Some(expected));
    }
    let unserved = client.activity_named::<Interview>("wave-60").read(who).await;
    assert!(matches!(unserved, Err(ClientError::Refused { status: 404, .. })), "{unserved:?}");
    let no_name = client.activity_named::<Interview>("wave/1").read(who).await;
    assert_eq!(no_name, Err(ClientError::ActivityName));
}

#[test]
fn names_that_cannot_be_or_are_there_twice_do_not_build() {
    let error = |names: &[&'static str]| study(names).err().map(|error| error.faults().to_vec());
    assert_eq!(error(&["wave-1", "wave-2"]), None);
    assert_eq!(error(&["wave-1", "wave-1"]), Some(vec![BuildError::DuplicateActivity("wave-1").to_string()]));
    for name in ["", "Wave", "a/b", "participants"] {
        assert_eq!(error(&[name]), Some(vec![BuildError::ActivityName(name).to_string()]), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_that_declare_other_ranges_refuse_each_other() {
    assert_eq!(Interview::SCHEMA.shape_fingerprint(), OtherInterview::SCHEMA.shape_fingerprint());
    let (study, api, nest) = study(&["wave-1"]).unwrap();
    let client = client(&serve(&api), nest);
    let who = Pseudonym::random();
    let record = OtherInterview { person: who, interviewer: who, points: 7 };
    let refused = [
        client.activity::<OtherInterview>().create_batch(vec![(who, record)]).await.err(),
        client.activity::<OtherInterview>().read_batch(&[who]).await.err(),
        client.activity::<OtherInterview>().results_batch(&[(who, 0)]).await.err(),
    ];
    for error in refused {
        let code = match error {
            Some(ClientError::Refused { code: Some(code), .. }) => code.as_str(),
            _ => "",
        };
        assert_eq!(code, "wrong-meaning");
    }
    assert_eq!(study.0.lock().unwrap().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_without_one_of_its_people_says_who_is_gone() {
    let (study, api, nest) = study(&["wave-1"]).unwrap();
    let client = client(&serve(&api), nest);
    let people: Vec<Pseudonym> = (0..10).map(|_| Pseudonym::random()).collect();
    let records: Vec<_> = people.iter().map(|who| (*who, interview(*who))).collect();
    client.activity::<Interview>().create_batch(records.clone()).await.unwrap();
    let whole = client.activity::<Interview>().read_batch(&people).await.unwrap();
    assert!(whole.iter().all(|answer| matches!(answer, Answer::Whole { .. })));
    let bytes = client.last_exchange().unwrap();

    {
        let mut kept = study.0.lock().unwrap();
        let interviewers: Vec<_> = kept.records.values().map(|record| record.interviewer).take(3).collect();
        kept.erased = interviewers;
    }
    let mut partly = 0;
    for answer in client.activity::<Interview>().read_batch(&people).await.unwrap() {
        let given = &records.iter().find(|(who, _)| *who == answer.who).unwrap().1;
        if let Answer::Partly { record, erased, .. } = &answer {
            partly += 1;
            assert_eq!(erased.iter().collect::<Vec<_>>(), [1]);
            assert_eq!((record.person, record.points), (given.person, given.points));
            assert_ne!(record.interviewer, given.interviewer);
            assert_eq!(answer.result(), Err(RecordError::PartlyErased));
            let single = client.activity::<Interview>().read(answer.who).await;
            assert_eq!(single, Err(ClientError::Record(RecordError::PartlyErased)));
        } else {
            assert_eq!(answer.result(), Ok(given));
        }
    }
    assert_eq!(partly, 3);
    // An observer on the way does not see that somebody is erased.
    client.activity::<Interview>().read_batch(&people).await.unwrap();
    assert_eq!(client.last_exchange().unwrap(), bytes);
}

/// What is said where a success has nothing else to say, declared by somebody who knows the wire.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Receipt {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=0x3f_ffff_ffff_ffff, allow(global_identifier, reason = "as the wire has it"))]
    tag: u64,
}

/// The status of each person in an answer.
async fn statuses(nest: &InProcess, body: &str) -> HashMap<[u8; 32], u64> {
    let message: Message<Receipt> = serde_json::from_str(body).unwrap();
    let (batch, session) = nest.transcrypt(message.into_batch(), &domain("nest")).await.unwrap();
    let receipts = batch.open(&session).into_iter().map(Result::unwrap);
    receipts.map(|receipt| (receipt.who.to_bytes(), receipt.tag >> 46)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_after_the_transaction_is_sealed_anew() {
    let (study, api, nest) = study(&["wave-1"]).unwrap();
    let url = serve(&api);
    let (anna, bert) = (Pseudonym::random(), Pseudonym::random());
    // One of the two exists already.
    let platform = client(&url, nest.clone());
    platform.activity::<Interview>().create_batch(vec![(anna, interview(anna))]).await.unwrap();
    assert_eq!(study.0.lock().unwrap().writes, 1);

    let items = [(0, anna), (1, bert)].map(|(ticket, who)| Given {
        who,
        tag: tag_about(Interview::SCHEMA, "wave-1", Operation::Create, ticket, 0),
        record: interview(who),
    });
    let batch = Batch::seal(&domain("nest"), &nest.session().await.unwrap(), &items).unwrap();
    let message = Message::new("wave-1", batch).about(Interview::SCHEMA.meaning_fingerprint());
    let body = serde_json::to_vec(&message).unwrap();
    let create = "/api/v1/activities/wave-1/create_batch";
    let keyed = |body: &[u8]| send(post(&url, create, body.to_vec()).header("idempotency-key", "one"));
    let (first, again) = (keyed(&body).await, keyed(&body).await);
    assert_eq!((first.status, again.status), (200, 200), "{}", again.body);
    assert_ne!(first.body, again.body);
    assert_eq!(study.0.lock().unwrap().writes, 2);
    let (first, again) = (statuses(&nest, &first.body).await, statuses(&nest, &again.body).await);
    assert_eq!(first, again);
    assert_eq!((first[&anna.to_bytes()], first[&bert.to_bytes()]), (4, 0));
    // Another body under the key is another request.
    let other = send(post(&url, create, message_of_none(&nest).await).header("idempotency-key", "one")).await;
    assert_eq!(other.status, 422, "{}", other.body);
}

async fn message_of_none(nest: &InProcess) -> Vec<u8> {
    let batch =
        Batch::<Given<Interview>>::seal(&domain("nest"), &nest.session().await.unwrap(), &[]).unwrap();
    serde_json::to_vec(&Message::new("wave-1", batch).about(Interview::SCHEMA.meaning_fingerprint())).unwrap()
}

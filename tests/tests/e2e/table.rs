//! Every operation of a source, single and in batches: its answer, its line in the audit log, and its metrics.

use std::collections::{BTreeSet, HashMap};

use nest_api::prelude::*;
use nest_api::{ClientError, Code, Mode};
use serde_json::json;

use crate::field::{self, Answered, TOKEN, post, send, serve, shape};
use crate::in_memory_source::{FINE, Member, Walk};
use crate::server_fixture::{ServerFixture, asks, caller, given, key, member, path, walk};

/// What the source knows of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Person {
    Stranger,
    Member,
    Walker,
}

/// What an item holds besides the participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Nothing,
    Member,
    Walk,
}

/// An operation: what is sent, about whom it succeeds, about whom it fails, and how.
pub(crate) struct Row {
    pub(crate) subject: &'static str,
    pub(crate) operation: Operation,
    holds: Holds,
    succeeds: Person,
    fails: (Person, RecordError),
}

const fn row(
    subject: &'static str,
    operation: Operation,
    holds: Holds,
    succeeds: Person,
    fails: Person,
    error: RecordError,
) -> Row {
    Row { subject, operation, holds, succeeds, fails: (fails, error) }
}

pub(crate) const TABLE: [Row; 10] = {
    use Person::{Stranger, Walker};
    use RecordError::{Conflict, NotFound};
    let member = Person::Member;
    [
        row("participants", Operation::Create, Holds::Member, Stranger, member, Conflict),
        row("participants", Operation::Read, Holds::Nothing, member, Stranger, NotFound),
        row("participants", Operation::Update, Holds::Member, member, Stranger, NotFound),
        row("participants", Operation::Delete, Holds::Nothing, member, Stranger, NotFound),
        row("walk", Operation::Create, Holds::Walk, member, Walker, Conflict),
        row("walk", Operation::Read, Holds::Nothing, Walker, member, NotFound),
        row("walk", Operation::Update, Holds::Walk, Walker, member, NotFound),
        row("walk", Operation::Delete, Holds::Nothing, Walker, Stranger, NotFound),
        row("walk", Operation::Progress, Holds::Nothing, Walker, Stranger, NotFound),
        row("walk", Operation::Results, Holds::Nothing, Walker, Stranger, NotFound),
    ]
};

impl Row {
    pub(crate) fn path(&self, mode: Mode) -> String {
        path(self.subject, self.operation, mode)
    }

    pub(crate) async fn request(&self, fixture: &ServerFixture, who: &[Pseudonym]) -> Vec<u8> {
        let Row { subject, operation, holds, .. } = *self;
        match holds {
            Holds::Nothing => fixture.request(subject, &asks(subject, operation, who)).await,
            Holds::Member => {
                fixture.request(subject, &given(subject, operation, who, |_| member(FINE))).await
            }
            Holds::Walk => fixture.request(subject, &given(subject, operation, who, walk)).await,
        }
    }
}

async fn people(fixture: &ServerFixture, person: Person, count: usize) -> Vec<Pseudonym> {
    match person {
        Person::Stranger => (0..count).map(|_| Pseudonym::random()).collect(),
        Person::Member => fixture.members(count).await,
        Person::Walker => fixture.walkers(count).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_stands_in_the_table() {
    let fixture = ServerFixture::new().await;
    let routes: BTreeSet<String> = fixture.api.routes().iter().map(|route| route.path()).collect();
    let rows = TABLE.iter().flat_map(|row| Mode::ALL.map(|mode| row.path(mode)));
    assert_eq!(rows.collect::<BTreeSet<_>>(), routes);
    for route in fixture.api.routes() {
        assert!(TABLE.iter().any(|row| (row.subject, row.operation) == key(&route)));
    }
}

/// Sends a request, and checks the traces that it leaves.
async fn traced(
    fixture: &ServerFixture,
    row: &Row,
    mode: Mode,
    who: &[Pseudonym],
    failed: usize,
) -> Answered {
    let Row { subject, operation, .. } = *row;
    let numbers = async || {
        [
            fixture.requests(operation, subject, "ok").await,
            fixture.records(operation, subject, "ok").await,
            fixture.records(operation, subject, "failed").await,
        ]
    };
    let (lines, before) = (fixture.lines().len(), numbers().await);
    let answer = send(post(&fixture.url, &row.path(mode), row.request(fixture, who).await)).await;
    assert_eq!(answer.status, 200, "{subject} {operation}: {}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let added = fixture.lines().split_off(lines);
    let [line] = added.as_slice() else { panic!("{added:?}") };
    let activity = Some(subject).filter(|subject| *subject != "participants");
    for (name, value) in [
        ("request", json!(answer.header("x-request-id").unwrap())),
        ("caller", json!("nest")),
        ("operation", json!(operation.as_str())),
        ("activity", json!(activity)),
        ("domain", json!("nest")),
        ("records", json!(who.len())),
        ("failed", json!(failed)),
        ("outcome", json!("ok")),
    ] {
        assert_eq!(line[name], value, "{subject} {operation} {name}");
    }
    let expected = [before[0] + 1, before[1] + (who.len() - failed) as u64, before[2] + failed as u64];
    assert_eq!(numbers().await, expected, "{subject} {operation}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_in_one_shape_and_leaves_a_line_and_numbers() {
    let fixture = ServerFixture::new().await;
    for row in &TABLE {
        for (mode, size) in [(Mode::Single, 1), (Mode::Batch, 3)] {
            let good = people(&fixture, row.succeeds, size).await;
            let bad = people(&fixture, row.fails.0, size).await;
            let success = traced(&fixture, row, mode, &good, 0).await;
            let failure = traced(&fixture, row, mode, &bad, size).await;
            let what = row.path(mode);
            assert_eq!(shape(&success.json()), shape(&failure.json()), "{what}");
            assert_eq!(success.body.len(), failure.body.len(), "{what}");
            assert_eq!(success.json()["batch"]["records"].as_array().unwrap().len(), size, "{what}");
            if mode == Mode::Batch {
                let mut mixed = people(&fixture, row.succeeds, size - 1).await;
                mixed.push(bad[0]);
                let mixed = traced(&fixture, row, mode, &mixed, 1).await;
                assert_eq!(shape(&mixed.json()), shape(&success.json()), "{what}");
                assert_eq!(mixed.body.len(), success.body.len(), "{what}");
            }
        }
    }
}

type Outcomes = HashMap<Pseudonym, Result<(), RecordError>>;

fn outcomes<R>(answers: Result<Vec<Answer<R>>, ClientError>) -> Outcomes {
    answers.unwrap().into_iter().map(|answer| (answer.who, answer.into_result().map(|_| ()))).collect()
}

fn outcome<R>(who: Pseudonym, answer: Result<R, ClientError>) -> Outcomes {
    let result = match answer {
        Ok(_) => Ok(()),
        Err(ClientError::Record(error)) => Err(error),
        Err(error) => panic!("{error}"),
    };
    HashMap::from([(who, result)])
}

/// Calls a route as a platform does.
async fn call(client: &NestClient<Paas>, row: &Row, mode: Mode, who: &[Pseudonym]) -> Outcomes {
    use Mode::{Batch, Single};
    use Operation::{Create, Delete, Progress, Read, Results, Update};
    let (members, walks) = (client.participants::<Member>(), client.activity::<Walk>());
    let one = who[0];
    let with_member = || who.iter().map(|who| (*who, member(FINE))).collect();
    let with_walk = || who.iter().map(|who| (*who, walk(*who))).collect();
    let pages: Vec<_> = who.iter().map(|who| (*who, 0)).collect();
    match (row.subject, row.operation, mode) {
        ("participants", Create, Single) => outcome(one, members.create(one, member(FINE)).await),
        ("participants", Create, Batch) => outcomes(members.create_batch(with_member()).await),
        ("participants", Read, Single) => outcome(one, members.read(one).await),
        ("participants", Read, Batch) => outcomes(members.read_batch(who).await),
        ("participants", Update, Single) => outcome(one, members.update(one, member(FINE)).await),
        ("participants", Update, Batch) => outcomes(members.update_batch(with_member()).await),
        ("participants", Delete, Single) => outcome(one, members.delete(one).await),
        ("participants", Delete, Batch) => outcomes(members.delete_batch(who).await),
        ("walk", Create, Single) => outcome(one, walks.create(one, walk(one)).await),
        ("walk", Create, Batch) => outcomes(walks.create_batch(with_walk()).await),
        ("walk", Read, Single) => outcome(one, walks.read(one).await),
        ("walk", Read, Batch) => outcomes(walks.read_batch(who).await),
        ("walk", Update, Single) => outcome(one, walks.update(one, walk(one)).await),
        ("walk", Update, Batch) => outcomes(walks.update_batch(with_walk()).await),
        ("walk", Delete, Single) => outcome(one, walks.delete(one).await),
        ("walk", Delete, Batch) => outcomes(walks.delete_batch(who).await),
        ("walk", Progress, Single) => outcome(one, walks.progress(one).await),
        ("walk", Progress, Batch) => outcomes(walks.progress_batch(who).await),
        ("walk", Results, Single) => outcome(one, walks.results(one, 0).await),
        ("walk", Results, Batch) => outcomes(walks.results_batch(&pages).await),
        other => panic!("no call for {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_told_of_each_participant_how_it_went() {
    let fixture = ServerFixture::new().await;
    let client = fixture.client();
    for row in &TABLE {
        let (what, error) = (row.path(Mode::Batch), row.fails.1);
        let (good, bad) = (people(&fixture, row.succeeds, 3).await, people(&fixture, row.fails.0, 3).await);
        assert_eq!(call(&client, row, Mode::Single, &good[..1]).await, [(good[0], Ok(()))].into(), "{what}");
        assert_eq!(
            call(&client, row, Mode::Single, &bad[..1]).await,
            [(bad[0], Err(error))].into(),
            "{what}"
        );
        let mixed = [good[1], bad[1], good[2], bad[2]];
        let expected =
            [(good[1], Ok(())), (bad[1], Err(error)), (good[2], Ok(())), (bad[2], Err(error))].into();
        assert_eq!(call(&client, row, Mode::Batch, &mixed).await, expected, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_read_until_it_is_deleted() {
    let fixture = ServerFixture::new().await;
    let client = fixture.client();
    let (members, walks) = (client.participants::<Member>(), client.activity::<Walk>());
    let who = Pseudonym::random();
    let record = |remark: &str| Member { mood: FINE, remark: remark.to_owned() };
    members.create(who, record("first")).await.unwrap();
    assert_eq!(members.read(who).await, Ok(record("first")));
    members.update(who, record("second")).await.unwrap();
    assert_eq!(members.read(who).await, Ok(record("second")));
    let (one, other) = (walk(who), Walk { steps: 1, ..walk(who) });
    walks.create(who, one.clone()).await.unwrap();
    assert_eq!(walks.read(who).await.as_ref(), Ok(&one));
    walks.update(who, other.clone()).await.unwrap();
    assert_eq!((walks.read(who).await, walks.results(who, 0).await), (Ok(other.clone()), Ok(other)));
    assert_eq!(walks.results(who, 1).await, Err(ClientError::Record(RecordError::NotFound)));
    walks.delete(who).await.unwrap();
    assert_eq!(walks.progress(who).await.unwrap().walks, 0);
    members.delete(who).await.unwrap();
    assert_eq!(members.read(who).await, Err(ClientError::Record(RecordError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_about_two_is_the_same_for_both() {
    let fixture = ServerFixture::new().await;
    let pair = fixture.members(2).await;
    let client = fixture.client();
    let walks = client.activity::<Walk>();
    let record = Walk { with: pair[1], ..walk(pair[0]) };
    walks.create(pair[0], record.clone()).await.unwrap();
    for answer in walks.results_batch(&[(pair[0], 0), (pair[1], 0)]).await.unwrap() {
        assert_eq!(answer.result(), Ok(&record));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_in_two_domains_is_two_participants() {
    let fixture = ServerFixture::new().await;
    let to = |domain: &str| {
        let builder = NestClient::builder(&fixture.url, TOKEN).domain("nest").source_domain(domain);
        builder.transcryption(fixture.nest.clone()).allow_plain_http().build().unwrap()
    };
    let (sports, youth, any) = (to("sports"), to("youth"), fixture.client());
    let who = Pseudonym::random();
    let of = |remark: &str| Member { mood: FINE, remark: remark.to_owned() };
    sports.participants().create(who, of("sports")).await.unwrap();
    let unknown = Err(ClientError::Record(RecordError::NotFound));
    assert_eq!(youth.participants::<Member>().read(who).await, unknown);
    youth.participants().create(who, of("youth")).await.unwrap();
    assert_eq!(youth.participants().read(who).await, Ok(of("youth")));
    assert_eq!(sports.participants().read(who).await, Ok(of("sports")));
    assert_eq!(any.participants().read(who).await, Ok(of("sports")), "without a domain it is the first");

    // And under two pseudonyms.
    let kept = fixture.inside.kept();
    let known: BTreeSet<_> = kept.members.keys().map(|(_, who)| who.to_hex()).collect();
    assert_eq!((kept.members.len(), known.len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_participant_twice_has_two_answers() {
    let fixture = ServerFixture::new().await;
    let who = Pseudonym::random();
    let records = ["this", "that"].map(|remark| Member { mood: FINE, remark: remark.to_owned() });
    let client = fixture.client();
    let members = client.participants::<Member>();
    let answers = members.create_batch(records.iter().map(|record| (who, record.clone())).collect()).await;
    let results: Vec<_> = answers.unwrap().into_iter().map(|answer| answer.into_result()).collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| **result == Err(RecordError::Conflict)).count(), 1);
    assert!(records.contains(&members.read(who).await.unwrap()));
    assert_eq!(fixture.inside.writes(), 1);

    // Each page has the answer to its own number.
    let walker = fixture.walkers(1).await[0];
    let pages = [(walker, 0), (walker, 1), (walker, 0), (walker, 255)];
    let answers = client.activity::<Walk>().results_batch(&pages).await.unwrap();
    assert_eq!(answers.len(), 4);
    for answer in answers {
        assert_eq!(answer.result().is_ok(), answer.page == 0);
    }
}

/// Somewhat of a source: members can be registered, and walks read.
struct Few;

impl DataSource for Few {
    type Participant = Member;
    const PARTICIPANTS: &[Operation] = &[Operation::Create];

    async fn create_participant(&self, _: &Context, _: Pseudonym, _: Member) -> Result<(), RecordError> {
        Ok(())
    }
}

impl Serves<Walk> for Few {
    const OPERATIONS: &[Operation] = &[Operation::Read];

    async fn read(&self, _: &Context, who: Pseudonym) -> Result<Walk, RecordError> {
        Ok(walk(who))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_does_not_do_is_said_by_name() {
    let fixture = ServerFixture::new().await;
    let api = DataSourceApi::builder(Few)
        .domain("sports")
        .transcryption(fixture.account.clone())
        .caller(caller(TOKEN))
        .activity::<Walk>()
        .build()
        .unwrap();
    let url = serve(&api);
    let done = BTreeSet::from([("participants", Operation::Create), ("walk", Operation::Read)]);
    assert_eq!(api.routes().iter().map(key).collect::<BTreeSet<_>>(), done);
    let who = [Pseudonym::random()];
    let client = field::client(&url, fixture.nest.clone());
    let refused = client.activity::<Walk>().progress(who[0]).await.unwrap_err();
    assert!(matches!(refused, ClientError::Refused { code: Some(Code::NotSupported), .. }));
    for row in &TABLE {
        for mode in Mode::ALL {
            let answer = send(post(&url, &row.path(mode), row.request(&fixture, &who).await)).await;
            if done.contains(&(row.subject, row.operation)) {
                assert_eq!(answer.status, 200, "{}", row.path(mode));
                continue;
            }
            let problem = answer.json();
            assert_eq!((answer.status, &problem["code"]), (501, &json!("not-supported")));
            assert_eq!(problem["detail"], row.operation.as_str());
        }
    }
}

//! The example school as a platform meets it: every operation, for one and for many, and over TLS.

use std::time::Duration;

use nest_api::prelude::*;
use nest_api::{BuildError, ClientError, Code};
use nest_core::InProcess;
use nest_core::time::Month;
use nest_examples::certificate::PrivateAuthority;
use nest_examples::records::{
    Assessment, Enrolment, PersonInfo, PracticeOutcome, PracticeProgress, ReadingPractice, Role,
};
use nest_examples::running::Running;
use nest_examples::school::School;

use crate::field::{self, TOKEN, excerpt};

/// A school without transcryptors between it and the platform: in one process, both know people by one name.
fn api(school: &School, nest: &InProcess) -> DataSourceApi<School, InProcess> {
    DataSourceApi::builder(school.clone())
        .domain("nest")
        .transcryption(nest.party())
        .caller(Caller::new("nest", TokenHash::of(TOKEN)))
        .activity::<Assessment>()
        .activity::<ReadingPractice>()
        .build()
        .unwrap()
}

/// The school, the platform's client, and pupils and a teacher who are not registered yet.
async fn school() -> (School, NestClient<InProcess>, Vec<Pseudonym>, Pseudonym) {
    let (school, nest) = (School::temporary("nest", &excerpt()).await.unwrap(), InProcess::new(2));
    let client = field::client(&field::serve(&api(&school, &nest)), nest);
    let (pupils, teachers): (Vec<Enrolment>, Vec<_>) =
        school.roll().into_iter().partition(|line| line.role == Role::Pupil);
    (school, client, pupils.into_iter().map(|line| line.person).collect(), teachers[0].person)
}

const PUPIL: PersonInfo = PersonInfo { role: Role::Pupil };
const TEACHER: PersonInfo = PersonInfo { role: Role::Teacher };

fn practice(level: u8) -> ReadingPractice {
    ReadingPractice { level, minutes_per_week: 60, start: "1986-09".parse::<Month>().unwrap() }
}

/// How a call about one participant went.
fn of_one<R: std::fmt::Debug>(result: Result<R, ClientError>) -> Result<R, RecordError> {
    result.map_err(|error| match error {
        ClientError::Record(error) => error,
        other => panic!("{other}"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn one_participant_is_registered_read_updated_and_forgotten() {
    let (_, client, pupils, teacher) = school().await;
    let (who, participants) = (pupils[0], client.participants());

    assert_eq!(of_one(participants.read(who).await), Err(RecordError::NotFound));
    assert_eq!(of_one(participants.update(who, PUPIL).await), Err(RecordError::NotFound));
    assert_eq!(of_one(participants.create(teacher, PUPIL).await), Err(RecordError::Invalid));
    assert_eq!(of_one(participants.create(Pseudonym::random(), PUPIL).await), Err(RecordError::NotFound));
    assert_eq!(of_one(participants.create(who, PUPIL).await), Ok(()));
    assert_eq!(of_one(participants.create(who, PUPIL).await), Err(RecordError::Conflict));
    assert_eq!(of_one(participants.read(who).await), Ok(PUPIL));
    assert_eq!(of_one(participants.update(who, PUPIL).await), Ok(()));
    assert_eq!(of_one(participants.update(who, TEACHER).await), Err(RecordError::Invalid));
    assert_eq!(of_one(participants.delete(who).await), Ok(()));
    assert_eq!(of_one(participants.delete(who).await), Err(RecordError::NotFound));
    assert_eq!(of_one(participants.read(who).await), Err(RecordError::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_practice_goes_from_given_to_taken_back() {
    let (school, client, pupils, teacher) = school().await;
    let (who, given) = (pupils[0], client.activity::<ReadingPractice>());

    assert_eq!(of_one(given.create(who, practice(1)).await), Err(RecordError::NotFound), "not registered");
    of_one(client.participants().create(who, PUPIL).await).unwrap();
    of_one(client.participants().create(teacher, TEACHER).await).unwrap();
    assert_eq!(of_one(given.read(who).await), Err(RecordError::NotFound));
    assert_eq!(of_one(given.create(teacher, practice(1)).await), Err(RecordError::Invalid));
    assert_eq!(of_one(given.create(who, practice(1)).await), Ok(()));
    assert_eq!(of_one(given.create(who, practice(2)).await), Err(RecordError::Conflict));
    assert_eq!(of_one(given.read(who).await), Ok(practice(1)));
    assert_eq!(of_one(given.update(who, practice(5)).await), Ok(()));
    assert_eq!(of_one(given.read(who).await), Ok(practice(5)));

    assert_eq!(of_one(given.progress(who).await), Ok(PracticeProgress { weeks: 0, kept: 0 }));
    assert_eq!(school.end_week(|practice| practice.minutes_per_week).await.unwrap(), 60);
    assert_eq!(school.end_week(|practice| practice.minutes_per_week - 1).await.unwrap(), 59);
    assert_eq!(of_one(given.progress(who).await), Ok(PracticeProgress { weeks: 2, kept: 1 }));
    assert_eq!(of_one(given.results(who, 1).await), Ok(PracticeOutcome { week: 2, minutes: 59 }));
    assert_eq!(of_one(given.results(who, 2).await), Err(RecordError::NotFound));

    assert_eq!(of_one(given.delete(who).await), Ok(()));
    assert_eq!(of_one(given.delete(who).await), Err(RecordError::NotFound));
    assert_eq!(of_one(given.progress(who).await), Err(RecordError::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_forgotten_is_forgotten_with_what_was_given() {
    let (_, client, pupils, _) = school().await;
    let given = client.activity::<ReadingPractice>();
    let all = |info: &PersonInfo| pupils.iter().map(|who| (*who, info.clone())).collect::<Vec<_>>();
    let good = |answers: Vec<Answer<()>>| answers.iter().filter(|answer| answer.result().is_ok()).count();

    assert_eq!(good(client.participants().create_batch(all(&PUPIL)).await.unwrap()), pupils.len());
    let practices = pupils.iter().map(|who| (*who, practice(3))).collect();
    assert_eq!(good(given.create_batch(practices).await.unwrap()), pupils.len());
    let (gone, left) = pupils.split_at(10);
    assert_eq!(good(client.participants::<PersonInfo>().delete_batch(gone).await.unwrap()), gone.len());
    for answer in given.read_batch(&pupils).await.unwrap() {
        let expected = if left.contains(&answer.who) { Ok(practice(3)) } else { Err(RecordError::NotFound) };
        assert_eq!(answer.into_result(), expected);
    }
    assert_eq!(good(client.participants().create_batch(all(&PUPIL)).await.unwrap()), gone.len());
    assert_eq!(of_one(given.read(gone[0]).await), Err(RecordError::NotFound), "nothing came back");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_school_does_not_do_is_refused_for_all() {
    let (_, client, pupils, _) = school().await;
    let scores = client.activity::<Assessment>();
    for refused in [scores.read(pupils[0]).await.err(), scores.delete_batch(&pupils).await.err()] {
        let Some(ClientError::Refused { status: 501, code: Some(Code::NotSupported), .. }) = refused else {
            panic!("{refused:?}");
        };
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_authority_is_trusted_where_it_is_named_and_nowhere_else() {
    let (authority, other) = (PrivateAuthority::new().unwrap(), PrivateAuthority::new().unwrap());
    let (school, nest) = (School::temporary("nest", &[]).await.unwrap(), InProcess::new(2));
    let server = api(&school, &nest).bind("127.0.0.1:0", authority.loopback().unwrap()).unwrap();
    let url = server.url();
    let running = Running::start(server);
    let ask = async |root: Option<String>| {
        let client = NestClient::builder(&url, TOKEN).domain("nest").transcryption(nest.clone());
        let client = match &root {
            Some(root) => client.root_certificate_pem(root.as_bytes()),
            None => client,
        };
        client.build()?.activity::<Assessment>().progress(Pseudonym::random()).await.map_err(Failed::Call)
    };

    let unknown = Err(Failed::Call(ClientError::Record(RecordError::NotFound)));
    assert_eq!(ask(Some(authority.root_pem())).await, unknown);
    assert_eq!(ask(Some(other.root_pem() + &authority.root_pem())).await, unknown, "one of two");
    let unreachable = Err(Failed::Call(ClientError::Unreachable));
    assert_eq!(ask(Some(other.root_pem())).await, unreachable);
    assert_eq!(ask(None).await, unreachable);
    for text in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n"] {
        let refused = ask(Some(text.to_owned())).await;
        assert_eq!(refused, Err(Failed::Build(BuildError::RootCertificate)), "{text:?}");
    }

    // The client above may still hold a connection, which it will not close.
    let idle = NestClient::builder(&url, TOKEN)
        .domain("nest")
        .transcryption(nest.clone())
        .root_certificate_pem(authority.root_pem().as_bytes())
        .build()
        .unwrap();
    assert!(idle.activity::<Assessment>().progress(Pseudonym::random()).await.is_err());
    let stopped = tokio::time::timeout(Duration::from_secs(15), running.stop()).await;
    stopped.expect("an idle connection does not keep a server from stopping").unwrap();
}

#[derive(Debug, PartialEq)]
enum Failed {
    Build(BuildError),
    Call(ClientError),
}

impl From<BuildError> for Failed {
    fn from(error: BuildError) -> Self {
        Failed::Build(error)
    }
}

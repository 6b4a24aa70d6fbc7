//! What must not leak. Names, numbers, pseudonyms and tokens are planted everywhere, and looked for in all output
//! that others read.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use nest_api::prelude::*;
use nest_api::{AuditLog, Message, Mode};
use nest_core::{Batch, InProcess, OrFiller, Transcryption};
use serde_json::Value;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

use crate::field::{TOKEN, domain, post, send, text};
use crate::in_memory_source::{FAILS, FINE, Member, PANICS, Walk};
use crate::server_fixture::{ServerFixture, asks, caller, given, path};

/// All events of nest's crates.
static TRACED: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(|| {
    let traced = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&traced);
    let everything = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || Writer(Arc::clone(&writer)))
        .with_filter(filter_fn(|metadata| metadata.target().starts_with("nest")))
        .with_filter(LevelFilter::TRACE);
    tracing_subscriber::registry().with(everything).init();
    traced
});

struct Writer(Arc<Mutex<Vec<u8>>>);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is planted, and all forms in which it could come out.
struct Marks(Vec<(String, Vec<String>)>);

impl Marks {
    /// A text, as it is, in hex and in base64.
    fn text(&mut self, mark: &str) {
        self.bytes(mark, mark.as_bytes(), vec![mark.to_owned()]);
    }

    fn pseudonym(&mut self, who: Pseudonym) {
        self.bytes("a pseudonym", &who.to_bytes(), Vec::new());
        self.text(&who.to_hex());
    }

    fn number(&mut self, number: u64) {
        self.bytes("a number", &number.to_be_bytes()[3..], vec![format!("{number:x}")]);
        self.text(&number.to_string());
    }

    fn bytes(&mut self, what: &str, bytes: &[u8], mut forms: Vec<String>) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        forms.extend([hex.to_uppercase(), hex]);
        // Wherever it stands in something longer: without the digits that its neighbours have a part in.
        for before in 0..3 {
            let encoded = BASE64_STANDARD.encode([&vec![0; before], bytes].concat());
            let whole = &encoded[(8 * before).div_ceil(6)..8 * (before + bytes.len()) / 6];
            forms.extend([whole.to_owned(), whole.replace('+', "-").replace('/', "_")]);
        }
        self.0.push((what.to_owned(), forms));
    }

    /// The first mark that a text holds.
    fn found(&self, text: &str) -> Option<&str> {
        let held = |forms: &Vec<String>| forms.iter().any(|form| text.contains(form));
        self.0.iter().find(|(_, forms)| held(forms)).map(|(mark, _)| mark.as_str())
    }

    fn assert_none_in(&self, place: &str, text: &str) {
        if let Some(mark) = self.found(text) {
            panic!("{mark} in {place}: {text}");
        }
    }
}

const NAME: &str = "Anna-Marked-7q";
const OTHER_NAME: &str = "Bert-Marked-9w";
const WALK: &str = "Dune-Marked-3e";
const KEY: &str = "Key-Marked-5r6t7y";
const HEADER: &str = "Header-Marked-8u9i";
const STEPS: u64 = 8_412_907_356;
const OTHER_STEPS: u64 = 7_305_918_246;

fn person(mood: u8) -> Member {
    Member { mood, remark: NAME.to_owned() }
}

fn walk(walker: Pseudonym, with: Pseudonym) -> Walk {
    Walk { walker, with, steps: STEPS, remark: WALK.to_owned() }
}

#[test]
fn a_mark_is_found_in_every_form() {
    let mut marks = Marks(Vec::new());
    let who = Pseudonym::random();
    marks.text(NAME);
    marks.number(STEPS);
    marks.pseudonym(who);
    for before in ["", "x", "xy", "xyz"] {
        assert!(marks.found(&BASE64_STANDARD.encode(format!("{before}{NAME}z"))).is_some());
        let bytes = [before.as_bytes(), &who.to_bytes(), b"z"].concat();
        assert!(marks.found(&BASE64_STANDARD.encode(bytes)).is_some());
    }
    for held in [format!("\"{NAME}\""), who.to_hex().to_uppercase(), STEPS.to_string(), format!("{STEPS:x}")]
    {
        assert!(marks.found(&held).is_some(), "{held}");
    }
    assert_eq!(marks.found("Anna Marked 8412907357"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_planted_comes_out() {
    let traced = Arc::clone(&TRACED);
    let fixture = ServerFixture::new().await;
    let mut marks = Marks(Vec::new());
    for mark in [NAME, OTHER_NAME, WALK, KEY, HEADER, TOKEN] {
        marks.text(mark);
    }
    for number in [STEPS, OTHER_STEPS] {
        marks.number(number);
    }
    for party in ["nest", "sports"] {
        for member in &fixture.transcryptors.config().transcryptors {
            let auth = fixture.transcryptors.auths(party).get(&member.system_id).unwrap();
            marks.text(&auth.token().await.unwrap());
        }
    }
    let people: Vec<_> = (0..6).map(|_| Pseudonym::random()).collect();
    people.iter().for_each(|who| marks.pseudonym(*who));
    let mut shown = Vec::new();

    // As a platform does it: successes, failures and panics of each operation.
    let client = fixture.client();
    let (members, walks) = (client.participants::<Member>(), client.activity::<Walk>());
    let moods = people[..5].iter().zip([FINE, FINE, FAILS, PANICS, FINE]);
    let records = moods.map(|(who, mood)| (*who, person(mood))).collect::<Vec<_>>();
    shown.push(format!("{:?}", members.create_batch(records.clone()).await));
    shown.push(format!("{:?}", members.create_batch(records.clone()).await));
    shown.push(format!("{:?}", members.read_batch(&people).await));
    let changed =
        records.into_iter().map(|(who, _)| (who, Member { mood: FINE, remark: OTHER_NAME.to_owned() }));
    shown.push(format!("{:?}", members.update_batch(changed.take(2).collect()).await));
    let given_walks: Vec<_> = people.iter().map(|who| (*who, walk(*who, people[1]))).collect();
    shown.push(format!("{:?}", walks.create_batch(given_walks.clone()).await));
    let more = given_walks.into_iter().map(|(who, walk)| (who, Walk { steps: OTHER_STEPS, ..walk }));
    shown.push(format!("{:?}", walks.update_batch(more.collect()).await));
    shown.push(format!("{:?}", walks.progress_batch(&people).await));
    let pages: Vec<_> = people.iter().flat_map(|who| [(*who, 0), (*who, 9)]).collect();
    shown.push(format!("{:?}", walks.results_batch(&pages).await));
    shown.push(format!("{:?}", walks.read(people[5]).await.unwrap_err()));
    shown.push(format!("{:?}", client.last_exchange()));
    let long = Member { mood: FINE, remark: format!("{NAME} and more") };
    let unfit = members.create(people[0], long).await.unwrap_err();
    shown.push(format!("{unfit} {unfit:?}"));
    // What the source knows them as.
    let known: Vec<Pseudonym> = fixture.inside.kept().members.keys().map(|(_, who)| *who).collect();
    assert_eq!(known.len(), 5);
    known.iter().for_each(|who| marks.pseudonym(*who));

    // As it stands on the wire.
    let mut bodies = Vec::new();
    for operation in [Operation::Progress, Operation::Results, Operation::Read, Operation::Delete] {
        bodies.push((
            path("walk", operation, Mode::Batch),
            fixture.request("walk", &asks("walk", operation, &people)).await,
        ));
    }
    for operation in [Operation::Create, Operation::Update] {
        let items = given("participants", operation, &people, |_| person(FINE));
        bodies.push((
            path("participants", operation, Mode::Batch),
            fixture.request("participants", &items).await,
        ));
        let items = given("walk", operation, &people, |who| walk(who, people[0]));
        bodies.push((path("walk", operation, Mode::Batch), fixture.request("walk", &items).await));
    }
    let mut statuses = Vec::new();
    for (path, body) in &bodies {
        marks.assert_none_in(path, &String::from_utf8_lossy(body));
        for repeated in [false, true] {
            let key = format!("{KEY}{path}");
            let call = post(&fixture.url, path, body.clone()).header("idempotency-key", key);
            let answer = send(call.header("user-agent", HEADER).header("x-request-id", HEADER)).await;
            marks.assert_none_in(path, &answer.everything());
            statuses.push((answer.status, repeated));
        }
    }
    assert!(statuses.iter().all(|(status, _)| *status == 200));

    // Refusals, with marks wherever something can be written.
    let (good_path, good) = &bodies[0];
    let good: Value = serde_json::from_slice(good).unwrap();
    let mut calls = Vec::new();
    for mark in [NAME, &people[0].to_hex(), &known[0].to_hex(), &STEPS.to_string()] {
        // A batch of none goes to no transcryptor that could refuse its domain. The answer is addressed to it.
        let mut none = good.clone();
        none["batch"]["records"] = Value::Array(Vec::new());
        none["batch"]["domain"] = mark.into();
        let answer = send(post(&fixture.url, good_path, text(&none))).await;
        assert_eq!((answer.status, &answer.json()["to"]), (200, &mark.into()));
        for pointer in [
            "/activity",
            "/at",
            "/batch/domain",
            "/batch/sessions/transcryptor-1",
            "/batch/shape",
            "/batch/records",
            "/batch/records/0",
        ] {
            let mut spoilt = good.clone();
            *spoilt.pointer_mut(pointer).unwrap() = mark.into();
            calls.push(post(&fixture.url, good_path, text(&spoilt)));
        }
        let mut addressed = good.clone();
        addressed["to"] = mark.into();
        calls.push(post(&fixture.url, good_path, text(&addressed)));
        calls.push(post(
            &fixture.url,
            &format!("/api/v1/activities/{mark}/progress?{mark}={mark}"),
            mark.to_owned(),
        ));
        calls.push(post(&fixture.url, &format!("/api/v1/{mark}"), mark.to_owned()));
        calls.push(post(&fixture.url, good_path, mark.to_owned()));
        calls.push(
            post(&fixture.url, &bodies[4].0, text(&good)).header("idempotency-key", format!("{mark} {mark}")),
        );
        calls.push(reqwest::Client::new().post(format!("{}{good_path}", fixture.url)).bearer_auth(mark));
        calls.push(reqwest::Client::new().get(format!("{}/{mark}", fixture.url)));
    }
    for call in calls {
        let answer = send(call.header("x-header", HEADER)).await;
        assert_ne!(answer.status, 500);
        marks.assert_none_in("a refusal", &answer.everything());
    }

    // What is left of it.
    marks.assert_none_in("the numbers", &fixture.metrics().await.everything());
    let log = fixture.log.text();
    assert!(log.lines().count() > 40);
    marks.assert_none_in("the audit log", &log);
    for text in shown.iter().chain(&everything_public(&fixture, &people).await) {
        marks.assert_none_in("Debug", text);
    }
    let traced = String::from_utf8_lossy(&traced.lock().unwrap()).into_owned();
    for said in ["answered", "a call of the source panicked", "item-unreadable"] {
        assert!(traced.contains(said), "{said}");
    }
    marks.assert_none_in("what is traced", &traced);
}

/// `Debug` of whatever this library gives out, and `Display` where there is one.
async fn everything_public(fixture: &ServerFixture, people: &[Pseudonym]) -> Vec<String> {
    let (client, nest) = (fixture.client(), &fixture.nest);
    let session = nest.session().await.unwrap();
    let questions = asks("walk", Operation::Read, people);
    let batch = Batch::seal(&domain("nest"), &session, &questions).unwrap();
    let walks = Batch::seal(&domain("nest"), &session, &[walk(people[0], people[1])]).unwrap();
    let sealed = session.seal(&questions[0]).unwrap();
    let other = InProcess::new(2);
    let unreadable = other.session().await.unwrap().open(&sealed).err().unwrap();
    let builder = DataSourceApi::builder(crate::in_memory_source::InMemorySource::new().0).domain("sports");
    let built = format!("{builder:?}");
    let connecting =
        Paas::builder(fixture.transcryptors.config().clone(), fixture.transcryptors.auths("nest"));
    let source = NestClient::builder(&fixture.url, TOKEN).domain("nest").allow_plain_http();
    let log = crate::server_fixture::TempFile::new();
    vec![
        built,
        format!("{:?} {:?} {:?}", fixture.api, fixture.stop, fixture.api.routes()),
        format!("{:?}", fixture.api.bind_plain_http("127.0.0.1:0").unwrap()),
        format!("{:?} {:?}", caller(TOKEN).only_domains(["nest"]), TokenHash::of(TOKEN)),
        format!(
            "{client:?} {source:?} {:?} {:?}",
            client.participants::<Member>(),
            client.activity::<Walk>()
        ),
        format!("{nest:?} {connecting:?} {:?} {other:?}", nest.health()),
        format!("{session:?} {batch:?} {sealed:?} {unreadable:?} {unreadable}"),
        format!("{:?}", Message::new("walk", walks)),
        format!("{people:?} {:?}", OrFiller::record(person(FINE))),
        format!("{:?}", AuditLog::open(&log.0).unwrap()),
        format!("{:?} {:?}", Pseudonym::from_hex(NAME), Pseudonym::from_short_id(&NAME.repeat(2))),
        format!("{:?}", nest_core::Domain::new(format!("{NAME} {NAME}"))),
        format!("{:?}", Pseudonym::from_hex(&people[0].to_hex()[1..])),
    ]
}

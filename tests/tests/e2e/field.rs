//! The common parts of the tests: two transcryptors, a school that serves, and a platform that may call it.

use std::time::Duration;

use nest_api::prelude::*;
use nest_api::{DataSourceApiBuilder, Message};
use nest_core::schema::Schema;
use nest_core::{Batch, Domain, Session, Transcryption};
use nest_examples::records::{Assessment, AssessmentProgress, Enrolment, Grade, PersonInfo};
use nest_examples::school::School;
use nest_examples::star::{self, Row};
use nest_testbed::Transcryptors;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::in_memory_source::{Member, Swim, Walk, Walked};

/// The token that the school knows the platform by. It looks like nothing else, so that it can be searched
/// for.
pub(crate) const TOKEN: &str = "mF9B5f41JqM-the-token-of-the-platform";

/// For how long clients of tests repeat what may pass: less than a test waits for.
pub(crate) const REPEAT_FOR: Duration = Duration::from_secs(3);

/// The kindergarten records of one school: 34 pupils and two teachers.
pub(crate) fn excerpt() -> Vec<Row> {
    let rows = star::rows().unwrap();
    rows.into_iter().filter(|row| row.grade == Grade::Kindergarten && row.school == 14).collect()
}

pub(crate) fn domain(name: &str) -> Domain {
    Domain::new(name).unwrap()
}

/// All parties, and the school's API on a port of its own.
pub(crate) struct Field {
    pub(crate) transcryptors: Transcryptors,
    pub(crate) rows: Vec<Row>,
    pub(crate) roll: Vec<Enrolment>,
    /// The platform's account at the transcryptors.
    pub(crate) nest: Paas,
    /// The school's account at the transcryptors, as its API uses it.
    pub(crate) school: Paas,
    pub(crate) url: String,
}

impl Field {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// With settings of the API other than the defaults.
    pub(crate) async fn with(
        set: impl FnOnce(DataSourceApiBuilder<School, Paas>) -> DataSourceApiBuilder<School, Paas>,
    ) -> Self {
        let transcryptors =
            Transcryptors::builder().party("school").party("nest").party("other").start().await.unwrap();
        let (nest, school) = (account(&transcryptors, "nest").await, account(&transcryptors, "school").await);
        let rows = excerpt();
        let source = School::temporary("school", &rows).await.unwrap();
        let roll = source.roll();
        let builder = DataSourceApi::builder(source)
            .domain("school")
            .transcryption(school.clone())
            .caller(Caller::new("nest", TokenHash::of(TOKEN)))
            .activity::<Assessment>();
        let url = serve(&set(builder).build().unwrap());
        Self { transcryptors, rows, roll, nest, school, url }
    }

    /// The platform's client.
    pub(crate) fn client(&self) -> NestClient<Paas> {
        client(&self.url, self.nest.clone())
    }

    /// Everybody on the school's roll as the platform knows them.
    pub(crate) async fn people(&self) -> Vec<Enrolment> {
        hand_over(&self.roll, ("school", &self.school), ("nest", &self.nest)).await
    }

    /// Everybody as the platform knows them, registered at the school.
    pub(crate) async fn registered(&self) -> Vec<Enrolment> {
        let people = self.people().await;
        for answer in self.client().participants().create_batch(with_info(&people)).await.unwrap() {
            assert_eq!(answer.result(), Ok(&()));
        }
        people
    }

    /// The bytes of a request that the platform could make.
    pub(crate) async fn request<R: PepRecord>(&self, activity: &str, items: &[R]) -> Vec<u8> {
        message(activity, "nest", &self.nest.session().await.unwrap(), items)
    }
}

/// The bytes of a message.
pub(crate) fn message<R: PepRecord>(activity: &str, from: &str, session: &Session, items: &[R]) -> Vec<u8> {
    let batch = Batch::seal(&domain(from), session, items).unwrap();
    let about = items.first().and_then(operation_of).unwrap_or(Operation::Create);
    let person =
        if R::SCHEMA.name == Registration::SCHEMA.name { PersonInfo::SCHEMA } else { Member::SCHEMA };
    let meaning = about_of(activity, about, person).meaning_fingerprint();
    serde_json::to_vec(&Message::new(activity, batch).about(meaning)).unwrap()
}

/// People with what the school wants to know of them.
pub(crate) fn with_info(people: &[Enrolment]) -> Vec<(Pseudonym, PersonInfo)> {
    people.iter().map(|line| (line.person, PersonInfo { role: line.role })).collect()
}

pub(crate) async fn account(transcryptors: &Transcryptors, party: &str) -> Paas {
    Paas::connect_plain_http(transcryptors.config().clone(), transcryptors.auths(party)).await.unwrap()
}

/// Serves an API on a free port until the test ends.
pub(crate) fn serve<S: DataSource, T: Transcryption + 'static>(api: &DataSourceApi<S, T>) -> String {
    let server = api.bind_plain_http("127.0.0.1:0").unwrap();
    let url = server.url();
    tokio::spawn(server.run());
    url
}

pub(crate) fn client<T: Transcryption>(url: &str, transcryption: T) -> NestClient<T> {
    NestClient::builder(url, TOKEN)
        .domain("nest")
        .transcryption(transcryption)
        .allow_plain_http()
        .repeat_for(REPEAT_FOR)
        .build()
        .unwrap()
}

/// Takes records from one domain to another.
pub(crate) async fn hand_over<R: PepRecord + 'static>(
    records: &[R],
    (from, sender): (&str, &Paas),
    (to, receiver): (&str, &Paas),
) -> Vec<R> {
    let batch = Batch::seal(&domain(from), &sender.session().await.unwrap(), records).unwrap();
    let (batch, session) = receiver.transcrypt(batch, &domain(to)).await.unwrap();
    batch.open(&session).into_iter().map(Result::unwrap).collect()
}

/// A question, declared by somebody who knows the wire but not this implementation.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Ask {
    #[pep(pseudonym)]
    pub(crate) who: Pseudonym,
    #[pep(range = 0..=0x3fff_ffff_ffff_ffff, allow(global_identifier, reason = "as the wire has it"))]
    pub(crate) tag: u64,
}

/// The operation in the tag of an item.
fn operation_of<R: PepRecord>(item: &R) -> Option<Operation> {
    let nest_core::value::Value::Integer(tag) = item.to_plain().ok()?.get("tag").ok()? else { return None };
    let operation = u8::try_from(tag >> 16 & 63).ok()?;
    Operation::ALL.iter().copied().find(|known| known.code() == operation)
}

/// The record that a route is about.
fn about_of(subject: &str, operation: Operation, person: &'static Schema) -> &'static Schema {
    match (subject, operation) {
        ("assessment", Operation::Progress) => AssessmentProgress::SCHEMA,
        ("assessment", _) => Assessment::SCHEMA,
        ("walk", Operation::Progress) => Walked::SCHEMA,
        ("walk", _) => Walk::SCHEMA,
        ("swim", _) => Swim::SCHEMA,
        _ => person,
    }
}

/// The number that says, from its lowest bit: which item of the batch, which operation, of which subject and meaning,
/// and what else there is to say.
pub(crate) fn tag_of(subject: &str, operation: Operation, ticket: u64, detail: u64) -> u64 {
    tag_about(about_of(subject, operation, Member::SCHEMA), subject, operation, ticket, detail)
}

pub(crate) fn tag_about(
    about: &'static Schema,
    subject: &str,
    operation: Operation,
    ticket: u64,
    detail: u64,
) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update((subject.len() as u64).to_be_bytes());
    hasher.update(subject);
    hasher.update(about.meaning_fingerprint().to_bytes());
    let hash = hasher.finalize();
    let hash = u32::from_be_bytes([0, hash[0], hash[1], hash[2]]);
    detail << 46 | u64::from(hash) << 22 | u64::from(operation.code()) << 16 | ticket
}

/// As [`tag_of`] the assessment, with a page.
pub(crate) fn tag(operation: Operation, ticket: u64, page: u64) -> u64 {
    tag_of("assessment", operation, ticket, page)
}

/// Questions about the first page of each.
pub(crate) fn asks(operation: Operation, who: impl IntoIterator<Item = Pseudonym>) -> Vec<Ask> {
    let ask = |(ticket, who)| Ask { who, tag: tag(operation, ticket, 0) };
    (0..).zip(who).map(ask).collect()
}

/// A registration, declared by somebody who knows the wire but not this implementation.
#[derive(PepRecord)]
#[pep(max_blocks = 3)]
pub(crate) struct Registration {
    #[pep(pseudonym)]
    who: Pseudonym,
    /// Ticket, operation, subject and meaning.
    #[pep(range = 0..=0x3fff_ffff_ffff)]
    tag: u64,
    record: PersonInfo,
}

pub(crate) fn registration(who: Pseudonym, record: PersonInfo) -> Registration {
    Registration { who, tag: tag_about(PersonInfo::SCHEMA, "participants", Operation::Create, 0, 0), record }
}

pub(crate) const RESULTS: &str = "/api/v1/activities/assessment/results_batch";
pub(crate) const PROGRESS: &str = "/api/v1/activities/assessment/progress_batch";
pub(crate) const CREATE: &str = "/api/v1/participants/create_batch";

/// An HTTP answer, as it came.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Everything that was sent back, for searching.
    pub(crate) fn everything(&self) -> String {
        format!("{:?} {}", self.headers, self.body)
    }
}

pub(crate) fn post(url: &str, path: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
    reqwest::Client::new()
        .post(format!("{url}{path}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .body(body)
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answered {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answered { status, headers, body: response.text().await.unwrap() }
}

/// JSON with every text but tags replaced by its length: what somebody sees who cannot decrypt.
pub(crate) fn shape(json: &Value) -> Value {
    match json {
        Value::String(text) => text.len().into(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let tag = name == "type" && value.is_string();
                (name.clone(), if tag { value.clone() } else { shape(value) })
            })
            .collect(),
        other => other.clone(),
    }
}

/// JSON as text. In a sealed record the tag comes first, and [`Value`] knows no order.
pub(crate) fn text(json: &Value) -> String {
    match json {
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name != "type");
            let fields = fields
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), text(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        leaf => leaf.to_string(),
    }
}

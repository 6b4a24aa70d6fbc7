//! A source with every kind of field and every operation, and a platform that is built on the upstream crate.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use nest_api::DataSourceApiBuilder;
use nest_api::prelude::*;
use nest_data_source_api::batch_messages::{
    ActivityBatchRequest, ActivityBatchRequestMessageType, ActivityBatchResponseMessageType,
    PEPActivityBatchRequest, PEPActivityBatchResponse, PEPBatchMessageType, Record, StatusCode,
};
use nest_examples::records::{Enrolment, PersonInfo, Role};
use nest_testbed::Transcryptors;
use nest_upstream::UpstreamDoor;
use paas_client::pseudonym_service::PseudonymService;
use serde_json::{Value, json};

use crate::field::{Answered, TOKEN, account, hand_over, post, send, serve};

/// One day of somebody.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "day", max_blocks = 14, max_bits = 627)]
pub(crate) struct Day {
    rested: bool,
    mood: Mood,
    #[pep(absent)]
    coffee: Option<bool>,
    #[pep(range = 0..=24, absent = 25)]
    slept: Option<u8>,
    #[pep(decimals = 1, range = 30.0..=45.0)]
    degrees: f64,
    #[pep(max_bytes = 15)]
    word: String,
    #[pep(max_bytes = 60)]
    pub(crate) note: String,
    #[pep(max_len = 2, range = 1..=9)]
    marks: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, PepEnum)]
enum Mood {
    Low,
    #[pep(code = 7)]
    High,
}

/// How many days there are.
#[derive(Debug, PepRecord)]
#[pep(activity = "day", kind = "progress", max_blocks = 1)]
pub(crate) struct Days {
    #[pep(range = 0..=255)]
    days: u8,
}

impl Activity for Day {
    type Progress = Days;
    type Outcome = Day;
}

/// Who somebody met.
#[derive(Debug, PepRecord)]
#[pep(activity = "meeting", max_blocks = 2)]
pub(crate) struct Meeting {
    #[pep(pseudonym)]
    with: Pseudonym,
    long: bool,
}

impl Activity for Meeting {
    type Progress = Days;
    type Outcome = Meeting;
}

/// The days of the people whom it knows.
pub(crate) struct DayRecords {
    known: HashSet<Pseudonym>,
    days: Mutex<HashMap<Pseudonym, Day>>,
}

impl DayRecords {
    fn of(&self, who: Pseudonym) -> Result<Day, RecordError> {
        self.days.lock().unwrap().get(&who).cloned().ok_or(RecordError::NotFound)
    }
}

impl DataSource for DayRecords {
    type Participant = PersonInfo;
    const PARTICIPANTS: &[Operation] = &[];
}

impl Serves<Day> for DayRecords {
    const OPERATIONS: &[Operation] = Operation::ALL;

    async fn create(&self, _: &Context, who: Pseudonym, day: Day) -> Result<(), RecordError> {
        if !self.known.contains(&who) {
            return Err(RecordError::NotFound);
        }
        let mut days = self.days.lock().unwrap();
        if days.contains_key(&who) {
            return Err(RecordError::Conflict);
        }
        days.insert(who, day);
        Ok(())
    }

    async fn read(&self, _: &Context, who: Pseudonym) -> Result<Day, RecordError> {
        self.of(who)
    }

    async fn update(&self, _: &Context, who: Pseudonym, day: Day) -> Result<(), RecordError> {
        self.of(who)?;
        self.days.lock().unwrap().insert(who, day);
        Ok(())
    }

    async fn delete(&self, _: &Context, who: Pseudonym) -> Result<(), RecordError> {
        self.days.lock().unwrap().remove(&who).map(|_| ()).ok_or(RecordError::NotFound)
    }

    async fn progress(&self, _: &Context, who: Pseudonym) -> Result<Days, RecordError> {
        self.of(who).map(|_| Days { days: 1 })
    }

    async fn results(&self, _: &Context, who: Pseudonym, page: u16) -> Result<Day, RecordError> {
        if page > 1 { Err(RecordError::NotFound) } else { self.of(who) }
    }
}

impl Serves<Meeting> for DayRecords {
    const OPERATIONS: &[Operation] = &[Operation::Create, Operation::Results];

    async fn create(&self, _: &Context, _: Pseudonym, _: Meeting) -> Result<(), RecordError> {
        Ok(())
    }

    /// Everybody meets themselves.
    async fn results(&self, _: &Context, who: Pseudonym, _: u16) -> Result<Meeting, RecordError> {
        Ok(Meeting { with: who, long: true })
    }
}

/// A day as a platform without the declaration writes it.
pub(crate) fn day(note: &str) -> Value {
    json!({
        "rested": true, "mood": 7, "coffee": 2, "slept": 8, "degrees": 36.5, "word": "é", "note": note,
        "marks": {"count": 1, "items": [9, 1]},
    })
}

/// The id of a person at the platform. The source knows the first eight.
pub(crate) fn id(number: usize) -> String {
    format!("person-{number}")
}

/// The source, and a platform that calls it through the upstream door.
pub(crate) struct Upstream {
    pub(crate) transcryptors: Transcryptors,
    pub(crate) url: String,
    pub(crate) client: PseudonymService,
}

impl Upstream {
    pub(crate) async fn new() -> Self {
        Self::with(UpstreamDoor::upstream_door).await
    }

    pub(crate) async fn with(
        set: impl FnOnce(DataSourceApiBuilder<DayRecords, Paas>) -> DataSourceApiBuilder<DayRecords, Paas>,
    ) -> Self {
        let transcryptors =
            Transcryptors::builder().party("school").party("nest").party("other").start().await.unwrap();
        let (nest, school) = (account(&transcryptors, "nest").await, account(&transcryptors, "school").await);
        let lines: Vec<_> = (0..8)
            .map(|number| Enrolment {
                person: Pseudonym::from_short_id(&id(number)).unwrap(),
                role: Role::Pupil,
            })
            .collect();
        let known = hand_over(&lines, ("nest", &nest), ("school", &school)).await;
        let source =
            DayRecords { known: known.into_iter().map(|line| line.person).collect(), days: Mutex::default() };
        let builder = DataSourceApi::builder(source)
            .domain("school")
            .transcryption(school)
            .caller(Caller::new("nest", TokenHash::of(TOKEN)))
            .activity::<Day>()
            .activity::<Meeting>();
        let url = serve(&set(builder).build().unwrap());
        let client = upstream_client(&transcryptors, "nest").await;
        Self { transcryptors, url, client }
    }

    /// A request as the upstream crate packs it.
    pub(crate) fn pack(&mut self, activity: &str, record: Vec<Record>) -> PEPActivityBatchRequest {
        pack(&mut self.client, activity, record)
    }

    /// The answer to a packed request, as it came.
    pub(crate) async fn post(&self, path: &str, request: &impl serde::Serialize) -> Answered {
        send(post(&self.url, &format!("/api/activities/{path}"), serde_json::to_vec(request).unwrap())).await
    }

    /// Opens an answer with nothing but the upstream crate.
    pub(crate) async fn unpack(&mut self, answer: &Answered) -> Vec<Record> {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer: PEPActivityBatchResponse = serde_json::from_str(&answer.body).unwrap();
        ActivityBatchResponseMessageType::unpack(answer, &mut self.client).await.unwrap().record
    }

    /// What is answered about each participant.
    pub(crate) async fn ask(
        &mut self,
        (path, activity): (&str, &str),
        records: Vec<Record>,
    ) -> HashMap<String, (StatusCode, Value)> {
        let len = records.len();
        let request = self.pack(activity, records);
        let answer = self.post(path, &request).await;
        let answers = self.unpack(&answer).await;
        assert_eq!(answers.len(), len);
        let answers = answers.into_iter().map(|said| (said.participant, (said.result_code, said.extra_data)));
        answers.collect()
    }
}

pub(crate) async fn upstream_client(transcryptors: &Transcryptors, party: &str) -> PseudonymService {
    let (config, auths) = (transcryptors.config().clone(), transcryptors.auths(party));
    let mut client = PseudonymService::new_allow_http(config, auths).await.unwrap();
    client.init().await.unwrap();
    client
}

pub(crate) fn pack(
    client: &mut PseudonymService,
    activity: &str,
    record: Vec<Record>,
) -> PEPActivityBatchRequest {
    let domain = |name| libpep::factors::PseudonymizationDomain::from(name);
    let request = ActivityBatchRequest { record, activity: activity.to_owned(), domain: domain("nest") };
    ActivityBatchRequestMessageType::pack(request, domain("school"), client).unwrap()
}

/// The same question about so many people.
pub(crate) fn about(people: usize, data: &Value) -> Vec<Record> {
    (0..people).map(|number| Record::ok(id(number), data.clone())).collect()
}

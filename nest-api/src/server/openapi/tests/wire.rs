//! What is really sent, against its description.

use nest_core::schema::Schema;
use nest_core::{Batch, Domain, InProcess, PepRecord, Transcryption};
use serde_json::Value;

use super::checked::Checked;
use super::clinic::{Person, Progress, RECORDS, Visit, api, visit};
use crate::operation::{Mode, PARTICIPANTS, Route};
use crate::prelude::*;
use crate::wire::item::{Ask, Given, Receipt, Reply, Response};
use crate::wire::mark::Mark;
use crate::wire::message::{Form, Message};

const VISITS: [(Operation, Mode); 8] = [
    (Operation::Create, Mode::Single),
    (Operation::Create, Mode::Batch),
    (Operation::Delete, Mode::Single),
    (Operation::Delete, Mode::Batch),
    (Operation::Progress, Mode::Single),
    (Operation::Progress, Mode::Batch),
    (Operation::Results, Mode::Single),
    (Operation::Results, Mode::Batch),
];

async fn message<R: PepRecord>(activity: &str, about: &'static Schema, items: &[R]) -> Value {
    let session = InProcess::new(2).session().await.unwrap();
    let batch = Batch::seal(&Domain::new("nest").unwrap(), &session, items).unwrap();
    let message = Message::new(activity, batch)
        .about(about.meaning_fingerprint())
        .addressed_to(Domain::new("clinic").unwrap());
    serde_json::to_value(message).unwrap()
}

#[tokio::test]
async fn what_is_sent_is_what_is_described() {
    let document = api().openapi();
    let who = Pseudonym::random();
    for (operation, mode) in VISITS {
        let route = Route::new("visits", operation, mode);
        let about = if operation == Operation::Progress { Progress::SCHEMA } else { Visit::SCHEMA };
        let mark = Mark::new(route, about);
        let (request, answer) = match operation {
            Operation::Create => (
                message("visits", about, &[Given::new(mark, who, visit(), 1)]).await,
                message("visits", about, &[Receipt::new(mark, who, 1, Ok(()))]).await,
            ),
            Operation::Results => (
                message("visits", about, &[Ask::new(mark, who, 0, 1)]).await,
                message("visits", about, &[Reply::<Visit>::new(mark, who, 1, Ok(visit().into()))]).await,
            ),
            Operation::Progress => (
                message("visits", about, &[Ask::new(mark, who, 0, 1)]).await,
                message("visits", about, &[Reply::<Progress>::new(mark, who, 1, Err(RecordError::NotFound))])
                    .await,
            ),
            _ => (
                message("visits", about, &[Ask::new(mark, who, 0, 1)]).await,
                message("visits", about, &[Receipt::new(mark, who, 1, Ok(()))]).await,
            ),
        };
        let (of_request, of_answer) = (Checked::request(&document, route), Checked::answer(&document, route));
        assert_eq!(of_request.fault(&request), None, "{}", route.path());
        assert_eq!(of_answer.fault(&answer), None, "{}", route.path());
        // Receipts and questions have one shape; everything else differs.
        if matches!(operation, Operation::Create | Operation::Results) {
            assert!(!of_request.accepts(&answer) && !of_answer.accepts(&request), "{}", route.path());
        }
    }
    let route = Route::new(PARTICIPANTS, Operation::Create, Mode::Single);
    let request = message(
        PARTICIPANTS,
        Person::SCHEMA,
        &[Given::new(Mark::new(route, Person::SCHEMA), who, Person { consent: true }, 1)],
    )
    .await;
    assert_eq!(Checked::request(&document, route).fault(&request), None);
}

/// As many blocks as a question, of other names.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Turned {
    #[pep(range = 0..=9)]
    tag: u64,
    #[pep(pseudonym)]
    who: Pseudonym,
}

#[tokio::test]
async fn a_message_of_as_many_blocks_and_another_shape_is_not_described() {
    let document = api().openapi();
    let route = Route::new("visits", Operation::Delete, Mode::Batch);
    let described = Checked::request(&document, route);
    let turned = message("visits", Visit::SCHEMA, &[Turned { tag: 7, who: Pseudonym::random() }]).await;
    let asked = message(
        "visits",
        Visit::SCHEMA,
        &[Ask::new(Mark::new(route, Visit::SCHEMA), Pseudonym::random(), 0, 1)],
    )
    .await;
    assert_eq!(
        turned["batch"]["records"][0].as_str().map(str::len),
        asked["batch"]["records"][0].as_str().map(str::len)
    );
    assert!(described.accepts(&asked) && !described.accepts(&turned));
}

#[tokio::test]
async fn what_the_api_refuses_is_not_described() {
    let document = api().openapi();
    let route = Route::new("visits", Operation::Create, Mode::Batch);
    let item = || Given::new(Mark::new(route, Visit::SCHEMA), Pseudonym::random(), visit(), 1);
    let sent = message("visits", Visit::SCHEMA, &[item()]).await.to_string();
    let described = Checked::request(&document, route);
    let blocks = Given::<Visit>::BLOCKS;
    let text = sent.split('"').find(|part| part.len() > 100).unwrap();
    assert_eq!(text.len(), (blocks * 64 * 4).div_ceil(3));
    let (shape, other) = (Given::<Visit>::SCHEMA.shape_fingerprint(), Ask::SCHEMA.shape_fingerprint());
    let (shape, other) = (shape.to_string(), other.to_string());
    let meaning = Visit::SCHEMA.meaning_fingerprint();
    let (meant, otherwise) = (meaning.to_string(), Person::SCHEMA.meaning_fingerprint().to_string());
    let (short, end) = text.split_at(text.len() - 1);
    let libpep = InProcess::new(1).session().await.unwrap().seal(&item()).unwrap();
    let libpep = serde_json::to_string(&libpep).unwrap();
    // Bits to spare that are not zero.
    assert!(blocks % 3 == 0 || end != "B");
    for (from, to) in [
        (shape.as_str(), other.as_str()),
        (meant.as_str(), otherwise.as_str()),
        (&shape, &shape.to_uppercase()),
        (&shape, ""),
        (r#""shape":"#, r#""shapes":"#),
        (r#""records":["#, r#""records":[null,"#),
        (r#""records":["#, r#""records":["","#),
        (r#""records":["#, r#""planted":"anna","records":["#),
        (r#"{"activity""#, r#"{"name":"anna","activity""#),
        (r#""visits""#, r#""walks""#),
        (":00Z", ":01Z"),
        (r#""nest""#, r#""""#),
        (text, ""),
        (text, short),
        (text, &text[..text.len() - 86]),
        (text, &format!("{text}A")),
        (text, &format!("{text}=")),
        (text, &format!("{text}|{text}")),
        (text, &format!("+{}", &text[1..])),
        (text, &format!("{short}=")),
        (&format!("\"{text}\""), &libpep),
    ] {
        let changed = sent.replacen(from, to, 1);
        assert_ne!(changed, sent, "{from}");
        let read = Message::<Given<Visit>>::read(Form::Json, changed.as_bytes(), "visits", meaning);
        assert!(read.is_err(), "{from} -> {to}");
        assert!(!described.accepts(&serde_json::from_str(&changed).unwrap()), "{from} -> {to}");
    }
    // Of the last letter, all that the pattern has and no other.
    for end in 'A'..='Z' {
        let changed = sent.replacen(text, &format!("{short}{end}"), 1);
        let read = Message::<Given<Visit>>::read(Form::Json, changed.as_bytes(), "visits", meaning).is_ok();
        assert_eq!(described.accepts(&serde_json::from_str(&changed).unwrap()), read, "{end}");
    }
    let elsewhere = sent.replacen(r#""to":"clinic""#, r#""to":"school""#, 1);
    assert!(elsewhere != sent && !described.accepts(&serde_json::from_str(&elsewhere).unwrap()));
}

#[tokio::test]
async fn the_number_of_records_is_described() {
    let document = api().openapi();
    for (records, mode, fits) in [
        (0, Mode::Single, false),
        (1, Mode::Single, true),
        (2, Mode::Single, false),
        (0, Mode::Batch, true),
        (RECORDS, Mode::Batch, true),
        (RECORDS + 1, Mode::Batch, false),
    ] {
        let route = Route::new("visits", Operation::Delete, mode);
        let mark = Mark::new(route, Visit::SCHEMA);
        let asks: Vec<_> = (0..records).map(|_| Ask::new(mark, Pseudonym::random(), 0, 1)).collect();
        let sent = message("visits", Visit::SCHEMA, &asks).await;
        assert_eq!(Checked::request(&document, route).accepts(&sent), fits, "{records} {mode:?}");
    }
}

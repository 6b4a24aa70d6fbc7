//! What is really sent, against its description.

use nest_core::{Batch, Domain, InProcess, PepRecord, Transcryption};
use serde_json::Value;

use super::checked::Checked;
use super::clinic::{Person, Progress, RECORDS, Visit, api, visit};
use crate::item::{Ask, Given, Receipt, Reply, Response};
use crate::message::Message;
use crate::operation::{Mode, PARTICIPANTS, Route};
use crate::prelude::*;

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

async fn message<R: PepRecord>(activity: &str, items: &[R]) -> Value {
    let session = InProcess::new(2).session().await.unwrap();
    let batch = Batch::seal(&Domain::new("nest").unwrap(), &session, items).unwrap();
    let message = Message::new(activity, batch).addressed_to(Domain::new("clinic").unwrap());
    serde_json::to_value(message).unwrap()
}

#[tokio::test]
async fn what_is_sent_is_what_is_described() {
    let document = api().openapi();
    let who = Pseudonym::random();
    for (operation, mode) in VISITS {
        let route = Route::new("visits", operation, mode);
        let (request, answer) = match operation {
            Operation::Create => (
                message("visits", &[Given::new(route, who, visit(), 1)]).await,
                message("visits", &[Receipt::new(route, who, 1, Ok(()))]).await,
            ),
            Operation::Results => (
                message("visits", &[Ask::new(route, who, 0, 1)]).await,
                message("visits", &[Reply::<Visit>::new(route, who, 1, Ok(visit()))]).await,
            ),
            Operation::Progress => (
                message("visits", &[Ask::new(route, who, 0, 1)]).await,
                message("visits", &[Reply::<Progress>::new(route, who, 1, Err(RecordError::NotFound))]).await,
            ),
            _ => (
                message("visits", &[Ask::new(route, who, 0, 1)]).await,
                message("visits", &[Receipt::new(route, who, 1, Ok(()))]).await,
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
    let request = message(PARTICIPANTS, &[Given::new(route, who, Person { consent: true }, 1)]).await;
    assert_eq!(Checked::request(&document, route).fault(&request), None);
}

#[tokio::test]
async fn what_the_api_refuses_is_not_described() {
    let document = api().openapi();
    let route = Route::new("visits", Operation::Create, Mode::Batch);
    let item = || Given::new(route, Pseudonym::random(), visit(), 1);
    let sent = message("visits", &[item()]).await.to_string();
    let described = Checked::request(&document, route);
    let ciphertext = sent.split('"').find(|part| part.len() == 88).unwrap();
    let long = sent.split('"').find(|part| part.len() > 88).unwrap();
    let two_of_three = long.rsplit_once('|').unwrap().0;
    for (from, to) in [
        (r#""type":"Number""#, r#""type":"Bool""#),
        (r#""type":"LongString""#, r#""type":"String""#),
        (r#""type":"Object""#, r#""type":"Object","planted":"anna""#),
        (r#""word":{"#, r#""words":{"#),
        (r#""word":{"#, r#""planted":{"data":"","type":"String"},"word":{"#),
        (r#"{"activity""#, r#"{"name":"anna","activity""#),
        (r#""visits""#, r#""walks""#),
        (":00Z", ":01Z"),
        (r#""nest""#, r#""""#),
        (ciphertext, &ciphertext[..84]),
        (ciphertext, &ciphertext[..87]),
        (long, two_of_three),
        (long, ciphertext),
        (r#""records":["#, r#""records":[null,"#),
    ] {
        let changed = sent.replacen(from, to, 1);
        assert_ne!(changed, sent, "{from}");
        let read = Message::<Given<Visit>>::from_json(changed.as_bytes(), "visits");
        assert!(read.is_err(), "{from} -> {to}");
        assert!(!described.accepts(&serde_json::from_str(&changed).unwrap()), "{from} -> {to}");
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
        let asks: Vec<_> = (0..records).map(|_| Ask::new(route, Pseudonym::random(), 0, 1)).collect();
        let sent = message("visits", &asks).await;
        assert_eq!(Checked::request(&document, route).accepts(&sent), fits, "{records} {mode:?}");
    }
}

//! What a platform does with wrong answers.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, web};
use nest_api::prelude::*;
use nest_api::{ClientError, Message, NestClientBuilder};
use nest_core::{Batch, InProcess, Transcryption};
use serde_json::Value;

use crate::blocks::{TAG, block, blocks, record, with_block};
use crate::field::{Ask, TOKEN, domain, text};

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "untrusted", max_blocks = 1)]
struct Points {
    #[pep(range = 0..=100)]
    points: u8,
}

impl Activity for Points {
    type Progress = Points;
    type Outcome = Points;
}

/// A reply, declared by somebody who knows the wire but not this implementation.
#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Reply {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=0x3f_ffff_ffff_ffff, allow(global_identifier, reason = "as the wire has it"))]
    tag: u64,
    record: Points,
}

fn reply(ask: &Ask) -> Reply {
    // The page is not repeated, and the status of a success is 0.
    Reply { who: ask.who, tag: ask.tag & 0x3fff_ffff_ffff, record: Points { points: 50 } }
}

/// The status of a failure, in the place of a page.
const NOT_FOUND: u64 = 1 << 46;

/// What a data source makes of questions that it can read.
type Answers = fn(Vec<Ask>) -> Vec<Reply>;

/// What a data source makes of the message that it would send.
type Sends = fn(Value) -> HttpResponse;

fn as_it_is(message: Value) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(text(&message))
}

/// A data source that can do everything but be trusted. It knows people under the platform's pseudonyms.
fn source(transcryption: InProcess, answers: Answers, sends: Sends) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let handler = move |request: web::Json<Message<Ask>>| {
        let transcryption = transcryption.clone();
        async move {
            let home = domain("nest");
            let (batch, session) =
                transcryption.transcrypt(request.into_inner().into_batch(), &home).await.unwrap();
            let asks = batch.open(&session).into_iter().map(Result::unwrap).collect();
            let batch = Batch::seal(&home, &session, &answers(asks)).unwrap();
            sends(
                serde_json::to_value(
                    Message::new("untrusted", batch).about(Points::SCHEMA.meaning_fingerprint()),
                )
                .unwrap(),
            )
        }
    };
    let server = HttpServer::new(move || App::new().default_service(web::to(handler.clone())));
    tokio::spawn(server.workers(1).disable_signals().listen(listener).unwrap().run());
    url
}

/// What the platform says to the answer to two questions.
async fn outcome(answers: Answers, sends: Sends) -> Result<Vec<Answer<Points>>, ClientError> {
    outcome_with(answers, sends, |builder| builder).await
}

async fn outcome_with(
    answers: Answers,
    sends: Sends,
    set: fn(NestClientBuilder<InProcess>) -> NestClientBuilder<InProcess>,
) -> Result<Vec<Answer<Points>>, ClientError> {
    let nest = InProcess::new(2);
    let url = source(nest.party(), answers, sends);
    let builder = NestClient::builder(&url, TOKEN).domain("nest").transcryption(nest).allow_plain_http();
    let client = set(builder).build().unwrap();
    let pages = [(Pseudonym::random(), 0), (Pseudonym::random(), 3)];
    client.activity::<Points>().results_batch(&pages).await
}

fn honest(asks: Vec<Ask>) -> Vec<Reply> {
    asks.iter().map(reply).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_answer_is_taken() {
    let answers = outcome(honest, as_it_is).await.unwrap();
    assert_eq!(answers.len(), 2);
    assert!(answers.iter().all(|answer| answer.result() == Ok(&Points { points: 50 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_something_else_is_refused() {
    let dishonest: [(&str, Answers); 9] = [
        ("about somebody else", |asks| {
            asks.iter().map(|ask| Reply { who: Pseudonym::random(), ..reply(ask) }).collect()
        }),
        ("about the other of two", |asks| {
            asks.iter()
                .zip(asks.iter().rev())
                .map(|(ask, other)| Reply { who: other.who, ..reply(ask) })
                .collect()
        }),
        ("about a third", |asks| {
            asks.iter().map(|ask| Reply { tag: reply(ask).tag | 2, ..reply(ask) }).collect()
        }),
        ("to another operation", |asks| {
            asks.iter().map(|ask| Reply { tag: reply(ask).tag ^ 0x1_0000, ..reply(ask) }).collect()
        }),
        ("a failure with a record", |asks| {
            asks.iter().map(|ask| Reply { tag: reply(ask).tag | NOT_FOUND, ..reply(ask) }).collect()
        }),
        ("one for two", |asks| asks.iter().take(1).map(reply).collect()),
        ("one twice", |asks| vec![reply(&asks[0]), reply(&asks[0])]),
        ("three for two", |asks| asks.iter().chain(&asks[..1]).map(reply).collect()),
        ("none", |_| Vec::new()),
    ];
    for (what, answers) in dishonest {
        assert_eq!(outcome(answers, as_it_is).await, Err(ClientError::Answer), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_none_is_refused() {
    fn changed(mut message: Value, pointer: &str, value: Value) -> HttpResponse {
        *message.pointer_mut(pointer).unwrap() = value;
        as_it_is(message)
    }
    let malformed: [(&str, Sends); 10] = [
        ("no JSON", |_| HttpResponse::Ok().body("Anna")),
        ("no message", |_| HttpResponse::Ok().json(["Anna"])),
        ("another activity", |message| changed(message, "/activity", "another".into())),
        ("records of another shape", |message| {
            changed(message, "/batch/shape", Ask::SCHEMA.shape_fingerprint().to_string().into())
        }),
        ("records of another meaning", |message| {
            changed(message, "/meaning", Ask::SCHEMA.meaning_fingerprint().to_string().into())
        }),
        ("records of no shape", |message| changed(message, "/batch/shape", Value::Null)),
        ("a record of a block less", |message| {
            let blocks = blocks(&message["batch"]["records"][0]);
            changed(message, "/batch/records/0", record(&blocks[1..]))
        }),
        ("a record in other words", |message| {
            let text = format!("{}=", message["batch"]["records"][0].as_str().unwrap());
            changed(message, "/batch/records/0", text.into())
        }),
        ("a session that never was", |message| {
            let mut sessions = message["batch"]["sessions"].clone();
            for session in sessions.as_object_mut().unwrap().values_mut() {
                *session = "never".into();
            }
            changed(message, "/batch/sessions", sessions)
        }),
        ("swapped blocks", |message| {
            let tag = block(&message, 0, TAG);
            as_it_is(with_block(&message, 1, TAG, tag))
        }),
    ];
    for (what, sends) in malformed {
        assert_eq!(outcome(honest, sends).await, Err(ClientError::Answer), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_not_read_to_it() {
    let endless = |_| HttpResponse::Ok().body("[".repeat(100_000));
    let outcome = outcome_with(honest, endless, |builder| builder.max_answer_bytes(50_000)).await;
    assert_eq!(outcome, Err(ClientError::AnswerTooLarge));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_where_a_redirect_points() {
    let redirect =
        |_| HttpResponse::TemporaryRedirect().insert_header(("location", "http://127.0.0.1:1/")).finish();
    let outcome = outcome(honest, redirect).await;
    assert_eq!(outcome, Err(ClientError::Refused { status: 307, code: None, request_id: None }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_a_refusal_is_not_repeated() {
    let refusal = |_| {
        HttpResponse::BadRequest().json(
            serde_json::json!({"code": "Anna", "request_id": "Anna", "title": "Anna", "detail": "Anna"}),
        )
    };
    let error = outcome(honest, refusal).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("Anna"), "{error:?}");
}

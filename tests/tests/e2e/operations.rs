//! What a platform can ask for, over HTTP from end to end, and what failures look like from outside.

use std::collections::{HashMap, HashSet};

use nest_api::Message;
use nest_api::prelude::*;
use nest_core::Transcryption;
use nest_examples::records::{Assessment, AssessmentProgress, Enrolment, PersonInfo, Role};
use nest_examples::school;

use crate::field::{
    Answered, Ask, CREATE, Field, PROGRESS, RESULTS, TOKEN, asks, domain, hand_over, post, registration,
    send, shape, tag, with_info,
};

fn pseudonyms(people: &[Enrolment]) -> Vec<Pseudonym> {
    people.iter().map(|line| line.person).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_record_comes_back_for_the_pupil_and_for_the_teacher() {
    let field = Field::new().await;
    let people = field.registered().await;
    let client = field.client();

    let progress = client.activity::<Assessment>().progress_batch(&pseudonyms(&people)).await.unwrap();
    assert_eq!(progress.len(), people.len());
    let records: HashMap<Pseudonym, AssessmentProgress> =
        progress.into_iter().map(|answer| (answer.who, answer.into_result().unwrap())).collect();
    let pages: Vec<(Pseudonym, u16)> = people
        .iter()
        .flat_map(|line| (0..records[&line.person].records).map(|page| (line.person, page.into())))
        .collect();
    assert_eq!(pages.len(), 2 * field.rows.len());

    let answers = client.activity::<Assessment>().results_batch(&pages).await.unwrap();
    let teachers: HashSet<Pseudonym> =
        people.iter().filter(|line| line.role == Role::Teacher).map(|line| line.person).collect();
    let (of_teachers, of_pupils): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| teachers.contains(&answer.who));
    let of_pupils: HashMap<Pseudonym, Assessment> =
        of_pupils.into_iter().map(|answer| (answer.who, answer.into_result().unwrap())).collect();
    assert_eq!((of_pupils.len(), of_teachers.len()), (field.rows.len(), field.rows.len()));
    for answer in &of_teachers {
        let record = answer.result().unwrap();
        assert_eq!(record.teacher, answer.who);
        assert_eq!(of_pupils.get(&record.pupil), Some(record));
    }
    assert!(of_pupils.iter().all(|(who, record)| record.pupil == *who));

    // And they are those of the file.
    let received: Vec<_> = of_pupils.into_values().collect();
    let back = hand_over(&received, ("nest", &field.nest), ("school", &field.school)).await;
    let back: HashMap<_, _> = back.into_iter().map(|record| (record.pupil, record)).collect();
    let filed: HashMap<_, _> =
        field.rows.iter().map(|row| (school::pupil(&row.pupil), school::assessment(row))).collect();
    assert_eq!(back, filed);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_registrations_two_fail_and_eight_are_kept() {
    let field = Field::new().await;
    let mut people = with_info(&field.people().await);
    people.truncate(10);
    people[3].0 = Pseudonym::random();
    people[7].1 =
        PersonInfo { role: if people[7].1.role == Role::Pupil { Role::Teacher } else { Role::Pupil } };

    let client = field.client();
    let answers = client.participants().create_batch(people.clone()).await.unwrap();
    let results: HashMap<Pseudonym, _> =
        answers.into_iter().map(|answer| (answer.who, answer.into_result())).collect();
    for (place, (who, _)) in people.iter().enumerate() {
        let expected = match place {
            3 => Err(RecordError::NotFound),
            7 => Err(RecordError::Invalid),
            _ => Ok(()),
        };
        assert_eq!(results[who], expected, "{place}");
    }

    let again = client.participants().create_batch(people.clone()).await.unwrap();
    let conflicts = again.iter().filter(|answer| answer.result() == Err(RecordError::Conflict)).count();
    assert_eq!(conflicts, 8);
    let asked = people.iter().map(|(who, _)| *who).collect::<Vec<_>>();
    let progress = client.activity::<Assessment>().progress_batch(&asked).await.unwrap();
    assert_eq!(progress.iter().filter(|answer| answer.result().is_ok()).count(), 8);
}

/// What the source says of ten people, when it knows all of them or eight, and what the answer looks like.
async fn ten(field: &Field, (path, operation): (&str, Operation), who: Vec<Pseudonym>) -> Answered {
    let request = field.request("assessment", &asks(operation, who)).await;
    let answer = send(post(&field.url, path, request)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_looks_the_same_whatever_failed() {
    let field = Field::new().await;
    let mut known = pseudonyms(&field.registered().await);
    known.truncate(10);
    let mut with_strangers = known.clone();
    with_strangers[2] = Pseudonym::random();
    with_strangers[9] = Pseudonym::random();
    let strangers = (0..10).map(|_| Pseudonym::random()).collect::<Vec<_>>();

    for path in [(PROGRESS, Operation::Progress), (RESULTS, Operation::Results)] {
        let none_failed = ten(&field, path, known.clone()).await;
        assert_eq!(none_failed.json()["batch"]["records"].as_array().unwrap().len(), 10);
        for who in [with_strangers.clone(), strangers.clone()] {
            let failed = ten(&field, path, who).await;
            assert_eq!(shape(&failed.json()), shape(&none_failed.json()));
            assert_eq!(failed.body.len(), none_failed.body.len());
        }
    }

    // And the platform can tell.
    let answers = field.client().activity::<Assessment>().progress_batch(&with_strangers).await.unwrap();
    assert_eq!(answers.len(), 10);
    for answer in answers {
        let stranger = answer.who == with_strangers[2] || answer.who == with_strangers[9];
        assert_eq!(answer.result().err(), stranger.then_some(RecordError::NotFound));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_looks_the_same_whether_it_fails() {
    let field = Field::new().await;
    let person = with_info(&field.people().await).swap_remove(0);
    let register = async |who: Pseudonym| {
        let items = [registration(who, person.1.clone())];
        send(post(&field.url, CREATE, field.request("participants", &items).await)).await
    };
    let (success, failure) = (register(person.0).await, register(Pseudonym::random()).await);
    assert_eq!((success.status, failure.status), (200, 200));
    assert_eq!(shape(&success.json()), shape(&failure.json()));
    assert_eq!(success.body.len(), failure.body.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_asked_twice_is_answered_twice() {
    let field = Field::new().await;
    let who = field.registered().await[0].person;
    let client = field.client();
    let answers =
        client.activity::<Assessment>().results_batch(&[(who, 0), (who, 0), (who, 200)]).await.unwrap();
    let (first, last): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.page == 0);
    assert_eq!(first.len(), 2);
    assert_eq!(first[0], first[1]);
    assert!(first[0].result().is_ok());
    assert_eq!(last[0].result(), Err(RecordError::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_says_when_to_the_minute_and_whom_to_nobody() {
    let field = Field::new().await;
    let people = field.registered().await;
    let request = field.request("assessment", &asks(Operation::Results, pseudonyms(&people))).await;
    let answer = send(post(&field.url, RESULTS, request.clone())).await;

    let json = answer.json();
    assert_eq!(json["activity"], "assessment");
    assert_eq!(json["batch"]["domain"], "school");
    let at = json["at"].as_str().unwrap();
    assert!(at.ends_with(":00Z") && at.len() == 20, "{at}");
    assert_eq!(json["to"], "nest");
    assert_eq!(json["meaning"], Assessment::SCHEMA.meaning_fingerprint().to_string());
    assert_eq!(json.as_object().unwrap().len(), 5);

    let request = String::from_utf8(request).unwrap();
    for who in people.iter().chain(&field.roll) {
        assert!(
            !request.contains(&who.person.to_hex()) && !answer.everything().contains(&who.person.to_hex())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_none_is_answered_with_none() {
    let field = Field::new().await;
    let request = field.request::<Ask>("assessment", &[]).await;
    let answer = send(post(&field.url, RESULTS, request)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["batch"]["records"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_an_answer_are_equally_long_and_the_client_measures_them() {
    let field = Field::new().await;
    let people = pseudonyms(&field.registered().await);
    let client = field.client();
    client.activity::<Assessment>().progress_batch(&people).await.unwrap();
    let exchange = client.last_exchange().unwrap();

    assert_eq!(exchange.records, people.len());
    let (smallest, largest) = exchange.record_bytes.clone().into_inner();
    assert_eq!(smallest, largest);
    let envelope = exchange.received_bytes - people.len() * (smallest + 1) + 1;
    assert!((100..400).contains(&envelope), "{envelope} bytes around the records");
    assert_eq!(client.clone().last_exchange(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_can_be_opened_by_nobody_but_the_platform() {
    let field = Field::new().await;
    let who = field.registered().await[0].person;
    let request = field.request("assessment", &asks(Operation::Progress, [who])).await;
    let answer = send(post(&field.url, PROGRESS, request)).await;

    /// The reply to a question about progress, declared by somebody who knows the wire.
    #[derive(PepRecord)]
    #[pep(max_blocks = 4, max_bits = 70)]
    struct Reply {
        #[pep(pseudonym)]
        who: Pseudonym,
        #[pep(range = 0..=0x3f_ffff_ffff_ffff, allow(global_identifier, reason = "as the wire has it"))]
        tag: u64,
        record: AssessmentProgress,
    }

    let batch = serde_json::from_str::<Message<Reply>>(&answer.body).unwrap().into_batch();
    let session = field.nest.session().await.unwrap();
    assert!(batch.open(&session)[0].is_err(), "sealed for the school, and not yet transcrypted");

    let (batch, session) = field.nest.transcrypt(batch, &domain("nest")).await.unwrap();
    let reply = batch.open(&session).remove(0).unwrap();
    assert_eq!((reply.who, reply.tag), (who, tag(Operation::Progress, 0, 0)));
    assert!(reply.record.records > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_text_the_answers_are_the_same_in_three_quarters_of_the_bytes() {
    let field = Field::new().await;
    let people = pseudonyms(&field.registered().await);
    let compact = NestClient::builder(&field.url, TOKEN)
        .domain("nest")
        .transcryption(field.nest.clone())
        .allow_plain_http()
        .compact()
        .build()
        .unwrap();
    let json = field.client();

    let of = |answers: Vec<Answer<AssessmentProgress>>| -> HashMap<Pseudonym, AssessmentProgress> {
        answers.into_iter().map(|answer| (answer.who, answer.into_result().unwrap())).collect()
    };
    let said = of(compact.activity::<Assessment>().progress_batch(&people).await.unwrap());
    assert_eq!(said, of(json.activity::<Assessment>().progress_batch(&people).await.unwrap()));
    let (compact, json) = (compact.last_exchange().unwrap(), json.last_exchange().unwrap());
    assert_eq!((compact.records, json.records), (people.len(), people.len()));
    assert_eq!(compact.record_bytes, 4 * 64..=4 * 64);
    // FlakyProxy two records of the JSON stand a comma and two quotes.
    let letters = (4 * 64 * 4_usize).div_ceil(3);
    assert_eq!(json.record_bytes, letters + 2..=letters + 2);
    assert!(4 * compact.received_bytes < 3 * json.received_bytes + 400, "{compact:?} {json:?}");
    assert!(compact.sent_bytes < json.sent_bytes);

    // A body that says that it is compact, and is not.
    let request = field.request("assessment", &asks(Operation::Progress, people)).await;
    let request = reqwest::Client::new().post(format!("{}{PROGRESS}", field.url)).body(request);
    let request = request.bearer_auth(TOKEN).header("content-type", "application/vnd.nest.message");
    let answer = send(request).await;
    assert_eq!((answer.status, &answer.json()["code"]), (422, &"wrong-shape".into()));
}

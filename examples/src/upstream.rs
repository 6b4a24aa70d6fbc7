//! The same school, called by a platform that is not built on nest. It uses the message types and the client of
//! `nest-data-source-api` unchanged, through the upstream door.

use std::collections::HashMap;

use nest_api::prelude::*;
use nest_core::Domain;
use nest_data_source_api::batch_messages::{
    ActivityBatchRequest, ActivityBatchRequestMessageType, ActivityBatchResponseMessageType,
    PEPBatchMessageType, Record, StatusCode,
};
use nest_examples::Failure;
use nest_examples::field::Field;
use nest_examples::records::{Assessment, Enrolment, PersonInfo};
use nest_examples::running::ServedSchool;
use serde_json::{Value, json};

use crate::assessments::Results;
use crate::batches::Client;
use crate::report::check;
use crate::tally::Tally;

/// Asks for the first assessment of everybody, and compares with what came before through nest's own client.
pub(crate) async fn run(
    client: &Client,
    school: &ServedSchool,
    field: &Field,
    (people, results): (&[Enrolment], &Results),
    tally: &mut Tally,
) -> Result<(), Failure> {
    let people: Vec<_> = people.iter().map(|line| line.person).collect();
    let answers = ask(school, field, &people).await?;
    let (ok, others): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|said| said.result_code == StatusCode::Ok);
    check(ok.len() + others.len() == people.len(), "others were answered about than asked")?;
    println!(
        "     {} people in one batch: {} answered with result_code {}, {} with {}",
        people.len(),
        ok.len(),
        StatusCode::Ok as u16,
        others.len(),
        StatusCode::NotFound as u16
    );

    let mut received: HashMap<String, Vec<[Value; 4]>> = HashMap::new();
    for (who, record) in &results.records {
        received.entry(who.to_hex()).or_default().push(expected(record));
    }
    for said in &ok {
        let same = |records: &Vec<_>| records.contains(&facts(&said.extra_data));
        check(received.get(&said.participant).is_some_and(same), "the two ways give different records")?;
    }

    check(others.iter().all(|said| said.result_code == StatusCode::NotFound), "a question has failed")?;
    let missing: Option<Vec<_>> =
        others.iter().map(|said| Pseudonym::from_hex(&said.participant).ok()).collect();
    let missing = missing.ok_or("an answer is about no person")?;
    let read = client.participants::<PersonInfo>().read_batch(&missing).await?;
    tally.count("participants", "read", &read);
    let unknown = read.iter().all(|answer| answer.result().err() == Some(RecordError::NotFound));
    check(unknown, "somebody is found in one way and not in the other")?;
    println!("     Opened unedited by its own `unpack`: the same names and scores that `NestClient` got,");
    println!("     and {} are as unknown to the school when `NestClient` asks", missing.len());
    Ok(())
}

/// One request, as such a platform makes it.
async fn ask(school: &ServedSchool, field: &Field, people: &[Pseudonym]) -> Result<Vec<Record>, Failure> {
    let mut paas = field.paas_client("nest").await?;
    let request = ActivityBatchRequest {
        record: people.iter().map(|who| Record::ok(who.to_hex(), Value::Null)).collect(),
        activity: "assessment".to_owned(),
        domain: Domain::new("nest")?.to_libpep(),
    };
    let packed =
        ActivityBatchRequestMessageType::pack(request, Domain::new("school")?.to_libpep(), &mut paas);
    let packed = packed.map_err(|error| error.to_string())?;

    let root = reqwest::Certificate::from_pem(school.root_pem.as_bytes())?;
    let http = reqwest::Client::builder().tls_certs_only([root]).build()?;
    let call = http.post(format!("{}/api/activities/result_batch", school.url)).bearer_auth(&school.token);
    let answer = call.json(&packed).send().await?.error_for_status()?.json().await?;

    let opened = ActivityBatchResponseMessageType::unpack(answer, &mut paas).await;
    Ok(opened.map_err(|error| error.to_string())?.record)
}

/// What is compared of a record: whom it is about, and how they did. An absent score is its reserved value.
fn facts(data: &Value) -> [Value; 4] {
    ["pupil", "teacher", "reading", "math"].map(|name| data.get(name).cloned().unwrap_or_default())
}

fn expected(record: &Assessment) -> [Value; 4] {
    let score = |score: Option<u16>| json!(score.unwrap_or(0));
    let (pupil, teacher) = (json!(record.pupil.to_hex()), json!(record.teacher.to_hex()));
    [pupil, teacher, score(record.reading), score(record.math)]
}

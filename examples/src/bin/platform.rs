//! A platform: registers participants, gives them something, asks about them, and handles every error. `cargo run
//! --bin platform`

use std::time::Duration;

use nest_api::prelude::*;
use nest_api::{ClientError, Code};
use nest_core::Transcryption;
use nest_core::time::Month;
use nest_examples::Failure;
use nest_examples::field::Field;
use nest_examples::records::{Assessment, Grade, PersonInfo, ReadingPractice, Role};
use nest_examples::running::ServedSchool;
use nest_examples::school::School;
use nest_examples::star;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    // A school, run by somebody else. It has told the platform its address and a token, and handed over the list of
    // its people. The list names them by the platform's own pseudonyms, which only the platform knows.
    let field = Field::start(&["school", "nest"]).await?;
    let (party, nest) = (field.join("school").await?, field.join("nest").await?);
    let account = nest.paas.clone();
    let mut rows = star::rows()?;
    rows.retain(|row| row.grade == Grade::Kindergarten && row.school == 14);
    let school = School::temporary("school", &rows).await?;
    let served = ServedSchool::start(school.clone(), &party)?;
    let people = party.hand_over(&school.roll(), &nest).await?;

    // One client for each data source, for as long as the program runs: clones share its connections. Only a
    // private authority has to be named; otherwise those of the operating system are trusted.
    let client = |token: &str| {
        NestClient::builder(&served.url, token)
            .domain("nest")
            .transcryption(nest.paas.clone())
            .root_certificate_pem(served.root_pem.as_bytes())
            .timeout(Duration::from_secs(30))
            .build()
    };
    let nest = client(&served.token)?;

    // Register. Always as many as there are in one call: each hides among the others, and a batch of one hides
    // no person. The call fails as a whole, by `?`, or each answer says how it went for one participant.
    println!("1  Register {} people, and somebody whom the school does not know", people.len());
    let mut info: Vec<_> = people.iter().map(|line| (line.person, PersonInfo { role: line.role })).collect();
    info.push((Pseudonym::random(), PersonInfo { role: Role::Pupil }));
    let registered = sorted(nest.participants().create_batch(info).await?);

    // Give. Teachers cannot have it, which this school tells by `Invalid`.
    println!("2  Give reading practice to all of them");
    let practice = ReadingPractice { level: 2, minutes_per_week: 60, start: "1986-09".parse::<Month>()? };
    let given = registered.iter().map(|(who, ())| (*who, practice.clone())).collect();
    let given = sorted(nest.activity::<ReadingPractice>().create_batch(given).await?);

    // Ask. Answers come in an order that says nothing, and each repeats whom it is about.
    school.end_week(|practice| practice.minutes_per_week).await?;
    println!("3  Ask how far they are, and for each week");
    let who: Vec<_> = given.iter().map(|(who, ())| *who).collect();
    let progress = sorted(nest.activity::<ReadingPractice>().progress_batch(&who).await?);
    let pages: Vec<_> = progress
        .iter()
        .flat_map(|(who, progress)| (0..progress.weeks).map(|page| (*who, page.into())))
        .collect();
    let weeks = sorted(nest.activity::<ReadingPractice>().results_batch(&pages).await?);
    let minutes: u32 = weeks.iter().map(|(_, week)| u32::from(week.minutes)).sum();
    println!("     {minutes} minutes of practice");

    // What fails as a whole. A call for one participant is the same but that its record's error is among these.
    println!("4  What a call can fail with as a whole");
    let first = *who.first().ok_or("no pupil has practice")?;
    let ill = ReadingPractice { level: 9, ..practice };
    explain("level 9", nest.activity::<ReadingPractice>().update(first, ill).await);
    explain("somebody unknown", nest.activity::<ReadingPractice>().read(Pseudonym::random()).await);
    explain("read a score", nest.activity::<Assessment>().read(first).await);
    explain("a wrong token", client("another")?.activity::<Assessment>().progress(first).await);
    served.stop().await?;
    explain("school closed", nest.activity::<Assessment>().progress(first).await);

    // A platform that stops ends its session.
    account.end().await?;
    field.stop().await;
    Ok(())
}

/// What succeeded. What did not is decided upon here, for each participant by itself.
fn sorted<R>(answers: Vec<Answer<R>>) -> Vec<(Pseudonym, R)> {
    let (mut good, mut failed) = (Vec::new(), Vec::new());
    for answer in answers {
        let who = answer.who;
        match answer.into_result() {
            Ok(record) => good.push((who, record)),
            // They have moved, or there is nothing to tell yet: take them from the list, or ask again later.
            Err(RecordError::NotFound) => failed.push("not found"),
            // Somebody else was there first, or an earlier call of one's own: read it, then update.
            Err(RecordError::Conflict) => failed.push("conflict"),
            // What was given makes no sense for this participant: do not repeat it.
            Err(RecordError::Invalid) => failed.push("invalid"),
            // No consent, for instance: do not repeat it either.
            Err(RecordError::Forbidden) => failed.push("forbidden"),
            // The school does not do this for anybody, or not for so much.
            Err(RecordError::Unsupported) => failed.push("unsupported"),
            // The school failed for this one. To ask again is safe; to write again may meet a `Conflict`.
            Err(RecordError::Internal) => failed.push("internal"),
            // Somebody in the record has been erased: match on the answer for the rest of it.
            Err(RecordError::PartlyErased) => failed.push("partly erased"),
            // The school is newer than this program, and says something that is not known here.
            Err(_) => failed.push("other"),
        }
    }
    failed.sort_unstable();
    print!("     {} ok", good.len());
    for same in failed.chunk_by(|one, other| one == other) {
        print!(", {} {}", same.len(), same.first().unwrap_or(&""));
    }
    println!();
    good
}

/// What failed as a whole, and what to do about it. None of these errors holds anything about a participant, so
/// all of them may be logged.
fn explain<R>(what: &str, result: Result<R, ClientError>) {
    let Err(error) = result else {
        println!("     {what}: nothing, it succeeded");
        return;
    };
    let what_to_do = match &error {
        ClientError::Record(_) => "decide for this participant, as above",
        // Found before anything was sent; it names the field and the bound, never the value.
        ClientError::Encode(_) => "correct the record",
        ClientError::TooManyRecords => "make smaller batches",
        ClientError::Refused { code: Some(code), .. } => match code {
            Code::Unauthorized | Code::Forbidden => "ask the school for a token or for rights",
            Code::NotSupported | Code::NotFound => "do without: this school does not do it",
            Code::TooManyRecords | Code::BodyTooLarge => "make smaller batches",
            // Repeated by the client already, for as long as it may, and without writing twice.
            Code::Overloaded | Code::TranscryptionUnavailable | Code::InProgress => "come back later",
            Code::TimedOut | Code::ShuttingDown | Code::AuditUnavailable => "come back later",
            _ => "compare the versions of both ends; the school finds the request by its id",
        },
        ClientError::Refused { code: None, .. } => "look who answered: it is no data source",
        // Repeated by the client already, likewise. A new call could write a second time.
        ClientError::Perhaps { .. } => "keep what the error holds, and give it to `ask_again` later",
        ClientError::Unreachable => "come back later",
        ClientError::Transcryption(_) => "ask the operators of the transcryptors, or come back later",
        ClientError::AnswerTooLarge => "make smaller batches, or raise `max_answer_bytes`",
        ClientError::Answer => "use nothing of it, and tell the school",
        _ => "come back later",
    };
    println!("     {what:<17} {error}");
    println!("     {:<17}   → {what_to_do}", "");
}

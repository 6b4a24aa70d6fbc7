//! The records that the platform gives: practice in reading, for the pupils who need it. They are given, read,
//! replaced and removed.

use std::collections::HashMap;

use nest_api::prelude::*;
use nest_core::time::Month;
use nest_examples::Failure;
use nest_examples::records::{Assessment, PersonInfo, PracticeProgress, ReadingPractice, Role};
use nest_examples::school::School;

use crate::assessments::{Registered, Results};
use crate::bar::Bar;
use crate::batches::{Client, in_batches};
use crate::report::check;
use crate::tally::Tally;

const SUBJECT: &str = "reading-practice";

/// Pupils who read better need no practice.
const ENOUGH: u16 = 430;

/// How many weeks of practice pass here.
const WEEKS: usize = 2;

/// How many questions the comparison on the wire takes.
const COMPARED: usize = 40;

/// What is given, by whom it is given to.
type Given = HashMap<Pseudonym, ReadingPractice>;

/// The whole of it, and a line about each step.
pub(crate) async fn run(
    client: &Client,
    school: &School,
    registered: &Registered,
    results: &Results,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let mut given = needed(results)?;
    let everybody: Vec<_> = given.keys().chain(&registered.unknown).copied().collect();
    give(client, &given, registered, tally).await?;
    println!("     {} pupils read below {ENOUGH}, and are given practice", given.len());

    check(read(client, &everybody, tally).await? == given, "what was given is not what is read back")?;
    update(client, &mut given, tally).await?;
    let updated = read(client, &everybody, tally).await?;
    check(updated == given, "what was updated is not what is read back")?;
    println!("     {} of {} are read back as given, and as updated", updated.len(), given.len());

    let mut practised = 0;
    for _ in 0..WEEKS {
        practised += school.end_week(|practice| practice.minutes_per_week + 10).await?;
    }
    let minutes = minutes(client, &everybody, tally).await?;
    check(minutes == practised, "the minutes that the platform was told are not those of the school")?;
    println!("     {minutes} minutes in {WEEKS} weeks, as the school noted them");
    the_same_on_the_wire(client, &given, registered).await?;

    forget(client, &given, &everybody, tally).await
}

/// Practice for every pupil with a low score: the lower, the easier.
fn needed(results: &Results) -> Result<Given, Failure> {
    let start: Month = "1986-09".parse()?;
    let practice =
        |score: u16| ReadingPractice { level: if score < 410 { 1 } else { 2 }, minutes_per_week: 60, start };
    let low = results.records.iter().filter(|(who, record)| record.pupil == *who).filter_map(
        |(who, Assessment { reading, .. })| Some((*who, practice(reading.filter(|score| *score < ENOUGH)?))),
    );
    Ok(low.collect())
}

/// Gives it to all, and once to those who cannot have it: pupils whom the school does not know, a teacher, and
/// somebody who has it already.
async fn give(
    client: &Client,
    given: &Given,
    registered: &Registered,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let create = |client: Client, batch: Vec<_>| async move {
        client.activity::<ReadingPractice>().create_batch(batch).await
    };
    let (pupil, practice) = given.iter().next().ok_or("no pupil needs practice")?;
    let teacher = registered.known.iter().find(|line| line.role == Role::Teacher).ok_or("no teacher")?;
    let mut batch: Vec<_> = given.iter().map(|(who, practice)| (*who, practice.clone())).collect();
    batch.extend(registered.unknown.iter().map(|who| (*who, practice.clone())));
    batch.push((teacher.person, practice.clone()));
    let answers = in_batches(client, Bar::hidden(), batch, create).await?.concat();
    check(succeeded(&answers) == given.len(), "practice was not given to just those who can have it")?;
    tally.count(SUBJECT, "create", &answers);

    let again = client.activity::<ReadingPractice>().create(*pupil, practice.clone()).await;
    let again = tally.one(SUBJECT, "create again", again)?;
    check(again == Err(RecordError::Conflict), "practice was given twice")
}

/// What those have who have any.
async fn read(client: &Client, people: &[Pseudonym], tally: &mut Tally) -> Result<Given, Failure> {
    let read = |client: Client, batch: Vec<_>| async move {
        client.activity::<ReadingPractice>().read_batch(&batch).await
    };
    let answers = in_batches(client, Bar::hidden(), people.to_vec(), read).await?.concat();
    tally.count(SUBJECT, "read", &answers);
    Ok(answers.into_iter().filter_map(|answer| Some((answer.who, answer.into_result().ok()?))).collect())
}

/// Makes it harder for everybody.
async fn update(client: &Client, given: &mut Given, tally: &mut Tally) -> Result<(), Failure> {
    given.values_mut().for_each(|practice| practice.level += 1);
    let update = |client: Client, batch: Vec<_>| async move {
        client.activity::<ReadingPractice>().update_batch(batch).await
    };
    let batch: Vec<_> = given.iter().map(|(who, practice)| (*who, practice.clone())).collect();
    let answers = in_batches(client, Bar::hidden(), batch, update).await?.concat();
    tally.count(SUBJECT, "update", &answers);
    Ok(())
}

/// How long all have practised: every week of everybody.
async fn minutes(client: &Client, people: &[Pseudonym], tally: &mut Tally) -> Result<u32, Failure> {
    let progress = |client: Client, batch: Vec<_>| async move {
        client.activity::<ReadingPractice>().progress_batch(&batch).await
    };
    let answers = in_batches(client, Bar::hidden(), people.to_vec(), progress).await?.concat();
    tally.count(SUBJECT, "progress", &answers);
    let weeks = |answer: &Answer<_>| answer.result().map_or(0, |progress: &PracticeProgress| progress.weeks);
    let pages: Vec<_> =
        answers.iter().flat_map(|answer| (0..weeks(answer)).map(|page| (answer.who, page.into()))).collect();

    let results = |client: Client, batch: Vec<_>| async move {
        client.activity::<ReadingPractice>().results_batch(&batch).await
    };
    let answers = in_batches(client, Bar::hidden(), pages, results).await?.concat();
    tally.count(SUBJECT, "results", &answers);
    let minutes = answers.iter().map(|answer| answer.result().map(|week| u32::from(week.minutes)));
    Ok(minutes.sum::<Result<_, _>>()?)
}

/// That an answer is as long whether or not some of it failed.
async fn the_same_on_the_wire(
    client: &Client,
    given: &Given,
    registered: &Registered,
) -> Result<(), Failure> {
    let strangers = registered.unknown.len();
    let known: Vec<_> = given.keys().copied().take(COMPARED).collect();
    let mixed: Vec<_> = registered.unknown.iter().chain(&known).copied().take(COMPARED).collect();
    let mut bytes = Vec::new();
    for (people, failed) in [(known, 0), (mixed, strangers)] {
        let answers = client.activity::<ReadingPractice>().read_batch(&people).await?;
        check(answers.len() - succeeded(&answers) == failed, "other records failed than should")?;
        bytes.push(client.last_exchange().ok_or("nothing was exchanged")?.received_bytes);
    }
    check(bytes.iter().all(|length| Some(length) == bytes.first()), "a failure shows on the wire")?;
    let length = bytes.first().copied().unwrap_or_default();
    println!("     An answer to {COMPARED} of whom 0 or {strangers} fail:  {length} bytes either way");
    Ok(())
}

/// Takes practice back from half of the pupils, and has ten others forgotten: that takes it back as well.
async fn forget(
    client: &Client,
    given: &Given,
    everybody: &[Pseudonym],
    tally: &mut Tally,
) -> Result<(), Failure> {
    let who: Vec<_> = given.keys().copied().collect();
    let (half, others) = who.split_at(who.len() / 2);
    let others: Vec<_> = others.iter().copied().take(10).collect();
    let practice = client.activity::<ReadingPractice>();
    let answers = practice.delete_batch(half).await?;
    tally.count(SUBJECT, "delete", &answers);
    let answers = client.participants::<PersonInfo>().delete_batch(&others).await?;
    tally.count("participants", "delete", &answers);
    let left = read(client, everybody, tally).await?.len();
    check(left == given.len() - half.len() - others.len(), "something was forgotten that should not be")?;
    println!(
        "     Deleted: {} practices, {} participants with theirs; {left} left",
        half.len(),
        others.len()
    );
    Ok(())
}

fn succeeded<R>(answers: &[Answer<R>]) -> usize {
    answers.iter().filter(|answer| answer.result().is_ok()).count()
}

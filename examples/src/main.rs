//! The main job: a platform asks a school for real records and gives it some, through two real transcryptors, and
//! checks what it got. Then it asks once more, as a platform that is built on `nest-data-source-api`.
//!
//! Three parties take part, each with a session of its own and none with another's keys: `school` holds
//! records, `nest` is the platform that asks for them, and `registry` tells the platform whom there is to
//! ask about. All run in this one process and talk HTTP over loopback; nothing is read but the school's own
//! file.

mod assessments;
mod bar;
mod batches;
mod erasing;
mod people;
mod practice;
mod report;
mod tally;
mod upstream;

use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::time::Instant;

use nest_api::prelude::*;
use nest_examples::Failure;
use nest_examples::field::Field;
use nest_examples::records::{Assessment, Enrolment, Grade, PersonInfo, Role};
use nest_examples::running::ServedSchool;
use nest_examples::school::{self, School};
use nest_examples::star::{self, Row};
use nest_examples::store::Store;

use crate::batches::Client;
use crate::tally::Tally;

/// The schools of the file whose kindergarten records are used: enough to see, few enough for a minute.
const SCHOOLS: RangeInclusive<u8> = 1..=6;

/// A school whose pupils have left: some of them are still on the registry's list.
const LEFT: u8 = 7;

/// How many of them.
const STRANGERS: usize = 8;

#[tokio::main]
async fn main() -> ExitCode {
    match job().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("the main job failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn job() -> Result<(), Failure> {
    let kindergarten = star::rows()?.into_iter().filter(|row| row.grade == Grade::Kindergarten);
    let (rows, left): (Vec<Row>, Vec<Row>) = kindergarten
        .filter(|row| SCHOOLS.contains(&row.school) || row.school == LEFT)
        .partition(|row| row.school != LEFT);

    println!("Real records of Project STAR, from a school to a platform that must not know its pupils\n");

    // 1: two transcryptors, and for each party an account at both.
    let field = Field::start(&["school", "registry", "nest"]).await?;
    let (school, registry, nest) =
        (field.join("school").await?, field.join("registry").await?, field.join("nest").await?);
    println!("1  Two transcryptors of paas-server, each with its own part of every secret");
    for (name, url) in field.transcryptors() {
        println!("     {name} at {url}");
    }

    // 2: the data source, and a token that it knows the platform by.
    let (store, place) = place()?;
    let source = School::open("school", &rows, store).await?;
    report::check(source.is_new(), "there is a school at this place already: name another one")?;
    let roll = source.roll();
    let served = ServedSchool::start(source.clone(), &school)?;
    println!(
        "2  Data source `school` at {}, with {} records of {} people",
        served.url,
        rows.len(),
        roll.len()
    );
    println!("   Each record is sealed under the key of its person; records and keys are {place}");
    println!("   What it and the platform have agreed on, in examples/src/records.rs:");
    report::declaration(Assessment::SCHEMA);

    // 3: the platform hears from the registry whom it may ask about, and asks.
    println!("3  Platform `nest`, in another domain");
    let strangers = left.iter().take(STRANGERS);
    let strangers = strangers.map(|row| Enrolment { person: school::pupil(&row.pupil), role: Role::Pupil });
    let listed: Vec<_> = roll.iter().cloned().chain(strangers).collect();
    let at_registry = school.hand_over(&listed, &registry).await?;
    let people = registry.hand_over(&at_registry, &nest).await?;
    println!("     {} people, received from `registry`", people.len());
    let client = NestClient::builder(&served.url, &served.token)
        .domain("nest")
        .transcryption(nest.paas.clone())
        .root_certificate_pem(served.root_pem.as_bytes())
        .build()?;
    let mut tally = Tally::default();
    let registered = assessments::register(&client, &people, &mut tally).await?;
    println!(
        "     {} registered as participants; {} whom the school does not know",
        registered.known.len(),
        registered.unknown.len()
    );
    one_by_one(&client, &registered.known, &mut tally).await?;
    let pages = assessments::pages(&client, &registered.known, &mut tally).await?;
    println!(
        "     {} asked for their progress: there are {} pages to read",
        registered.known.len(),
        pages.len()
    );
    let begin = Instant::now();
    let results = assessments::results(&client, &pages, &mut tally).await?;
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "     {} pages received: sealed by the school, turned by both transcryptors, opened here",
        pages.len()
    );

    // 4: what all this was for.
    println!("4  What came of it");
    let first = rows.first().ok_or("no records in the excerpt")?;
    let names = people::names_of(school::pupil(&first.pupil), &school, &registry, &nest).await?;
    report::pseudonyms(&names, &at_registry, &people)?;
    report::both_ways(&results, &rows)?;
    report::means(&results, &rows)?;
    report::wire(&results, seconds)?;

    // 5: the other way round, something that the platform gives.
    println!("5  Reading practice, which the platform gives");
    practice::run(&client, &source, &registered, &results, &mut tally).await?;

    // 6: the platform as it would be without nest, with a session of its own.
    println!(
        "6  A platform on `nest-data-source-api` 0.7, unchanged, asks the school through its upstream door"
    );
    upstream::run(&client, &served, &field, (&people, &results), &mut tally).await?;

    println!("7  A pupil asks to be forgotten");
    erasing::run(&source, school::pupil(&first.pupil)).await?;

    println!("8  What the school answered, record by record");
    tally.print();

    // A server that stops gives clients some seconds to close their connections.
    drop(client);
    served.stop().await?;
    source.vault().close().await;
    field.stop().await;
    Ok(())
}

/// Where the school is kept: `--store URL --keys URL --master FILE --keep`.
fn place() -> Result<(Store, String), Failure> {
    let (mut records, mut keys, mut master, mut keep) = (None, None, None, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--store" => records = arguments.next(),
            "--keys" => keys = arguments.next(),
            "--master" => master = arguments.next(),
            "--keep" => keep = true,
            _ => return Err("usage: cargo run -- [--store URL --keys URL --master FILE] [--keep]".into()),
        }
    }
    match (records, keys, master) {
        (Some(records), Some(keys), Some(master)) => {
            Ok((Store::at(records, keys, master.into()), "where you said".to_owned()))
        }
        (None, None, None) => {
            let mut store = Store::temporary()?;
            let folder = store.folder().map(|folder| folder.display().to_string()).unwrap_or_default();
            if keep {
                store.keep();
            }
            Ok((store, format!("two files in {folder}")))
        }
        _ => Err("name all of --store URL, --keys URL and --master FILE, or none of them".into()),
    }
}

/// Calls about one participant. They are encrypted like a batch, but the participant hides among no others.
async fn one_by_one(client: &Client, people: &[Enrolment], tally: &mut Tally) -> Result<(), Failure> {
    let pupil = people.iter().find(|line| line.role == Role::Pupil).ok_or("no pupil")?.person;
    let participants = client.participants();
    let read = tally.one("participants", "read", participants.read(pupil).await)?;
    report::check(read == Ok(PersonInfo { role: Role::Pupil }), "a pupil was registered as somebody else")?;
    let update = participants.update(pupil, PersonInfo { role: Role::Pupil }).await;
    tally.one("participants", "update", update)??;
    let update = participants.update(pupil, PersonInfo { role: Role::Teacher }).await;
    let refused = tally.one("participants", "wrong update", update)?;
    report::check(refused == Err(RecordError::Invalid), "a pupil has become a teacher")?;
    println!("     1 read back and updated; as a teacher, which they are not, refused");
    Ok(())
}

//! The main job: a platform asks a school for real records, through two real transcryptors, and checks what
//! it got.
//!
//! Three parties take part, each with a session of its own and none with another's keys: `school` holds
//! records, `nest` is the platform that asks for them, and `registry` tells the platform whom there is to
//! ask about. All run in this one process and talk HTTP over loopback; nothing is read but the school's own
//! file.

mod bar;
mod people;
mod platform;
mod report;

use std::error::Error;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::time::Instant;

use nest_api::prelude::*;
use nest_core::Domain;
use nest_examples::records::{Assessment, Grade};
use nest_examples::school::{self, School};
use nest_examples::star::{self, Row};
use nest_testbed::Transcryptors;

use crate::people::Party;

/// The schools of the file whose kindergarten records are used: enough to see, few enough for a minute.
const SCHOOLS: RangeInclusive<u8> = 1..=6;

/// Why the main job failed.
type Failure = Box<dyn Error + Send + Sync>;

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
    let rows: Vec<Row> = star::rows()?
        .into_iter()
        .filter(|row| row.grade == Grade::Kindergarten && SCHOOLS.contains(&row.school))
        .collect();

    println!("Real records of Project STAR, from a school to a platform that must not know its pupils\n");

    // 1: two transcryptors, and for each party an account at both.
    let transcryptors =
        Transcryptors::builder().party("school").party("registry").party("nest").start().await?;
    let join = async |name: &str| {
        let (config, auths) = (transcryptors.config().clone(), transcryptors.auths(name));
        let paas = Paas::connect_plain_http(config, auths).await?;
        Ok::<_, Failure>(Party { domain: Domain::new(name)?, paas })
    };
    let (school, registry, nest) = (join("school").await?, join("registry").await?, join("nest").await?);
    println!("1  Two transcryptors of paas-server, each with its own part of every secret");
    for member in &transcryptors.config().transcryptors {
        println!("     {} at {}", member.system_id, member.url);
    }

    // 2: the data source, and a token that it knows the platform by.
    let source = School::new(&rows);
    let roll = source.roll();
    let token = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    let api = DataSourceApi::builder(source)
        .domain("school")
        .transcryption(school.paas.clone())
        .caller(Caller::new("nest", TokenHash::of(&token)))
        .activity::<Assessment>()
        .build()?;
    let server = api.bind_plain_http("127.0.0.1:0")?;
    let (url, handle) = (server.url(), server.handle());
    let serving = tokio::spawn(server.run());
    println!("2  Data source `school` at {url}, with {} records of {} people", rows.len(), roll.len());
    println!("   What it and the platform have agreed on, in examples/src/records.rs:");
    report::declaration(Assessment::SCHEMA);

    // 3: the platform hears from the registry whom it may ask about, and asks.
    println!("3  Platform `nest`, in another domain");
    let registered = school.hand_over(&roll, &registry).await?;
    let people = registry.hand_over(&registered, &nest).await?;
    println!("     {} people, received from `registry`", people.len());
    let client = NestClient::builder(&url, &token)
        .domain("nest")
        .transcryption(nest.paas.clone())
        .allow_plain_http()
        .build()?;
    platform::register(&client, &people).await?;
    println!("     {} registered as participants at the school", people.len());
    let pages = platform::pages(&client, &people).await?;
    println!("     {} asked for their progress: there are {} pages to read", people.len(), pages.len());
    let begin = Instant::now();
    let results = platform::results(&client, &pages).await?;
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "     {} pages received: sealed by the school, turned by both transcryptors, opened here",
        pages.len()
    );

    // 4: what all this was for.
    println!("4  What came of it");
    let first = rows.first().ok_or("no records in the excerpt")?;
    let names = people::names_of(school::pupil(&first.pupil), &school, &registry, &nest).await?;
    report::pseudonyms(&names, &registered, &people)?;
    report::both_ways(&results, &rows)?;
    report::means(&results, &rows)?;
    report::wire(&results, seconds)?;

    handle.stop().await;
    serving.await??;
    transcryptors.stop().await;
    Ok(())
}

//! A platform asks a data source for records about participants, and gets them: with nest-api, and with
//! nest-data-source-api, through the same two transcryptors.
//!
//! All parties are in this one process, so they share its cores; each of both has the same servers, values, TLS and
//! trust store. Every answer is checked, outside the time that is taken.

mod field;
mod identity;
mod nest;
mod profile;
mod records;
mod upstream;
mod wire;

use std::fmt::{self, Display};
use std::time::Duration;

use field::Field;
pub use identity::Identity;
use nest_api::{NestClient, Paas};
use nest_core::Pseudonym;
use records::{Score, Shape, Survey};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::{Aim, Failure, Machine, Row, Spread, Stopwatch, Table, Took};

const SOURCE: &str = "school";
const PLATFORM: &str = "nest";
const TOKEN: &str = "the-token-of-the-platform";

/// Nothing is to be cut off: on a busy machine ten thousand records take a while.
const LONG: Duration = Duration::from_secs(600);

/// How often to measure.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The rounds of each measurement of both.
    pub rounds: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rounds: 5 }
    }
}

/// What was measured, as Markdown.
#[derive(Debug, Clone)]
pub struct Report {
    machine: Machine,
    table: Table,
    rounds: usize,
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, table, rounds } = self;
        writeln!(
            f,
            "A platform asks for records and gets them: platform, data source, two real transcryptors and back, over \
             TLS. Everybody runs in one process and shares its cores. Both have the same values, transcryptors, \
             number of threads and trust store of one certificate. Medians of {rounds} rounds, alternately, with the \
             least and the most; of batches above 1000 a third as many. {machine}\n\n{table}"
        )?;
        writeln!(
            f,
            "Core ms are those of all parties together. \
             Upstream's single operations send the record in clear and encrypt the pseudonym only; nest encrypts \
             both. Its batches encrypt everything, as nest's do. Bytes are those of the bodies; upstream has JSON only."
        )
    }
}

/// Measures everything: a few minutes.
///
/// # Errors
///
/// Where a party cannot be started, and where nest fails or answers wrongly. What upstream refuses is a result.
pub fn measure(own: &Identity, settings: Settings) -> Result<Report, Failure> {
    let machine = Machine::here();
    let table = Runtime::new()?.block_on(async {
        let field = Field::start(own).await?;
        let mut table = Table { names: ["nest-api", "nest-data-source-api 0.7.1"], rows: Vec::new() };
        warm_up(&field).await?;
        rows(&field, settings.rounds.max(1), &mut table.rows).await?;
        Ok::<_, Failure>(table)
    })?;
    Ok(Report { machine, table, rounds: settings.rounds.max(1) })
}

/// Where the time of the cores goes in a round trip of nest-api, as Markdown.
///
/// # Errors
///
/// As [`measure`]; and where the system does not say what time a process took.
pub fn profile(own: &Identity, settings: Settings) -> Result<String, Failure> {
    Runtime::new()?.block_on(async {
        let field = Field::start(own).await?;
        warm_up(&field).await?;
        profile::profile(&field, settings.rounds.max(1)).await
    })
}

/// Opens connections, and starts sessions.
async fn warm_up(field: &Field) -> Result<(), Failure> {
    field.nest_batch::<Survey>(&field.nest, 10).await?;
    field.upstream_batch::<Survey>(10).await?;
    Ok(())
}

/// Everything that is compared.
async fn rows(field: &Field, rounds: usize, rows: &mut Vec<Row>) -> Result<(), Failure> {
    for records in [1000, 5000, 10_000] {
        batches::<Score>(field, records, rounds, rows).await?;
    }
    if !batches::<Survey>(field, 1000, rounds, rows).await? {
        batches::<Survey>(field, 500, rounds, rows).await?;
    }
    for callers in [1, 8] {
        singles::<Score>(field, callers, rounds, rows).await?;
    }
    for (form, client, aim) in [("JSON", &field.nest, 0.9), ("compact", &field.compact, 0.5)] {
        rows.push(bytes::<Score>(field, form, client, aim).await?);
        rows.push(bytes::<Survey>(field, form, client, aim).await?);
    }
    Ok(())
}

/// Both, alternately. Where upstream fails, nest is measured alone.
async fn both(
    rounds: usize,
    mut nest: impl AsyncFnMut() -> Result<Took, Failure>,
    mut upstream: impl AsyncFnMut() -> Result<Took, Failure>,
) -> Result<(Vec<Took>, Result<Vec<Took>, Failure>), Failure> {
    let (mut ours, mut theirs) = (Vec::new(), Ok(Vec::new()));
    for _ in 0..rounds {
        ours.push(nest().await?);
        if let Ok(rounds) = &mut theirs {
            match upstream().await {
                Ok(round) => rounds.push(round),
                Err(error) => theirs = Err(error),
            }
        }
    }
    Ok((ours, theirs))
}

/// What came of `many` of something: how many in a second, and what one takes of the cores.
fn compared(
    (one, of, many): (&str, &str, usize),
    (nest, upstream): (Vec<Took>, Result<Vec<Took>, Failure>),
    aim: Aim,
) -> [Row; 2] {
    let many = many as f64;
    let rate = |took: &[Took]| Spread::of(took.iter().map(|took| many * 1000.0 / took.clock));
    let core = |took: &[Took]| Spread::of(took.iter().map(|took| took.core.unwrap_or(f64::NAN) / many));
    let (rates, cores) = (format!("{one}s/s, {of}"), format!("core ms per {one}, {of}"));
    let (our_rate, our_core) = (rate(&nest), core(&nest));
    let [rates, cores] = match upstream {
        Ok(upstream) => {
            let (rate, core) = (rate(&upstream), core(&upstream));
            let ratio = our_core.median / core.median;
            let cores = Row::new(cores, format!("{our_core:.2}"), format!("{core:.2}"), Some(ratio));
            [Row::new(rates, our_rate, rate, Some(our_rate.median / rate.median)), cores]
        }
        Err(error) => [
            Row::new(rates, our_rate, format!("fails: {error}"), None),
            Row::new(cores, format!("{our_core:.2}"), "", None),
        ],
    };
    [rates.aim(aim), cores]
}

/// A batch of records, there and back; whether upstream could.
async fn batches<S: Shape>(
    field: &Field,
    records: usize,
    rounds: usize,
    rows: &mut Vec<Row>,
) -> Result<bool, Failure> {
    let of = format!("batch of {records}, {}", S::TITLE);
    eprintln!("{of}");
    // Large batches take as long as all rounds of a small one.
    let rounds = if records > 1000 { rounds.div_ceil(3) } else { rounds };
    let measured = both(
        rounds,
        async || Ok(field.nest_batch::<S>(&field.nest, records).await?.took),
        async || Ok(field.upstream_batch::<S>(records).await?.took),
    );
    let measured = measured.await?;
    let could = measured.1.is_ok();
    rows.extend(compared(("record", &of, records), measured, Aim::AtLeast(2.5)));
    Ok(could)
}

/// Requests of one record each, by so many callers that each wait for an answer before they ask again.
async fn singles<S: Shape>(
    field: &Field,
    callers: usize,
    rounds: usize,
    rows: &mut Vec<Row>,
) -> Result<(), Failure> {
    const REQUESTS: usize = 96;
    let of = format!("{callers} at once, {}", S::TITLE);
    eprintln!("single requests, {of}");
    let people = field.people(REQUESTS);
    let shares = || people.chunks(REQUESTS / callers).map(<[Pseudonym]>::to_vec);
    let nest = async || {
        let (watch, mut asking) = (Stopwatch::start(), JoinSet::new());
        for share in shares() {
            let client = field.nest.clone();
            asking.spawn(async move {
                let mut records = Vec::new();
                for who in share {
                    records.push((who, client.activity::<S>().results(who, 0).await?));
                }
                Ok::<_, Failure>(records)
            });
        }
        let records = asking.join_all().await;
        let took = watch.stop();
        for (who, record) in records.into_iter().collect::<Result<Vec<_>, _>>()?.concat() {
            field::check(field.expected::<S>(who)? == record)?;
        }
        Ok(took)
    };
    let upstream = async || {
        let (watch, mut asking) = (Stopwatch::start(), JoinSet::new());
        for share in shares() {
            let mut platform = field.upstream.clone();
            asking.spawn(async move {
                let mut records = Vec::new();
                for who in share {
                    records.push((who, platform.result::<S>(who).await?));
                }
                Ok::<_, Failure>(records)
            });
        }
        let records = asking.join_all().await;
        let took = watch.stop();
        for (who, record) in records.into_iter().collect::<Result<Vec<_>, _>>()?.concat() {
            field::check(field.expected::<S>(who)?.to_json() == record)?;
        }
        Ok(took)
    };
    let measured = both(rounds, nest, upstream).await?;
    rows.extend(compared(("single request", &of, REQUESTS), measured, Aim::AtLeast(3.0)));
    Ok(())
}

/// Bytes of each record on the wire: its part of the request and of the answer. They are always the same.
async fn bytes<S: Shape>(
    field: &Field,
    form: &str,
    client: &NestClient<Paas>,
    aim: f64,
) -> Result<Row, Failure> {
    let records = 500;
    let what = format!("bytes per record, request and answer, {form}, {}", S::TITLE);
    eprintln!("{what}");
    let nest = field.nest_batch::<S>(client, records).await?.wire;
    let upstream = field.upstream_batch::<S>(records).await?.wire;
    let shown = |wire: wire::Wire| {
        let of = |bytes: usize| bytes as f64 / records as f64;
        format!("{:.0} ({:.0} and {:.0})", wire.per_record(records), of(wire.sent), of(wire.received))
    };
    let ratio = nest.per_record(records) / upstream.per_record(records);
    Ok(Row::new(what, shown(nest), shown(upstream), Some(ratio)).aim(Aim::AtMost(aim)))
}

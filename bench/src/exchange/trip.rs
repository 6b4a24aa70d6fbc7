//! Round trips by both: large batches, and requests about one.

use nest_core::Pseudonym;
use tokio::task::JoinSet;

use super::compared::Compared;
use super::field::{self, Field};
use super::identity::Trust;
use super::records::Shape;
use crate::{Failure, Part, Report, Settings, Stopwatch, Table};

/// A batch of records, there and back.
pub(super) async fn batches<S: Shape>(
    field: &Field,
    records: usize,
    settings: Settings,
    report: &mut Report,
    table: &mut Table,
) -> Result<Compared, Failure> {
    let what = format!("{records} records of {}", S::TITLE);
    eprintln!("{what}");
    // Large batches take as long as all rounds of a small one.
    let rounds = settings.rounds(if records > 1000 { 3 } else { 7 });
    let compared = Compared::take(
        rounds,
        async || Ok(field.nest_batch::<S>(&field.nest, records).await?.took),
        async || Ok(field.upstream_batch::<S>(records).await?.took),
    );
    let compared = compared.await?;
    report.row(compared.row(Part::RoundTrip, format!("{what}, records/s"), records, 2.5));
    compared.details(&format!("record of {what}"), records, table);
    Ok(compared)
}

/// Requests of one record each, by so many callers that each wait for an answer before they ask again.
pub(super) async fn singles<S: Shape>(
    field: &Field,
    callers: usize,
    trust: Trust,
    settings: Settings,
    report: &mut Report,
    table: &mut Table,
) -> Result<(), Failure> {
    const REQUESTS: usize = 96;
    let callers_text = if callers == 1 { "1 caller".to_owned() } else { format!("{callers} callers") };
    let store = match trust {
        Trust::One => "trust store of 1 certificate".to_owned(),
        Trust::System => format!("trust store of a system, {} certificates", trust.authorities()),
    };
    eprintln!("single requests, {callers_text}, {store}");
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
    let compared = Compared::take(settings.rounds(9), nest, upstream).await?;
    report.row(compared.row(Part::Single, format!("{callers_text}, {store}"), REQUESTS, 3.0));
    compared.details(&format!("request, {callers_text}, {store}"), REQUESTS, table);
    Ok(())
}

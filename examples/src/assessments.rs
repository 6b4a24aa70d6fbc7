//! What the platform asks about scores: it registers participants, asks for progress, and then for as many
//! records as there are.

use nest_api::__wire_v1::Exchange;
use nest_api::prelude::*;
use nest_examples::Failure;
use nest_examples::records::{Assessment, Enrolment, PersonInfo};

use crate::bar::Bar;
use crate::batches::{Client, in_batches};
use crate::tally::Tally;

/// The records that came, each with the person who was asked about and what its batch took on the wire.
pub(crate) struct Results {
    pub(crate) records: Vec<(Pseudonym, Assessment)>,
    pub(crate) exchanges: Vec<Exchange>,
}

/// Whom the school has registered, and whom it does not know.
pub(crate) struct Registered {
    pub(crate) known: Vec<Enrolment>,
    pub(crate) unknown: Vec<Pseudonym>,
}

/// Registers all people.
pub(crate) async fn register(
    client: &Client,
    people: &[Enrolment],
    tally: &mut Tally,
) -> Result<Registered, Failure> {
    let info = people.iter().map(|line| (line.person, PersonInfo { role: line.role })).collect();
    let call = |client: Client, batch: Vec<_>| async move { client.participants().create_batch(batch).await };
    let bar = Bar::new("asked to be registered", people.len());
    let answers = in_batches(client, bar, info, call).await?.concat();
    tally.count("participants", "create", &answers);

    let mut unknown = Vec::new();
    for answer in answers {
        match answer.result() {
            Ok(()) => {}
            Err(RecordError::NotFound) => unknown.push(answer.who),
            Err(other) => return Err(other.into()),
        }
    }
    let known = people.iter().filter(|line| !unknown.contains(&line.person)).cloned().collect();
    Ok(Registered { known, unknown })
}

/// The pages to ask for: as many of each person as there are records.
pub(crate) async fn pages(
    client: &Client,
    people: &[Enrolment],
    tally: &mut Tally,
) -> Result<Vec<(Pseudonym, u16)>, Failure> {
    let people: Vec<_> = people.iter().map(|line| line.person).collect();
    let call = |client: Client, batch: Vec<_>| async move {
        client.activity::<Assessment>().progress_batch(&batch).await
    };
    let bar = Bar::new("asked for progress", people.len());
    let answers = in_batches(client, bar, people, call).await?.concat();
    tally.count("assessment", "progress", &answers);
    let mut pages = Vec::new();
    for answer in answers {
        pages.extend((0..answer.result()?.records).map(|page| (answer.who, page.into())));
    }
    Ok(pages)
}

/// The records on these pages.
pub(crate) async fn results(
    client: &Client,
    pages: &[(Pseudonym, u16)],
    tally: &mut Tally,
) -> Result<Results, Failure> {
    let call = |client: Client, batch: Vec<_>| async move {
        let answers = client.activity::<Assessment>().results_batch(&batch).await?;
        Ok((answers, client.last_exchange()))
    };
    let mut results = Results { records: Vec::new(), exchanges: Vec::new() };
    let mut all = Vec::new();
    let bar = Bar::new("pages received", pages.len());
    for (answers, exchange) in in_batches(client, bar, pages.to_vec(), call).await? {
        results.exchanges.extend(exchange);
        all.extend(answers);
    }
    tally.count("assessment", "results", &all);
    for answer in all {
        results.records.push((answer.who, answer.into_result()?));
    }
    Ok(results)
}

//! What the platform does: register participants, ask for progress, and then for as many records as there
//! are.

use nest_api::prelude::*;
use nest_api::{ClientError, Exchange};
use nest_examples::records::{Assessment, Enrolment, PersonInfo};
use tokio::task::JoinSet;

use crate::Failure;
use crate::bar::Bar;

/// The platform's client.
pub(crate) type Client = NestClient<Paas>;

/// Questions in one batch: each hides among these.
const BATCH: usize = 106;

/// Batches on their way at the same time.
const LANES: usize = 2;

/// The records that came, each with the person who was asked about and what its batch took on the wire.
pub(crate) struct Results {
    pub(crate) records: Vec<(Pseudonym, Assessment)>,
    pub(crate) exchanges: Vec<Exchange>,
}

/// Registers all people.
pub(crate) async fn register(client: &Client, people: &[Enrolment]) -> Result<(), Failure> {
    let info = people.iter().map(|line| (line.person, PersonInfo { role: line.role })).collect();
    let call = |client: Client, batch: Vec<_>| async move { client.participants().create_batch(batch).await };
    for answers in in_batches(client, "registered", info, call).await? {
        for answer in answers {
            answer.into_result()?;
        }
    }
    Ok(())
}

/// The pages to ask for: as many of each person as there are records.
pub(crate) async fn pages(client: &Client, people: &[Enrolment]) -> Result<Vec<(Pseudonym, u8)>, Failure> {
    let people = people.iter().map(|line| line.person).collect();
    let call = |client: Client, batch: Vec<_>| async move {
        client.activity::<Assessment>().progress_batch(&batch).await
    };
    let mut pages = Vec::new();
    for answer in in_batches(client, "asked for progress", people, call).await?.into_iter().flatten() {
        let records = answer.result()?.records;
        pages.extend((0..records).map(|page| (answer.who, page)));
    }
    Ok(pages)
}

/// The records on these pages.
pub(crate) async fn results(client: &Client, pages: &[(Pseudonym, u8)]) -> Result<Results, Failure> {
    let call = |client: Client, batch: Vec<_>| async move {
        let answers = client.activity::<Assessment>().results_batch(&batch).await?;
        Ok((answers, client.last_exchange()))
    };
    let mut results = Results { records: Vec::new(), exchanges: Vec::new() };
    for (answers, exchange) in in_batches(client, "pages received", pages.to_vec(), call).await? {
        results.exchanges.extend(exchange);
        for answer in answers {
            results.records.push((answer.who, answer.into_result()?));
        }
    }
    Ok(results)
}

/// Makes the same call for every batch of `items`, a few at a time, and shows how far it is.
async fn in_batches<I, O, F, Fut>(
    client: &Client,
    label: &'static str,
    items: Vec<I>,
    call: F,
) -> Result<Vec<O>, Failure>
where
    I: Clone,
    O: Send + 'static,
    F: Fn(Client, Vec<I>) -> Fut,
    Fut: Future<Output = Result<O, ClientError>> + Send + 'static,
{
    let mut bar = Bar::new(label, items.len());
    let mut batches = items.chunks(BATCH);
    let (mut under_way, mut done) = (JoinSet::new(), Vec::new());
    loop {
        while under_way.len() < LANES {
            let Some(batch) = batches.next() else { break };
            let (len, answers) = (batch.len(), call(client.clone(), batch.to_vec()));
            under_way.spawn(async move { answers.await.map(|answers| (len, answers)) });
        }
        match under_way.join_next().await {
            Some(batch) => {
                let (len, answers) = batch??;
                bar.advance(len);
                done.push(answers);
            }
            None => return Ok(done),
        }
    }
}

//! The same call for many, in batches. A batch is large enough to hide each participant among others, and small
//! enough that several are worked on at once.

use nest_api::ClientError;
use nest_api::prelude::*;
use nest_examples::Failure;
use tokio::task::JoinSet;

use crate::bar::Bar;

/// The platform's client.
pub(crate) type Client = NestClient<Paas>;

/// Questions in one batch: each hides among these.
const BATCH: usize = 106;

/// Batches on their way at the same time.
const LANES: usize = 2;

/// Makes the same call for every batch of `items`, a few at a time, and shows how far it is.
pub(crate) async fn in_batches<I, O, F, Fut>(
    client: &Client,
    mut bar: Bar,
    items: Vec<I>,
    call: F,
) -> Result<Vec<O>, Failure>
where
    I: Clone,
    O: Send + 'static,
    F: Fn(Client, Vec<I>) -> Fut,
    Fut: Future<Output = Result<O, ClientError>> + Send + 'static,
{
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

//! nest-api at both ends, used as its documentation says.

use std::collections::HashMap;

use nest_api::NestClientBuilder;
use nest_api::prelude::*;
use nest_testbed::Transcryptors;

use super::identity::Identity;
use super::records::{Score, Shape, Survey, Taken};
use super::{LONG, PLATFORM, SOURCE, TOKEN};
use crate::Failure;

/// What its source knows.
pub(super) struct Source {
    pub(super) scores: HashMap<Pseudonym, Score>,
    pub(super) surveys: HashMap<Pseudonym, Survey>,
}

impl DataSource for Source {
    type Participant = Taken;
    const PARTICIPANTS: &'static [Operation] = &[];
}

impl Serves<Score> for Source {
    const OPERATIONS: &'static [Operation] = &[Operation::Results];

    async fn results(&self, _: &Context, who: Pseudonym, _: u16) -> Result<Score, RecordError> {
        self.scores.get(&who).cloned().ok_or(RecordError::NotFound)
    }
}

impl Serves<Survey> for Source {
    const OPERATIONS: &'static [Operation] = &[Operation::Results];

    async fn results(&self, _: &Context, who: Pseudonym, _: u16) -> Result<Survey, RecordError> {
        self.surveys.get(&who).cloned().ok_or(RecordError::NotFound)
    }
}

/// The account of a party.
pub(super) async fn account(field: &Transcryptors, party: &str, own: &Identity) -> Result<Paas, Failure> {
    let paas = Paas::builder(field.config().clone(), field.auths(party));
    Ok(paas.root_certificate_pem(own.root_pem()).call_timeout(LONG).connect().await?)
}

impl Source {
    /// Serves it over TLS on a free port, for as long as the runtime lives.
    pub(super) fn serve(self, account: Paas, own: &Identity) -> Result<String, Failure> {
        let api = DataSourceApi::builder(self)
            .domain(SOURCE)
            .transcryption(account)
            .caller(Caller::new(PLATFORM, TokenHash::of(TOKEN)))
            .request_timeout(LONG)
            .activity::<Score>()
            .activity::<Survey>()
            .build()?;
        let server = api.bind("127.0.0.1:0", own.nest()?)?;
        let url = server.url();
        tokio::spawn(server.run());
        Ok(url)
    }
}

/// The platform's client.
pub(super) fn client(url: &str, account: Paas, own: &Identity) -> NestClientBuilder<Paas> {
    let client = NestClient::builder(url, TOKEN).domain(PLATFORM).transcryption(account).timeout(LONG);
    client.root_certificate_pem(own.root_pem())
}

/// The records of participants, in a batch.
pub(super) async fn results_batch<S: Shape>(
    client: &NestClient<Paas>,
    people: &[Pseudonym],
) -> Result<Vec<(Pseudonym, S)>, Failure> {
    let pages: Vec<_> = people.iter().map(|who| (*who, 0)).collect();
    let answers = client.activity::<S>().results_batch(&pages).await?;
    let records = answers.into_iter().map(|answer| Ok((answer.who, answer.into_result()?)));
    Ok(records.collect::<Result<_, RecordError>>()?)
}

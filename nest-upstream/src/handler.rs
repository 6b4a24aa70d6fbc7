//! Answers an upstream request: transcrypts it, opens it, asks the source, and seals the answer, all in libpep's JSON.

use bytes::Bytes;
use nest_api::__protocol_v1::{Asked, Protocol, ProtocolRequest, Said, on_all_cores, on_one_core};
use nest_api::Code;
use nest_core::schema::Schema;
use nest_core::{Domain, JsonBatch, JsonRecords, Session, Transcryption};
use nest_source::{DataSource, Operation};
use rand::seq::SliceRandom;

use crate::message::{self, Request};
use crate::{question, reply};

/// The protocol of nest-data-source-api 0.7, in its batch mode.
pub(crate) struct UpstreamHandler;

impl Protocol for UpstreamHandler {
    const BASE: &'static str = "/api/activities";

    const PATHS: &'static [(&'static str, Operation)] = &[
        ("/create_batch", Operation::Create),
        ("/update_batch", Operation::Update),
        ("/delete_batch", Operation::Delete),
        ("/details_batch", Operation::Read),
        ("/progress_batch", Operation::Progress),
        ("/result_batch", Operation::Results),
    ];

    const NOTE: &'static str = "The data source also answers platforms that are built on nest-data-source-api, at addresses \
        below /api/activities, with the records of this page. Their requests keep less: names of fields, absent values and \
        the longest text of a batch show in what they send. See the documentation of the crate nest-upstream.";

    fn activity(body: &[u8]) -> Result<String, Code> {
        message::activity(body)
    }

    async fn answer<S: DataSource, T: Transcryption + 'static>(
        request: ProtocolRequest<'_, S, T>,
        body: Bytes,
    ) -> Result<Vec<u8>, Code> {
        let Request { batch, to } = request.read(body, message::read).await?;
        let from = batch.domain.clone();
        request.check(&from, batch.records.len())?;
        // All records have the shape of the first.
        if !batch.records.first().is_none_or(question::has_parts) {
            return Err(Code::WrongShape);
        }
        let own = request.own_domain(&to)?;
        let transcrypted = request.transcryption().transcrypt_json(batch, &own);
        let (batch, session) = request.in_time(transcrypted).await?;
        let questions = open(&request, batch, &session).await?;
        let (said, activity) = (request.said(), request.activity());
        let replies = request.ask(&from, &own, questions).await?;
        let answer = seal(replies, said, own, &session).await?;
        on_one_core(move || message::write(activity, &answer, &from)).await?.ok_or(Code::Internal)
    }
}

/// The questions in this source's domain. One that does not open spoils the whole, and the error does not say which.
async fn open<S: DataSource, T: Transcryption + 'static>(
    request: &ProtocolRequest<'_, S, T>,
    batch: JsonBatch,
    session: &Session,
) -> Result<Vec<Asked>, Code> {
    let (session, operation, given) = (session.clone(), request.operation(), request.given());
    let question = move |sealed| question::question(operation, given, session.open_json(&sealed));
    let questions = on_all_cores(batch.records.into_values(), question).await?;
    questions.into_iter().collect::<Option<_>>().ok_or(Code::ItemUnreadable)
}

/// The sealed replies in a new random order.
async fn seal(
    mut replies: Vec<Said>,
    said: Option<&'static Schema>,
    domain: Domain,
    session: &Session,
) -> Result<JsonBatch, Code> {
    replies.shuffle(&mut rand::rng());
    let (sessions, session) = (session.ids().clone(), session.clone());
    let seal = move |one| reply::reply(one, said).map(|record| session.seal_json(&record));
    let sealed: Result<Vec<_>, _> = on_all_cores(replies, seal).await?.into_iter().collect();
    let records = sealed.ok().and_then(JsonRecords::new).ok_or(Code::Internal)?;
    Ok(JsonBatch { domain, sessions, records })
}

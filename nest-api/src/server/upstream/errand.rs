//! The errand of an upstream request: as every other, but opened and sealed in libpep's own JSON.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::web::Bytes;
use nest_core::{Domain, JsonBatch, JsonRecords, Session, Transcryption};
use rand::seq::SliceRandom;

use super::item::{self, ForeignItem};
use super::message::{self, Request};
use super::reply::ForeignReply;
use crate::cpu_pool::Load;
use crate::operation::Operation;
use crate::problem::Code;
use crate::server::work::request_log::RequestLog;
use crate::server::work::{About, Answered, Errand, Work};
use crate::wire::message::{Form, is_within_depth};
use crate::{Context, DataSource, IdempotencyKey, RecordError, cpu_pool};

/// Questions that their sender has shaped, and how they are put to the source.
pub(super) struct Foreign<I, O, F> {
    call: F,
    types: PhantomData<fn(I) -> O>,
}

impl<I, O, F> Foreign<I, O, F> {
    pub(super) fn new(call: F) -> Self {
        Self { call, types: PhantomData }
    }
}

impl<S, T, I, O, F, Fut> Errand<S, T> for Foreign<I, O, F>
where
    S: DataSource,
    T: Transcryption + 'static,
    I: ForeignItem,
    O: ForeignReply,
    F: FnOnce(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Send + 'static,
    Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static,
{
    async fn run(
        self,
        work: &Work<'_, S, T>,
        body: Bytes,
        _: Option<IdempotencyKey>,
        log: &mut RequestLog,
    ) -> Result<Answered, Code> {
        if work.form != Form::Json {
            return Err(Code::UnsupportedMediaType);
        }
        let (depth, len) = (work.api.limits.depth, body.len());
        let read = move || match is_within_depth(&body, depth) {
            true => Ok(message::read(&body)?),
            false => Err(Code::NestedTooDeeply),
        };
        let Request { batch, to } = cpu_pool::run(Load::of_bytes(len), read).await??;
        let from = batch.domain.clone();
        work.check(&from, batch.records.len())?;
        // All have the shape of the first.
        if !batch.records.first().is_none_or(item::has_parts) {
            return Err(Code::WrongShape);
        }
        let own = work.own_domain(Some(&to))?;
        let (batch, session) = work.in_time(work.api.transcryption.transcrypt_json(batch, &own)).await?;
        let questions = open::<I>(batch, &session, work.route.operation()).await?;
        log.opened(&from, questions.len());
        let ctx = work.context(&from, &own, None);
        let replies = work.ask(questions, ctx, self.call, log).await;
        let answer = seal::<O>(replies, own, &session).await?;
        let subject = work.route.subject();
        let write = move || message::write(subject, &answer, &from);
        let json = cpu_pool::run(Load::LONG, write).await?.ok_or(Code::Internal)?;
        Ok(Answered { body: json.into(), form: Form::Json, repeated: false })
    }
}

/// The questions in this source's domain. One that does not open spoils the whole, and nothing is said of which.
async fn open<I: ForeignItem>(
    batch: JsonBatch,
    session: &Session,
    operation: Operation,
) -> Result<Vec<About<I::Input>>, Code> {
    let session = session.clone();
    let question = move |sealed| item::question::<I>(operation, session.open_json(&sealed));
    let questions = cpu_pool::each(batch.records.into_values(), question).await?;
    questions.into_iter().collect::<Option<_>>().ok_or(Code::ItemUnreadable)
}

/// The sealed replies in a new random order, shuffled as a whole.
async fn seal<O: ForeignReply>(
    mut replies: Vec<About<O::Content>>,
    domain: Domain,
    session: &Session,
) -> Result<JsonBatch, Code> {
    replies.shuffle(&mut rand::rng());
    let (sessions, session) = (session.ids().clone(), session.clone());
    let seal = move |said| O::to_foreign(said).map(|record| session.seal_json(&record));
    let sealed: Result<Vec<_>, _> = cpu_pool::each(replies, seal).await?.into_iter().collect();
    let records = sealed.ok().and_then(JsonRecords::new).ok_or(Code::Internal)?;
    Ok(JsonBatch { domain, sessions, records })
}

//! What happens to a request: read, transcrypt, open, ask the source, seal, answer. The same for every
//! operation.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use actix_web::web::{self, Bytes, Data, Payload, ReqData, ServiceConfig};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use nest_core::{Batch, Domain, PepRecord, Session, Transcryption, TranscryptionError};
use tokio::sync::Semaphore;

use crate::auth::Callers;
use crate::guard::Admitted;
use crate::item::{Ask, Done, Given, Item, Reply};
use crate::message::MessageError;
use crate::problem::{Code, Problem};
use crate::route::Operation;
use crate::{Activity, Context, DataSource, Message, RecordError, Serves, activity, cpu};

/// All that the handlers of one data source share.
pub(crate) struct Api<S, T> {
    pub(crate) source: Arc<S>,
    pub(crate) transcryption: T,
    pub(crate) domain: Domain,
    pub(crate) callers: Callers,
    pub(crate) limits: Limits,
}

/// How much one request may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) records: usize,
    pub(crate) calls_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes: 16 * 1024 * 1024, records: 10_000, calls_at_once: 64 }
    }
}

type Outcome = Result<HttpResponse, Problem>;

/// Mounts the routes about participants.
pub(crate) fn mount_participants<S: DataSource, T: Transcryption + 'static>(cfg: &mut ServiceConfig) {
    let path = Operation::CreateParticipants.path(activity::PARTICIPANTS);
    cfg.service(
        web::resource(path).post(create_participants::<S, T>).default_service(web::to(no_such_method)),
    );
}

/// Mounts the routes of an activity.
pub(crate) fn mount_activity<S: Serves<A>, T: Transcryption + 'static, A: Activity>(cfg: &mut ServiceConfig) {
    let progress_path = Operation::Progress.path(activity::name::<A>());
    let results_path = Operation::Results.path(activity::name::<A>());
    cfg.service(
        web::resource(progress_path).post(progress::<S, T, A>).default_service(web::to(no_such_method)),
    )
    .service(web::resource(results_path).post(results::<S, T, A>).default_service(web::to(no_such_method)));
}

pub(crate) async fn not_found(admitted: ReqData<Admitted>) -> Outcome {
    Err(Problem { code: Code::NotFound, request_id: admitted.request_id })
}

async fn no_such_method(admitted: ReqData<Admitted>) -> Outcome {
    Err(Problem { code: Code::MethodNotAllowed, request_id: admitted.request_id })
}

async fn create_participants<S: DataSource, T: Transcryption + 'static>(
    api: Data<Api<S, T>>,
    admitted: ReqData<Admitted>,
    request: HttpRequest,
    body: Payload,
) -> Outcome {
    let call = |source: Arc<S>, ctx: Arc<Context>, given: Given<S::Participant>| async move {
        let who = given.who;
        source.create_participant(&ctx, who, given.into_record()?).await.map(|()| Done::DONE)
    };
    api.answer(activity::PARTICIPANTS, &admitted, &request, body, call).await
}

async fn progress<S: Serves<A>, T: Transcryption + 'static, A: Activity>(
    api: Data<Api<S, T>>,
    admitted: ReqData<Admitted>,
    request: HttpRequest,
    body: Payload,
) -> Outcome {
    let call =
        |source: Arc<S>, ctx: Arc<Context>, ask: Ask| async move { source.progress(&ctx, ask.who).await };
    api.answer(activity::name::<A>(), &admitted, &request, body, call).await
}

async fn results<S: Serves<A>, T: Transcryption + 'static, A: Activity>(
    api: Data<Api<S, T>>,
    admitted: ReqData<Admitted>,
    request: HttpRequest,
    body: Payload,
) -> Outcome {
    let call = |source: Arc<S>, ctx: Arc<Context>, ask: Ask| async move {
        source.results(&ctx, ask.who, ask.page).await
    };
    api.answer(activity::name::<A>(), &admitted, &request, body, call).await
}

impl<S: DataSource, T: Transcryption> Api<S, T> {
    /// A whole request: its items go through `call`, one by one and several at once, and come back as
    /// replies.
    async fn answer<I, R, F, Fut>(
        &self,
        activity: &'static str,
        admitted: &Admitted,
        request: &HttpRequest,
        body: Payload,
        call: F,
    ) -> Outcome
    where
        I: Item,
        R: PepRecord + Send + 'static,
        F: Fn(Arc<S>, Arc<Context>, I) -> Fut,
        Fut: Future<Output = Result<R, RecordError>> + Send + 'static,
    {
        let answer = async {
            let body = self.read(request, body).await?;
            let (items, session, from) = self.open::<I>(activity, body).await?;
            let ctx = Arc::new(Context::new(Arc::clone(&admitted.caller), from, admitted.request_id));
            let replies = self.ask(items, &ctx, call).await;
            self.seal(activity, session, replies).await
        };
        match answer.await {
            Ok(json) => Ok(HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "no-store"))
                .content_type("application/json")
                .body(json)),
            Err(code) => Err(Problem { code, request_id: admitted.request_id }),
        }
    }

    /// The body, if it says that it is JSON and is not too large.
    async fn read(&self, request: &HttpRequest, body: Payload) -> Result<Bytes, Code> {
        if request.content_type() != "application/json" {
            return Err(Code::UnsupportedMediaType);
        }
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|len| len.to_str().ok()?.parse().ok());
        if announced.is_some_and(|len: usize| len > self.limits.body_bytes) {
            return Err(Code::BodyTooLarge);
        }
        let body = body.to_bytes_limited(self.limits.body_bytes).await.map_err(|_| Code::BodyTooLarge)?;
        body.map_err(|_| Code::IncompleteBody)
    }

    /// The items of a request in this domain, with the session to answer in and the domain that they came
    /// from.
    async fn open<I: Item>(
        &self,
        activity: &'static str,
        body: Bytes,
    ) -> Result<(Vec<I>, Session, Domain), Code> {
        let message = cpu::run(move || Message::<I>::from_json(&body, activity)).await??;
        let batch = message.into_batch();
        if batch.len() > self.limits.records {
            return Err(Code::TooManyRecords);
        }
        let from = batch.domain().clone();
        let (batch, session) = self.transcryption.transcrypt(batch, &self.domain).await?;
        let opened_in = session.clone();
        let items =
            cpu::run(move || batch.open(&opened_in).into_iter().collect::<Result<Vec<I>, _>>()).await?;
        // One fixed answer for the whole: which item it was, and why, could tell the caller about a
        // ciphertext that it has from somebody else.
        let items = items.map_err(|_| Code::ItemUnreadable)?;
        Ok((items, session, from))
    }

    /// What the source says to each item. The tasks go on if the request is given up, since the source may
    /// be writing.
    async fn ask<I, R, F, Fut>(&self, items: Vec<I>, ctx: &Arc<Context>, call: F) -> Vec<Reply<R>>
    where
        I: Item,
        R: PepRecord + Send + 'static,
        F: Fn(Arc<S>, Arc<Context>, I) -> Fut,
        Fut: Future<Output = Result<R, RecordError>> + Send + 'static,
    {
        let places = Arc::new(Semaphore::new(self.limits.calls_at_once));
        let mut calls = Vec::with_capacity(items.len());
        for item in items {
            let (key, places) = (item.key(), Arc::clone(&places));
            let call = call(Arc::clone(&self.source), Arc::clone(ctx), item);
            let call = tokio::spawn(async move {
                let _place = places.acquire_owned().await;
                call.await
            });
            calls.push((key, call));
        }
        let mut replies = Vec::with_capacity(calls.len());
        for (key, call) in calls {
            // The task has failed if the source panicked.
            replies.push(Reply::new(key, call.await.unwrap_or(Err(RecordError::Internal))));
        }
        replies
    }

    /// The answer's body. A record of the source that does not encode becomes an error of its own item.
    async fn seal<R: PepRecord + Send + 'static>(
        &self,
        activity: &'static str,
        session: Session,
        mut replies: Vec<Reply<R>>,
    ) -> Result<Vec<u8>, Code> {
        let domain = self.domain.clone();
        let sealed = cpu::run(move || {
            let batch = Batch::seal(&domain, &session, &replies).or_else(|_| {
                for reply in &mut replies {
                    if reply.to_pep().is_err() {
                        *reply = Reply::new(reply.key(), Err(RecordError::Internal));
                    }
                }
                Batch::seal(&domain, &session, &replies)
            });
            batch.ok().and_then(|batch| Message::new(activity, batch).to_json())
        });
        sealed.await?.ok_or(Code::Internal)
    }
}

impl From<cpu::Stopped> for Code {
    fn from(_: cpu::Stopped) -> Self {
        Code::Internal
    }
}

impl From<MessageError> for Code {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Json => Code::InvalidJson,
            MessageError::Shape => Code::WrongShape,
            MessageError::Activity => Code::WrongActivity,
        }
    }
}

impl From<TranscryptionError> for Code {
    fn from(error: TranscryptionError) -> Self {
        match error {
            TranscryptionError::Denied => Code::Forbidden,
            TranscryptionError::NoSession => Code::UnknownSession,
            TranscryptionError::Refused => Code::TranscryptionRefused,
            TranscryptionError::Unavailable => Code::TranscryptionUnavailable,
            _ => Code::Internal,
        }
    }
}

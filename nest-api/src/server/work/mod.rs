//! The work of a request: transcrypt, open, ask the source, seal.

pub(crate) mod pending;
pub(crate) mod request_log;

use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use nest_core::schema::Schema;
use nest_core::{Domain, Expected, Fingerprint, Pseudonym, Session, Transcryption, TranscryptionError};
use nest_source::call::{Deadline, guarded};
use nest_source::repetition::KeyedRequest;
use sha2::{Digest, Sha256};

use crate::cpu_pool::{self, Load};
use crate::operation::{Mode, Route};
use crate::problem::Code;
use crate::server::api::Api;
use crate::server::receive::guard::Admitted;
use crate::server::work::pending::{Entered, Pending};
use crate::server::work::request_log::RequestLog;
use crate::wire::item::{Item, Response, Ticket};
use crate::wire::mark::Mark;
use crate::wire::message::{Form, MessageError, is_within_depth};
use crate::{Context, DataSource, IdempotencyKey, Message, RecordError};

/// How much longer a batch may take than its calls. The results of calls that ended are not lost with a call that did
/// not end.
const GRACE: Duration = Duration::from_secs(1);

/// One request of a caller to a source.
pub(crate) struct Work<'a, S, T> {
    pub(crate) api: &'a Api<S, T>,
    pub(crate) route: Route,
    pub(crate) admitted: &'a Admitted,
    pub(crate) deadline: Deadline,
    /// How the request was written, and its answer will be.
    pub(crate) form: Form,
}

/// Answers a request that was received.
pub(crate) trait RequestHandler<S, T>: Send + 'static {
    /// The answer to a body.
    fn run(
        self,
        work: &Work<'_, S, T>,
        body: Bytes,
        key: Option<IdempotencyKey>,
        log: &mut RequestLog,
    ) -> impl Future<Output = Result<Answered, Code>> + Send;
}

/// A question or an answer about a participant, or an error in its place.
pub(crate) struct About<C> {
    pub(crate) who: Pseudonym,
    pub(crate) ticket: Ticket,
    pub(crate) what: Result<C, RecordError>,
}

/// A request in the source's own domain.
struct Opened<I> {
    questions: Vec<About<I>>,
    /// The domains that it came from and that it is meant for.
    from: Domain,
    to: Domain,
    /// The session that the answer is sealed in.
    session: Session,
}

/// Answers requests on a route of the API itself.
pub(crate) struct DeclaredHandler<I, O, F> {
    /// The record that the route is about.
    about: &'static Schema,
    call: F,
    types: PhantomData<fn(I) -> O>,
}

impl<I, O, F> DeclaredHandler<I, O, F> {
    pub(crate) fn new(about: &'static Schema, call: F) -> Self {
        Self { about, call, types: PhantomData }
    }
}

impl<S, T, I, O, F, Fut> RequestHandler<S, T> for DeclaredHandler<I, O, F>
where
    S: DataSource,
    T: Transcryption + 'static,
    I: Item,
    O: Response,
    F: FnOnce(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Send + 'static,
    Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static,
{
    async fn run(
        self,
        work: &Work<'_, S, T>,
        body: Bytes,
        key: Option<IdempotencyKey>,
        log: &mut RequestLog,
    ) -> Result<Answered, Code> {
        work.carry_through::<I, O, F, Fut>(body, key, self.about, self.call, log).await
    }
}

/// The body of an answer. `repeated` says that it was made for an earlier request with the same key.
pub(crate) struct Answered {
    pub(crate) body: Bytes,
    pub(crate) form: Form,
    pub(crate) repeated: bool,
}

impl<S: DataSource, T: Transcryption> Work<'_, S, T> {
    /// The answer to a body.
    async fn carry_through<I, O, F, Fut>(
        &self,
        body: Bytes,
        key: Option<IdempotencyKey>,
        about: &'static Schema,
        call: F,
        log: &mut RequestLog,
    ) -> Result<Answered, Code>
    where
        I: Item,
        O: Response,
        F: FnOnce(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>>,
    {
        let (message, hash) = self.read::<I>(body, about.meaning_fingerprint()).await?;
        let records = message.batch().len();
        let mark = Mark::new(self.route, about);
        let keyed = key.map(|key| {
            let caller = self.admitted.caller.shared_name();
            Arc::new(KeyedRequest::new(caller, key, &self.route.path(), hash))
        });
        let (pending, written) = match &keyed {
            None => (None, None),
            Some(request) => match Pending::enter(&self.api.repetitions, request).await? {
                Entered::First(pending) => (Some(pending), None),
                Entered::Written(pending, outcomes) => (Some(pending), Some(outcomes)),
                Entered::Answered(body) => {
                    log.opened(message.batch().domain(), records);
                    return Ok(Answered { body, form: self.form, repeated: true });
                }
            },
        };
        // Nothing is written up to here. A request that fails gives its key free.
        let Opened { mut questions, from, to, session } = self.open::<I>(message, mark).await?;
        log.opened(&from, records);
        if keyed.is_some() {
            // A repetition has the same order. The order says nothing, since tickets are drawn at random.
            questions.sort_unstable_by_key(|question| question.ticket);
        }
        // A batch without records writes nothing, so there is nothing to remember.
        let mut pending = pending.filter(|_| records > 0);
        let repeated = written.is_some();
        let replies = match written {
            Some(outcomes) => {
                let results = outcomes.into_iter().map(|outcome| outcome.and_then(|()| O::done()));
                replied(questions, results.collect(), log).ok_or(Code::Internal)?
            }
            None => {
                if let Some(pending) = &mut pending {
                    pending.source_called().await?;
                }
                let ctx = self.context(&from, &to, keyed);
                self.ask(questions, ctx, call, log).await
            }
        };
        let sealed = self.seal::<O>(replies, mark, about, (&to, from), &session).await;
        if let Some(pending) = pending {
            pending.end(&sealed).await;
        }
        sealed.map(|body| Answered { body, form: self.form, repeated })
    }

    /// The message in a body, and the hash of the body.
    async fn read<I: Item>(&self, body: Bytes, meaning: Fingerprint) -> Result<(Message<I>, [u8; 32]), Code> {
        let (form, subject, depth) = (self.form, self.route.subject(), self.api.limits.depth);
        let load = Load::of_bytes(body.len());
        let read = move || {
            if form == Form::Json && !is_within_depth(&body, depth) {
                return Err(Code::NestedTooDeeply);
            }
            let message = Message::<I>::read(form, &body, subject, meaning)?;
            Ok((message, Sha256::digest(&body)))
        };
        let (message, hash) = cpu_pool::run(load, read).await??;
        self.check(message.batch().domain(), message.batch().len())?;
        Ok((message, hash.into()))
    }

    /// Checks that the caller may ask about so many records from this domain.
    pub(crate) fn check(&self, from: &Domain, records: usize) -> Result<(), Code> {
        if self.route.mode() == Mode::Single && records != 1 {
            return Err(Code::NotSingle);
        }
        if records > self.api.limits.records {
            return Err(Code::TooManyRecords);
        }
        if self.admitted.caller.may_come_from(from) { Ok(()) } else { Err(Code::Forbidden) }
    }

    /// The domain of the source that the request is for.
    pub(crate) fn own_domain(&self, to: Option<&Domain>) -> Result<Domain, Code> {
        let own = match to {
            Some(to) => self.api.domains.iter().find(|domain| *domain == to),
            None => self.api.domains.first(),
        };
        own.cloned().ok_or(Code::UnknownDomain)
    }

    /// What a transcryption gives before the deadline.
    pub(crate) async fn in_time<B>(
        &self,
        transcryption: impl Future<Output = Result<B, TranscryptionError>>,
    ) -> Result<B, Code> {
        let transcrypted = tokio::time::timeout(self.deadline.left(), transcryption);
        Ok(transcrypted.await.map_err(|_| Code::TimedOut)??)
    }

    /// What the source is told about the request.
    pub(crate) fn context(
        &self,
        from: &Domain,
        to: &Domain,
        keyed: Option<Arc<KeyedRequest>>,
    ) -> Arc<Context> {
        let caller = self.admitted.caller.shared_name();
        let (subject, operation) = (self.route.subject(), self.route.operation());
        let ctx = Context::new(caller, from.clone(), to.clone(), subject, operation)
            .with_mode(self.route.mode())
            .with_request_id(self.admitted.request_id)
            .with_key(keyed)
            .with_bounds(self.api.limits.pace, self.deadline);
        Arc::new(ctx)
    }

    /// The items of a message in this source's domain and session.
    async fn open<I: Item>(&self, message: Message<I>, mark: Mark) -> Result<Opened<I::Input>, Code> {
        let to = self.own_domain(message.to())?;
        let batch = message.into_batch();
        let from = batch.domain().clone();
        let tags = Arc::new(Expected::numbers(I::likely_tags(mark, batch.len())));
        let mut questions = Vec::with_capacity(batch.len());
        let mut tickets = HashSet::with_capacity(batch.len());
        let open = move |part, session| cpu_pool::open_expecting::<I>(part, session, Arc::clone(&tags));
        let parts = self.in_time(self.api.transcryption.transcrypt_parts(batch, &to, open));
        let (parts, session) = parts.await?;
        for part in parts {
            // The error is the same for every item and every reason. A caller could otherwise learn about a
            // ciphertext of somebody else.
            for item in part?.map_err(|_| Code::ItemUnreadable)? {
                let (who, ticket) = (item.who(), item.ticket());
                // An item that comes twice has replaced another.
                if !item.is_for(mark) || !tickets.insert(ticket) {
                    return Err(Code::ItemUnreadable);
                }
                questions.push(About { who, ticket, what: Ok(item.into_input()) });
            }
        }
        Ok(Opened { questions, from, to, session })
    }

    /// The answers of the source. Questions with an error keep their error.
    pub(crate) async fn ask<I, C, F, Fut>(
        &self,
        questions: Vec<About<I>>,
        ctx: Arc<Context>,
        call: F,
        log: &mut RequestLog,
    ) -> Vec<About<C>>
    where
        F: FnOnce(Arc<S>, Arc<Context>, Vec<I>) -> Fut,
        Fut: Future<Output = Vec<Result<C, RecordError>>>,
    {
        let mut inputs = Vec::with_capacity(questions.len());
        let questions: Vec<About<()>> = questions
            .into_iter()
            .map(|About { who, ticket, what }| About {
                who,
                ticket,
                what: what.map(|input| inputs.push(input)),
            })
            .collect();
        let asked = inputs.len();
        let mut results = Some(Vec::new());
        if asked > 0 {
            let deadline = Deadline::after(self.deadline.left() + GRACE);
            let called = call(Arc::clone(&self.api.source), Arc::clone(&ctx), inputs);
            results = guarded(deadline, &ctx, called).await;
        }
        if results.as_ref().is_some_and(|results| results.len() != asked) {
            tracing::error!(request_id = %ctx.request_id(), "the source did not give one result for each");
            results = None;
        }
        let results = results.unwrap_or_else(|| (0..asked).map(|_| Err(RecordError::Internal)).collect());
        replied(questions, results, log).unwrap_or_default()
    }

    /// The answer's body. A record of the source that does not encode becomes an error of its own item.
    async fn seal<O: Response>(
        &self,
        replies: Vec<About<O::Content>>,
        mark: Mark,
        about: &'static Schema,
        (own, asker): (&Domain, Domain),
        session: &Session,
    ) -> Result<Bytes, Code> {
        let route = self.route;
        let load = Load::of_records(replies.len().saturating_mul(O::BLOCKS));
        let replies = cpu_pool::run(load, move || {
            let reply = |About { who, ticket, what }| O::new(mark, who, ticket, what);
            replies.into_iter().map(reply).collect::<Vec<O>>()
        });
        let failed = move |reply: &O| reply.failed(mark, RecordError::Internal);
        let batch = cpu_pool::seal_or(own, session, replies.await?, failed).await;
        let batch = batch.map_err(|_| Code::Internal)?;
        let message =
            Message::new(route.subject(), batch).about(about.meaning_fingerprint()).addressed_to(asker);
        cpu_pool::make_ahead(session);
        let form = self.form;
        let body = cpu_pool::run(Load::of_bytes(message.size()), move || message.write(form)).await?;
        // The body may be kept for a day, so the spare capacity of the vector is dropped.
        Ok(body.ok_or(Code::Internal)?.into_boxed_slice().into())
    }
}

/// The answer to each question; `None` where the number of results is wrong.
fn replied<I, C>(
    questions: Vec<About<I>>,
    results: Vec<Result<C, RecordError>>,
    log: &mut RequestLog,
) -> Option<Vec<About<C>>> {
    let mut results = results.into_iter();
    let reply = |About { who, ticket, what }| {
        let what = match what {
            Ok(_) => results.next()?,
            Err(error) => Err(error),
        };
        Some(About { who, ticket, what })
    };
    let replies: Vec<_> = questions.into_iter().map(reply).collect::<Option<_>>()?;
    log.failed(replies.iter().filter(|reply| reply.what.is_err()).count());
    results.next().is_none().then_some(replies)
}

impl From<cpu_pool::Stopped> for Code {
    fn from(_: cpu_pool::Stopped) -> Self {
        Code::Internal
    }
}

impl From<MessageError> for Code {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Json => Code::InvalidJson,
            MessageError::Shape => Code::WrongShape,
            MessageError::Activity => Code::WrongActivity,
            MessageError::Meaning => Code::WrongMeaning,
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
            TranscryptionError::NoFiles => Code::Overloaded,
            _ => Code::Internal,
        }
    }
}

//! The work of a request, once it is read: transcrypt, open, ask the source, seal.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use nest_core::{Domain, Pseudonym, Session, Transcryption, TranscryptionError};
use sha2::{Digest, Sha256};

use crate::api::Api;
use crate::context::Deadline;
use crate::each::guarded;
use crate::guard::Admitted;
use crate::idempotency::{Answer as Kept, Begin, IdempotencyKey};
use crate::item::{Item, Response, Ticket};
use crate::ledger::Ledger;
use crate::message::{Form, MessageError};
use crate::operation::{Mode, Route};
use crate::problem::Code;
use crate::{Context, DataSource, Message, RecordError, cpu};

/// How much longer a batch may take than the calls that it is made of, so that those which ended are not lost
/// with the one that did not.
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

/// A request in the source's own domain.
struct Opened<I> {
    items: Vec<I>,
    /// The domain that it came from, and that it was meant for.
    from: Domain,
    to: Domain,
    /// The session that the answer is sealed in.
    session: Session,
}

/// The body of an answer, and whether it was made for an earlier request with the same key.
pub(crate) struct Answered {
    pub(crate) body: Bytes,
    pub(crate) repeated: bool,
}

/// What is said about each item.
struct Replies<O: Response>(Vec<(Pseudonym, Ticket, Result<O::Content, RecordError>)>);

impl<S: DataSource, T: Transcryption> Work<'_, S, T> {
    /// The answer to a body.
    pub(crate) async fn carry_through<I, O, F, Fut>(
        &self,
        body: Bytes,
        key: Option<IdempotencyKey>,
        call: F,
        ledger: &mut Ledger,
    ) -> Result<Answered, Code>
    where
        I: Item,
        O: Response,
        F: FnOnce(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>>,
    {
        let (message, hash) = self.read::<I>(body).await?;
        let records = message.batch().len();
        let mut pending = match key.map(|key| self.begin(&key, hash)) {
            None => None,
            Some(Begin::First(pending)) => Some(pending),
            Some(Begin::Repeat(Kept::Body(body))) => {
                ledger.opened(message.batch().domain(), records);
                return Ok(Answered { body, repeated: true });
            }
            Some(Begin::Repeat(Kept::Failed(code))) => return Err(code),
            Some(Begin::InProgress) => return Err(Code::InProgress),
            Some(Begin::OtherBody) => return Err(Code::IdempotencyKeyReused),
            Some(Begin::Full) => return Err(Code::Overloaded),
        };
        // Up to here nothing is written: what fails gives its key free.
        let Opened { items, from, to, session } = self.open(message).await?;
        ledger.opened(&from, records);
        let ctx = Arc::new(Context::new(
            self.admitted.caller.shared_name(),
            from.clone(),
            to.clone(),
            self.admitted.request_id,
            self.api.limits.pace,
            self.deadline,
        ));
        if let Some(pending) = &mut pending {
            pending.source_called();
        }
        let replies = self.ask::<I, O, F, Fut>(items, ctx, call).await;
        ledger.failed(replies.0.iter().filter(|(_, _, result)| result.is_err()).count());
        let sealed = self.seal::<O>(replies, &to, from, &session).await;
        if let Some(pending) = pending {
            match &sealed {
                Ok(body) => pending.finish(body.clone()),
                Err(code) => pending.keep_failed(*code),
            }
        }
        sealed.map(|body| Answered { body, repeated: false })
    }

    fn begin(&self, key: &IdempotencyKey, body_hash: [u8; 32]) -> Begin {
        self.api.idempotency.begin(self.admitted.caller.name(), key, &self.route.path(), body_hash)
    }

    /// The message of a body, if it is one that this route takes, and the body's hash.
    async fn read<I: Item>(&self, body: Bytes) -> Result<(Message<I>, [u8; 32]), Code> {
        let (form, subject) = (self.form, self.route.subject());
        let read =
            move || Message::<I>::read(form, &body, subject).map(|message| (message, Sha256::digest(&body)));
        let (message, hash) = cpu::run(read).await??;
        let records = message.batch().len();
        if self.route.mode() == Mode::Single && records != 1 {
            return Err(Code::NotSingle);
        }
        if records > self.api.limits.records {
            return Err(Code::TooManyRecords);
        }
        if !self.admitted.caller.may_come_from(message.batch().domain()) {
            return Err(Code::Forbidden);
        }
        Ok((message, hash.into()))
    }

    /// The items of a message in this source's domain and session.
    async fn open<I: Item>(&self, message: Message<I>) -> Result<Opened<I>, Code> {
        let to = match message.to() {
            Some(to) => self.api.domains.iter().find(|domain| *domain == to),
            None => self.api.domains.first(),
        };
        let to = to.ok_or(Code::UnknownDomain)?.clone();
        let batch = message.into_batch();
        let from = batch.domain().clone();
        let transcrypted = self.api.transcryption.transcrypt(batch, &to);
        let transcrypted = tokio::time::timeout(self.deadline.left(), transcrypted);
        let (batch, session) = transcrypted.await.map_err(|_| Code::TimedOut)??;
        // One fixed answer for the whole: which item it was, and why, could tell the caller about a
        // ciphertext that it has from somebody else.
        let tags = I::likely_tags(self.route, batch.len());
        let items = cpu::open(batch, &session, tags).await?.map_err(|_| Code::ItemUnreadable)?;
        if items.iter().all(|item: &I| item.is_for(self.route)) {
            Ok(Opened { items, from, to, session })
        } else {
            Err(Code::ItemUnreadable)
        }
    }

    /// What the source says to the items that make sense.
    async fn ask<I, O, F, Fut>(&self, items: Vec<I>, ctx: Arc<Context>, call: F) -> Replies<O>
    where
        I: Item,
        O: Response,
        F: FnOnce(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>>,
    {
        let mut inputs = Vec::with_capacity(items.len());
        let mut replies = Vec::with_capacity(items.len());
        let mut asked = Vec::with_capacity(items.len());
        for item in items {
            let (who, ticket) = (item.who(), item.ticket());
            match item.into_input() {
                Ok(input) => {
                    inputs.push(input);
                    asked.push((who, ticket));
                }
                Err(error) => replies.push((who, ticket, Err(error))),
            }
        }
        let deadline = Deadline::after(self.deadline.left() + GRACE);
        let results = guarded(deadline, &ctx, call(Arc::clone(&self.api.source), Arc::clone(&ctx), inputs));
        let results = results.await.filter(|results| {
            let fits = results.len() == asked.len();
            if !fits {
                tracing::error!(request_id = %ctx.request_id(), "the source did not give one result for each");
            }
            fits
        });
        match results {
            Some(results) => {
                replies.extend(
                    asked.into_iter().zip(results).map(|((who, ticket), result)| (who, ticket, result)),
                );
            }
            None => replies
                .extend(asked.into_iter().map(|(who, ticket)| (who, ticket, Err(RecordError::Internal)))),
        }
        Replies(replies)
    }

    /// The answer's body. A record of the source that does not encode becomes an error of its own item.
    async fn seal<O: Response>(
        &self,
        Replies(replies): Replies<O>,
        own: &Domain,
        asker: Domain,
        session: &Session,
    ) -> Result<Bytes, Code> {
        let route = self.route;
        let replies = cpu::run(move || {
            let reply = |(who, ticket, result)| {
                let reply = O::new(route, who, ticket, result);
                match reply.validate() {
                    Ok(()) => reply,
                    Err(_) => O::new(route, who, ticket, Err(RecordError::Internal)),
                }
            };
            replies.into_iter().map(reply).collect::<Vec<O>>()
        });
        let batch = cpu::seal(own, session, replies.await?).await?.map_err(|_| Code::Internal)?;
        let message = Message::new(route.subject(), batch).addressed_to(asker);
        let form = self.form;
        let body = cpu::run(move || message.write(form)).await?;
        Ok(body.ok_or(Code::Internal)?.into())
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

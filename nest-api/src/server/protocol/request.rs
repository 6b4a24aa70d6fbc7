//! A request of another protocol, and all that its answer may need of the server.

use bytes::Bytes;
use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use nest_core::{Domain, Pseudonym, Transcryption, TranscryptionError};

use crate::cpu_pool::{self, Load};
use crate::problem::Code;
use crate::server::routes::plain::{Asked, PlainRoute};
use crate::server::work::request_log::RequestLog;
use crate::server::work::{About, Work};
use crate::wire::message::is_within_depth;
use crate::{DataSource, Operation, RecordError};

/// A request whose activity is known.
pub struct ProtocolRequest<'a, S, T> {
    work: &'a Work<'a, S, T>,
    route: PlainRoute<S, T>,
    log: &'a mut RequestLog,
}

/// What the source says about a participant: a record, nothing but that it was done, or why not.
pub struct Said {
    /// The participant.
    pub who: Pseudonym,
    /// The record; `None` where a success has none.
    pub record: Result<Option<PlainRecord>, RecordError>,
}

impl<'a, S: DataSource, T: Transcryption + 'static> ProtocolRequest<'a, S, T> {
    pub(super) fn new(work: &'a Work<'a, S, T>, route: PlainRoute<S, T>, log: &'a mut RequestLog) -> Self {
        Self { work, route, log }
    }

    /// The operation.
    pub fn operation(&self) -> Operation {
        self.work.route.operation()
    }

    /// The name of the activity.
    pub fn activity(&self) -> &'static str {
        self.work.route.subject()
    }

    /// The record that a question brings; `None` where it brings none.
    pub fn given(&self) -> Option<&'static Schema> {
        self.route.given
    }

    /// The record that a success holds; `None` where it holds none.
    pub fn said(&self) -> Option<&'static Schema> {
        self.route.said
    }

    /// Reads the body, on a thread that may be busy.
    ///
    /// # Errors
    ///
    /// [`Code::NestedTooDeeply`], and what `read` says.
    pub async fn read<R: Send + 'static>(
        &self,
        body: Bytes,
        read: impl FnOnce(&[u8]) -> Result<R, Code> + Send + 'static,
    ) -> Result<R, Code> {
        let depth = self.work.api.limits.depth;
        let read = move |body: &Bytes| match is_within_depth(body, depth) {
            true => read(body),
            false => Err(Code::NestedTooDeeply),
        };
        cpu_pool::run(Load::of_bytes(body.len()), move || read(&body)).await?
    }

    /// Checks that the caller may send so many records from this domain.
    ///
    /// # Errors
    ///
    /// [`Code::TooManyRecords`] or [`Code::Forbidden`].
    pub fn check(&self, from: &Domain, records: usize) -> Result<(), Code> {
        self.work.check(from, records)
    }

    /// The source's domain of this name.
    ///
    /// # Errors
    ///
    /// [`Code::UnknownDomain`].
    pub fn own_domain(&self, to: &Domain) -> Result<Domain, Code> {
        self.work.own_domain(Some(to))
    }

    /// The transcryptors.
    pub fn transcryption(&self) -> &T {
        &self.work.api.transcryption
    }

    /// What a transcryption gives before the request's deadline.
    ///
    /// # Errors
    ///
    /// [`Code::TimedOut`], and the code of a [`TranscryptionError`].
    pub async fn in_time<B>(
        &self,
        transcryption: impl Future<Output = Result<B, TranscryptionError>>,
    ) -> Result<B, Code> {
        self.work.in_time(transcryption).await
    }

    /// Asks the source. There is one answer to each question.
    ///
    /// # Errors
    ///
    /// [`Code::Internal`] where the work panicked, or the process is ending.
    pub async fn ask(self, from: &Domain, own: &Domain, questions: Vec<Asked>) -> Result<Vec<Said>, Code> {
        let Self { work, route, log } = self;
        log.opened(from, questions.len());
        let questions =
            questions.into_iter().map(|Asked { who, input }| About { who, ticket: 0, what: input }).collect();
        let ctx = work.context(from, own, None);
        let replies = (route.ask)(work, questions, ctx, log).await?;
        Ok(replies.into_iter().map(|About { who, what, .. }| Said { who, record: what }).collect())
    }
}

/// Does work with each part, on all cores. The order of the results is that of the parts.
///
/// # Errors
///
/// [`Code::Internal`] where the work panicked, or the process is ending.
pub async fn on_all_cores<P: Send + 'static, R: Send + 'static>(
    parts: Vec<P>,
    work: impl Fn(P) -> R + Clone + Send + 'static,
) -> Result<Vec<R>, Code> {
    Ok(cpu_pool::each(parts, work).await?)
}

/// Does long work, on a thread that may be busy.
///
/// # Errors
///
/// As [`on_all_cores`].
pub async fn on_one_core<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Result<R, Code> {
    Ok(cpu_pool::run(Load::LONG, work).await?)
}

//! Other protocols that the same data source is served in: other paths and other bodies.
//!
//! The crate nest-upstream is built on this module, which is not part of the public interface. Callers, rights, limits,
//! deadlines, the audit log and the metrics are those of the API's own routes.

mod request;

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Payload, ReqData, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use nest_core::Transcryption;
use nest_source::call::Deadline;
use serde::Deserialize;

pub use request::{ProtocolRequest, Said, on_all_cores, on_one_core};

use crate::cpu_pool::{self, Load};
use crate::operation::{Mode, Route, UNKNOWN};
use crate::problem::{Code, Problem};
use crate::server::api::Api;
use crate::server::receive::guard::{Admitted, guard};
use crate::server::receive::methods::post;
use crate::server::receive::received::Through;
use crate::server::routes;
use crate::server::routes::Mounted;
use crate::server::routes::plain::PlainRoute;
pub use crate::server::routes::plain::{Asked, PlainInput};
use crate::server::work::request_log::RequestLog;
use crate::server::work::{Answered, RequestHandler, Work};
use crate::wire::message::{self, Form};
use crate::{DataSource, IdempotencyKey, Operation};

/// A protocol whose requests are batches about one activity, in JSON.
pub trait Protocol: Send + Sync + 'static {
    /// Where its paths begin.
    const BASE: &'static str;

    /// Its paths below the base, and the operation of each.
    const PATHS: &'static [(&'static str, Operation)];

    /// What the report tells the person who signs about it.
    const NOTE: &'static str;

    /// The activity that a body names. Nothing else of the body is read yet.
    ///
    /// # Errors
    ///
    /// The [`Code`] that the whole request is answered with.
    fn activity(body: &[u8]) -> Result<String, Code>;

    /// The body of the answer.
    ///
    /// # Errors
    ///
    /// The [`Code`] that the whole request is answered with.
    fn answer<S: DataSource, T: Transcryption + 'static>(
        request: ProtocolRequest<'_, S, T>,
        body: Bytes,
    ) -> impl Future<Output = Result<Vec<u8>, Code>> + Send;
}

/// Reads JSON, and tells invalid JSON from JSON of another shape.
///
/// # Errors
///
/// [`Code::InvalidJson`] and [`Code::WrongShape`].
pub fn parse<'a, M: Deserialize<'a>>(json: &'a [u8]) -> Result<M, Code> {
    Ok(message::parse(json)?)
}

/// A protocol that was added to a builder.
pub(crate) struct AddedProtocol<S, T> {
    configure: Configure<S, T>,
    pub(crate) note: &'static str,
}

/// Adds the paths of a protocol to an actix application.
type Configure<S, T> = fn(&mut ServiceConfig, &Arc<Api<S, T>>, &Arc<[Mounted<S, T>]>);

impl<S: DataSource, T: Transcryption + 'static> AddedProtocol<S, T> {
    pub(crate) fn new<P: Protocol>() -> Self {
        Self { configure: configure::<P, S, T>, note: P::NOTE }
    }

    /// Adds its paths to an actix application.
    pub(crate) fn configure(
        &self,
        cfg: &mut ServiceConfig,
        api: &Arc<Api<S, T>>,
        subjects: &Arc<[Mounted<S, T>]>,
    ) {
        (self.configure)(cfg, api, subjects);
    }
}

fn configure<P: Protocol, S: DataSource, T: Transcryption + 'static>(
    cfg: &mut ServiceConfig,
    api: &Arc<Api<S, T>>,
    subjects: &Arc<[Mounted<S, T>]>,
) {
    let guarded = Arc::clone(api);
    let scope = P::PATHS.iter().fold(web::scope(P::BASE), |scope, (path, operation)| {
        let (api, subjects) = (Arc::clone(api), Arc::clone(subjects));
        let answer = move |admitted: ReqData<Admitted>, request: HttpRequest, body: Payload| {
            let (api, subjects) = (Arc::clone(&api), Arc::clone(&subjects));
            async move {
                answer::<P, S, T>(api, &subjects, *operation, admitted.into_inner(), &request, body).await
            }
        };
        scope.service(post(*path).route(web::post().to(answer)))
    });
    let guard = from_fn(move |request, next| guard(Arc::clone(&guarded), request, next));
    cfg.service(scope.default_service(web::to(routes::no_such_path)).wrap(guard));
}

/// Takes a request in, finds its activity, and answers it.
async fn answer<P: Protocol, S: DataSource, T: Transcryption + 'static>(
    api: Arc<Api<S, T>>,
    subjects: &[Mounted<S, T>],
    operation: Operation,
    admitted: Admitted,
    request: &HttpRequest,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let deadline = Deadline::after(api.limits.request_time);
    let may_call = |name| admitted.caller.may_call(Route::new(name, operation, Mode::Batch));
    let named = async {
        // The body names the activity. A caller who may call no activity at all is refused before the body is read.
        let any = subjects.iter().any(|subject| subject.plain.is_some() && may_call(subject.name));
        if !any {
            return Err(Code::Forbidden);
        }
        let received = api.receive(&admitted, Through::Protocol, request, body, deadline).await?;
        let bytes = received.body.clone();
        let name = cpu_pool::run(Load::of_bytes(bytes.len()), move || P::activity(&bytes)).await??;
        let subject = subjects.iter().find(|subject| subject.name == name);
        let (subject, plain) =
            subject.and_then(|subject| Some((subject, subject.plain?))).ok_or(Code::NotFound)?;
        if may_call(subject.name) { Ok((subject, plain, received)) } else { Err(Code::Forbidden) }
    };
    match named.await {
        Ok((subject, ..)) if !operation.is_in(subject.operations) => {
            Err(Problem::not_supported(operation, admitted.request_id))
        }
        Ok((subject, plain, received)) => {
            let handler =
                ProtocolHandler::<P, S, T> { route: plain(operation), protocol: std::marker::PhantomData };
            let route = Route::new(subject.name, operation, Mode::Batch);
            api.carry_out(route, admitted, deadline, Ok(received), handler).await
        }
        Err(code) => {
            let handler = ProtocolHandler::<P, S, T> { route: None, protocol: std::marker::PhantomData };
            let route = Route::new(UNKNOWN, operation, Mode::Batch);
            api.carry_out(route, admitted, deadline, Err(code), handler).await
        }
    }
}

/// Answers a request of a protocol.
struct ProtocolHandler<P, S, T> {
    /// How the source is asked; `None` for a request that was refused before its activity was known.
    route: Option<PlainRoute<S, T>>,
    protocol: std::marker::PhantomData<fn() -> P>,
}

impl<P: Protocol, S: DataSource, T: Transcryption + 'static> RequestHandler<S, T>
    for ProtocolHandler<P, S, T>
{
    async fn run(
        self,
        work: &Work<'_, S, T>,
        body: Bytes,
        _: Option<IdempotencyKey>,
        log: &mut RequestLog,
    ) -> Result<Answered, Code> {
        let route = self.route.ok_or(Code::Internal)?;
        if work.form != Form::Json {
            return Err(Code::UnsupportedMediaType);
        }
        let answer = P::answer(ProtocolRequest::new(work, route, log), body).await?;
        Ok(Answered { body: answer.into(), form: Form::Json, repeated: false })
    }
}

#![doc = include_str!("../../docs/upstream.md")]

mod errand;
mod item;
mod message;
mod reply;

use std::pin::Pin;
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Payload, ReqData, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use nest_core::Transcryption;
use nest_core::schema::Schema;
use nest_source::call::Deadline;

use crate::cpu_pool::{self, Load};
use crate::operation::{Mode, Route, UNKNOWN};
use crate::problem::{Code, Problem};
use crate::server::Mounted;
use crate::server::answer::{Received, Through};
use crate::server::api::Api;
use crate::server::receive::guard::{Admitted, guard};
use crate::server::receive::methods::post;
use crate::server::routes::{self, Table};
use crate::server::work::request_log::RequestLog;
use crate::server::work::{Answered, Errand, Work};
use crate::wire::item::{Item, Response};
use crate::{Activity, Context, DataSource, IdempotencyKey, Operation, RecordError, Serves};

use errand::Foreign;
pub(crate) use item::ForeignItem;
pub(crate) use reply::ForeignReply;

/// The paths below the base, and which operation each is here.
const PATHS: [(&str, Operation); 6] = [
    ("/create_batch", Operation::Create),
    ("/update_batch", Operation::Update),
    ("/delete_batch", Operation::Delete),
    ("/details_batch", Operation::Read),
    ("/progress_batch", Operation::Progress),
    ("/result_batch", Operation::Results),
];

/// Where the paths begin.
const BASE: &str = "/api/activities";

/// Answers a request about one activity.
pub(crate) type Door<S, T> = fn(Knock<S, T>) -> Answering;

type Answering = Pin<Box<dyn Future<Output = Result<HttpResponse, Problem>>>>;

/// A request whose activity is known.
pub(crate) struct Knock<S, T> {
    api: Arc<Api<S, T>>,
    subject: &'static str,
    operation: Operation,
    admitted: Admitted,
    deadline: Deadline,
    received: Received,
}

/// Adds the paths to an actix application.
pub(crate) fn configure<S: DataSource, T: Transcryption + 'static>(
    cfg: &mut ServiceConfig,
    api: &Arc<Api<S, T>>,
    subjects: &Arc<[Mounted<S, T>]>,
) {
    let guarded = Arc::clone(api);
    let scope = PATHS.iter().fold(web::scope(BASE), |scope, (path, operation)| {
        let (api, subjects) = (Arc::clone(api), Arc::clone(subjects));
        let answer = move |admitted: ReqData<Admitted>, request: HttpRequest, body: Payload| {
            let (api, subjects) = (Arc::clone(&api), Arc::clone(&subjects));
            async move { answer(api, &subjects, *operation, admitted.into_inner(), &request, body).await }
        };
        scope.service(post(*path).route(web::post().to(answer)))
    });
    let guard = from_fn(move |request, next| guard(Arc::clone(&guarded), request, next));
    cfg.service(scope.default_service(web::to(routes::no_such_path)).wrap(guard));
}

/// Takes a request in, finds its activity, and hands it on.
async fn answer<S: DataSource, T: Transcryption + 'static>(
    api: Arc<Api<S, T>>,
    subjects: &[Mounted<S, T>],
    operation: Operation,
    admitted: Admitted,
    request: &HttpRequest,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let deadline = Deadline::after(api.limits.request_time);
    let may_call = |name| admitted.caller.may_call(Route::new(name, operation, Mode::Batch));
    let doors = || subjects.iter().filter(|subject| subject.upstream.is_some() && may_call(subject.name));
    let named = async {
        // The activity is in the body, so nobody's is read who may call none.
        doors().next().ok_or(Code::Forbidden)?;
        let received = api.receive(&admitted, Through::Upstream, request, body, deadline).await?;
        let bytes = received.body.clone();
        let name = cpu_pool::run(Load::of_bytes(bytes.len()), move || message::activity(&bytes)).await??;
        let subject = subjects.iter().find(|subject| subject.name == name);
        let (subject, door) =
            subject.and_then(|subject| Some((subject, subject.upstream?))).ok_or(Code::NotFound)?;
        if may_call(subject.name) { Ok((subject, door, received)) } else { Err(Code::Forbidden) }
    };
    match named.await {
        Ok((subject, ..)) if !operation.is_in(subject.operations) => {
            Err(Problem::not_supported(operation, admitted.request_id))
        }
        Ok((subject, door, received)) => {
            let subject = subject.name;
            door(Knock { api, subject, operation, admitted, deadline, received }).await
        }
        Err(code) => {
            let route = Route::new(UNKNOWN, operation, Mode::Batch);
            api.carry_out(route, admitted, deadline, Err(code), Nothing).await
        }
    }
}

/// The door of an activity.
pub(crate) fn door<S: Serves<A>, T: Transcryption + 'static, A: Activity>(knock: Knock<S, T>) -> Answering {
    let (operation, request_id) = (knock.operation, knock.admitted.request_id);
    let mut find = Find { subject: knock.subject, operation, knock: Some(knock), answering: None };
    routes::activity_table::<S, A>(&mut find);
    let not_there = || Box::pin(async move { Err(Problem::new(Code::Internal, request_id)) }) as Answering;
    find.answering.unwrap_or_else(not_there)
}

/// Finds the operation that is asked for among those of an activity.
struct Find<S, T> {
    subject: &'static str,
    operation: Operation,
    knock: Option<Knock<S, T>>,
    answering: Option<Answering>,
}

impl<S: DataSource, T: Transcryption + 'static> Table<S> for Find<S, T> {
    fn one<I, O, F, Fut>(&mut self, operation: Operation, mode: Mode, _: &'static Schema, call: F)
    where
        I: Item + ForeignItem,
        O: Response + ForeignReply,
        F: Fn(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Copy + Send + 'static,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static,
    {
        if (operation, mode) == (self.operation, Mode::Batch)
            && let Some(Knock { api, admitted, deadline, received, .. }) = self.knock.take()
        {
            let route = Route::new(self.subject, operation, mode);
            let errand = Foreign::<I, O, F>::new(call);
            self.answering = Some(Box::pin(api.carry_out(route, admitted, deadline, Ok(received), errand)));
        }
    }
}

/// The errand of a request that was refused before its activity was known.
struct Nothing;

impl<S: DataSource, T: Transcryption + 'static> Errand<S, T> for Nothing {
    async fn run(
        self,
        _: &Work<'_, S, T>,
        _: actix_web::web::Bytes,
        _: Option<IdempotencyKey>,
        _: &mut RequestLog,
    ) -> Result<Answered, Code> {
        Err(Code::Internal)
    }
}

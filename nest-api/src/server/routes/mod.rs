//! The routes of a source: each operation, single and in batches, with the method that answers it.
//!
//! One table says which items travel on which operation. It is read to mount the routes, to describe them, and to ask
//! on records in plaintext.

pub(crate) mod plain;

use std::sync::Arc;

use actix_web::web::{self, Data, Payload, ReqData, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use nest_core::schema::Schema;
use nest_core::{PepRecord, Transcryption};
use nest_source::each;

use plain::FindPlainRoute;

use crate::operation::{Mode, Route};
use crate::problem::{Code, Problem};
use crate::server::api::Api;
use crate::server::metrics::CONTENT_TYPE;
use crate::server::openapi::Described;
use crate::server::receive::guard::Admitted;
use crate::server::receive::methods::post;
use crate::server::work::DeclaredHandler;
use crate::wire::item::{Ask, Given, Item, Receipt, Reply, Response};
use crate::{Activity, Context, DataSource, Operation, RecordError, Serves};

/// Enters an operation that writes, once with its method for one item and once with its method for many.
macro_rules! operation {
    (
        $table:ident, $operation:ident: $item:ty => $reply:ty, $about:expr,
        $single:ident, $batch:ident, |$input:ident| ($($argument:expr),*), $each:expr
    ) => {
        $table.one::<$item, $reply, _, _>(Operation::$operation, Mode::Single, $about, |source, ctx, inputs| async move {
            each(&ctx, inputs, |$input: <$item as Item>::Input| source.$single(&ctx, $($argument),*)).await
        });
        $table.one::<$item, $reply, _, _>(Operation::$operation, Mode::Batch, $about, |source, ctx, inputs| async move {
            source.$batch(&ctx, inputs.into_iter().map($each).collect()).await
        });
    };
}

/// Enters an operation that reads, for one item and for many, with the one method that finds records.
macro_rules! reading {
    ($table:ident, $operation:ident => $reply:ty, $about:expr, $find:ident, $each:expr) => {
        for mode in Mode::ALL {
            $table.one::<Ask, $reply, _, _>(
                Operation::$operation,
                mode,
                $about,
                |source, ctx, inputs| async move {
                    source.$find(&ctx, inputs.into_iter().map($each).collect()).await
                },
            );
        }
    };
}

/// A reader of the table of operations.
pub(crate) trait Table<S: DataSource> {
    /// Takes one route: its items, the record that it is about, and the call that answers it.
    fn one<I, O, F, Fut>(&mut self, operation: Operation, mode: Mode, about: &'static Schema, call: F)
    where
        I: Item,
        O: Response,
        F: Fn(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static;
}

/// The routes of one activity, or of participants. Functions stand for the types, which are known only where the
/// activity is added.
pub(crate) struct Mounted<S, T> {
    pub(crate) name: &'static str,
    pub(crate) operations: &'static [Operation],
    pub(crate) mount: fn(&mut ServiceConfig, &'static str),
    /// The operations on records in plaintext; participants have none.
    pub(crate) plain: Option<FindPlainRoute<S, T>>,
    pub(crate) describe: fn(&'static str) -> Vec<Described>,
}

impl<S, T> Mounted<S, T> {
    pub(crate) fn described(&self) -> Vec<Described> {
        (self.describe)(self.name)
    }
}

/// Mounts the routes about participants.
pub(crate) fn participants<S: DataSource, T: Transcryption + 'static>(
    cfg: &mut ServiceConfig,
    subject: &'static str,
) {
    participant_table(&mut Mount::<S, T>::new(cfg, subject, S::PARTICIPANTS));
}

/// Mounts the routes of an activity of this name.
pub(crate) fn activity<S: Serves<A>, T: Transcryption + 'static, A: Activity>(
    cfg: &mut ServiceConfig,
    name: &'static str,
) {
    activity_table(&mut Mount::<S, T>::new(cfg, name, <S as Serves<A>>::OPERATIONS));
}

/// The routes about participants that the source has.
pub(crate) fn describe_participants<S: DataSource>(subject: &'static str) -> Vec<Described> {
    let mut list = List::new(subject, S::PARTICIPANTS);
    participant_table::<S>(&mut list);
    list.routes
}

/// The routes of an activity of this name that the source has.
pub(crate) fn describe_activity<S: Serves<A>, A: Activity>(name: &'static str) -> Vec<Described> {
    let mut list = List::new(name, <S as Serves<A>>::OPERATIONS);
    activity_table::<S, A>(&mut list);
    list.routes
}

fn participant_table<S: DataSource>(table: &mut impl Table<S>) {
    type Person<S> = <S as DataSource>::Participant;
    let about = Person::<S>::SCHEMA;
    operation!(table, Create: Given<Person<S>> => Receipt, about,
        create_participant, create_participant_batch, |input| (input.0, input.1), |given| given);
    reading!(table, Read => Reply<Person<S>>, about, find_participants, |(who, _)| who);
    operation!(table, Update: Given<Person<S>> => Receipt, about,
        update_participant, update_participant_batch, |input| (input.0, input.1), |given| given);
    operation!(table, Delete: Ask => Receipt, about,
        delete_participant, delete_participant_batch, |input| (input.0), |(who, _)| who);
}

/// Reads the operations of an activity into a table.
pub(crate) fn activity_table<S: Serves<A>, A: Activity>(table: &mut impl Table<S>) {
    let about = A::SCHEMA;
    operation!(table, Create: Given<A> => Receipt, about,
        create, create_batch, |input| (input.0, input.1), |given| given);
    reading!(table, Read => Reply<A>, about, find, |(who, _)| who);
    operation!(table, Update: Given<A> => Receipt, about,
        update, update_batch, |input| (input.0, input.1), |given| given);
    operation!(table, Delete: Ask => Receipt, about, delete, delete_batch, |input| (input.0), |(who, _)| who);
    reading!(table, Progress => Reply<A::Progress>, A::Progress::SCHEMA, find_progress, |(who, _)| who);
    reading!(table, Results => Reply<A::Outcome>, A::Outcome::SCHEMA, find_results, |page| page);
}

/// Mounts routes about one subject.
struct Mount<'a, S, T> {
    cfg: &'a mut ServiceConfig,
    subject: &'static str,
    supported: &'static [Operation],
    api: std::marker::PhantomData<fn() -> Api<S, T>>,
}

impl<'a, S: DataSource, T: Transcryption + 'static> Mount<'a, S, T> {
    fn new(cfg: &'a mut ServiceConfig, subject: &'static str, supported: &'static [Operation]) -> Self {
        Self { cfg, subject, supported, api: std::marker::PhantomData }
    }
}

impl<S: DataSource, T: Transcryption + 'static> Table<S> for Mount<'_, S, T> {
    /// Mounts one route. An operation that the source does not have is refused.
    fn one<I, O, F, Fut>(&mut self, operation: Operation, mode: Mode, about: &'static Schema, call: F)
    where
        I: Item,
        O: Response,
        F: Fn(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static,
    {
        let route = Route::new(self.subject, operation, mode);
        let resource = post(route.path_below_base());
        self.cfg.service(if operation.is_in(self.supported) {
            let answer = move |api: Data<Api<S, T>>,
                               admitted: ReqData<Admitted>,
                               request: HttpRequest,
                               body: Payload| async move {
                let (api, admitted) = (api.into_inner(), admitted.into_inner());
                api.answer(route, admitted, &request, body, DeclaredHandler::<I, O, F>::new(about, call))
                    .await
            };
            resource.route(web::post().to(answer))
        } else {
            resource.route(web::post().to(move |admitted| not_supported(admitted, route)))
        });
    }
}

/// The metrics, for callers who may read them.
pub(crate) async fn metrics<S: DataSource, T: Transcryption + 'static>(
    api: Data<Api<S, T>>,
    admitted: ReqData<Admitted>,
) -> Result<HttpResponse, Problem> {
    if !admitted.caller.may_read_metrics() {
        return Err(Problem::new(Code::Forbidden, admitted.request_id));
    }
    for transcryptor in api.transcryption.health() {
        api.metrics.set_transcryptor(&transcryptor.name, transcryptor.up);
    }
    api.metrics.set_bytes_in_flight(api.memory.used());
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(api.metrics.render()))
}

/// Lists the routes of one subject that the source has.
struct List {
    subject: &'static str,
    supported: &'static [Operation],
    routes: Vec<Described>,
}

impl List {
    fn new(subject: &'static str, supported: &'static [Operation]) -> Self {
        Self { subject, supported, routes: Vec::new() }
    }
}

impl<S: DataSource> Table<S> for List {
    fn one<I, O, F, Fut>(&mut self, operation: Operation, mode: Mode, about: &'static Schema, _: F)
    where
        I: Item,
        O: Response,
        F: Fn(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static,
    {
        if operation.is_in(self.supported) {
            let route = Route::new(self.subject, operation, mode);
            self.routes.push(Described { route, about, item: I::SCHEMA, reply: O::SCHEMA });
        }
    }
}

pub(crate) async fn no_such_path(admitted: ReqData<Admitted>) -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::NotFound, admitted.request_id))
}

async fn not_supported(admitted: ReqData<Admitted>, route: Route) -> Result<HttpResponse, Problem> {
    if admitted.caller.may_call(route) {
        Err(Problem::not_supported(route.operation(), admitted.request_id))
    } else {
        Err(Problem::new(Code::Forbidden, admitted.request_id))
    }
}

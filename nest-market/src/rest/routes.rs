//! The table of routes: what is mounted and what is described are the same lines.

use actix_web::Route;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

use super::caller::guard;
use super::{accounts, events, health, money, operators, pins, push, queries, requests, sources};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Everybody.
    Open,
    /// Any account, by the token of its session.
    Account,
    /// People.
    Person,
    /// Processors.
    Processor,
    /// Operators.
    Operator,
    /// Programs that push readings, by their own token.
    PushToken,
}

/// One route, as it is described.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RouteInfo {
    /// The method.
    pub method: &'static str,
    /// The path below `/market/v1`, with its parts in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What it does.
    pub summary: &'static str,
    /// The fields of its JSON body: names, and whether they are needed. None where it takes no JSON.
    pub body: &'static [(&'static str, bool)],
    /// The status of an answer that succeeded.
    pub status: u16,
    mount: fn() -> Route,
}

macro_rules! routes {
    ($($method:ident $path:literal $access:ident $status:literal $summary:literal [$($field:ident $(? $optional:tt)?),*] => $handler:path;)*) => {
        const ROUTES: &[RouteInfo] = &[$(RouteInfo {
            method: stringify!($method),
            path: $path,
            access: Access::$access,
            summary: $summary,
            body: &[$((stringify!($field), true $(&& $optional)?)),*],
            status: $status,
            mount: || routes!(@ $method $handler),
        }),*];
    };
    (@ GET $handler:path) => { web::get().to($handler) };
    (@ POST $handler:path) => { web::post().to($handler) };
    (@ PUT $handler:path) => { web::put().to($handler) };
    (@ PATCH $handler:path) => { web::patch().to($handler) };
    (@ DELETE $handler:path) => { web::delete().to($handler) };
}

routes! {
    POST "/accounts" Open 201 "Makes an account of a person or a processor." [role, name, password, organisation?false, display?false] => accounts::register;
    POST "/sessions" Open 201 "Logs in." [name, password] => accounts::log_in;
    DELETE "/sessions" Account 204 "Logs out." [] => accounts::log_out;
    GET "/me" Account 200 "What the account says of itself." [] => accounts::me;
    PATCH "/me" Account 200 "Changes what the account says of itself, or its password." [display?false, website?false, old_password?false, new_password?false] => accounts::change;
    DELETE "/me" Account 200 "Closes the account: data are erased, agreements are void." [password, give_up_money?false] => accounts::close;
    GET "/sources" Open 200 "The catalogue." [] => sources::list;
    POST "/sources" Operator 201 "Adds a source by its manifest." [manifest, steady?false] => operators::add_source;
    GET "/sources/{source}" Open 200 "One source of the catalogue." [] => sources::get;
    GET "/me/sources" Person 200 "The person's sources." [] => sources::mine;
    PUT "/me/sources/{source}" Person 201 "Adds a source, or replaces its push token." [] => sources::begin;
    GET "/me/sources/{source}" Person 200 "Settings, levels and sensors of a source." [] => sources::one;
    DELETE "/me/sources/{source}" Person 204 "Removes a source with all its readings." [] => sources::remove;
    POST "/me/sources/{source}/token" Person 201 "Replaces the push token." [] => sources::rotate;
    PUT "/me/sources/{source}/granularity" Person 204 "Sets how finely readings are kept, in milliseconds." [granularity, accept_base_only?false] => sources::settings;
    PUT "/me/sources/{source}/levels" Person 204 "Sets the level of attributes, by their names." [] => sources::levels;
    PUT "/me/sources/{source}/attributes/{attribute}" Person 204 "Says which sensor an attribute is." [sensor, unit?false] => sources::map;
    PUT "/me/levels" Person 204 "Sets everything to one level." [level] => sources::set_all;
    GET "/me/defaults" Person 200 "The levels at which what is new begins." [] => sources::defaults;
    PUT "/me/defaults" Person 200 "Sets the levels at which what is new begins, by logical type." [] => sources::set_defaults;
    GET "/me/wizard" Person 200 "The questions of the wizard." [] => sources::questions;
    POST "/me/wizard" Person 200 "The answers to the wizard, by logical type." [] => sources::answers;
    GET "/me/rules" Person 200 "The standing rules." [] => requests::rules;
    PUT "/me/rules" Person 204 "Replaces the standing rules." [] => requests::set_rules;
    GET "/me/data/{source}" Person 200 "The person's own readings." [] => sources::read;
    DELETE "/me/data/{source}" Person 200 "Deletes the person's readings of a source." [] => sources::erase;
    POST "/push/{source}" PushToken 200 "Takes readings in SenML." [] => push::single;
    POST "/push/{source}/bulk" PushToken 200 "Takes many readings in SenML." [] => push::bulk;
    POST "/queries/check" Processor 200 "Checks a query, and quotes what it would cost. Nothing is charged." [query, relaxed?false, terms?false] => queries::check;
    POST "/queries" Processor 201 "Offers a query. An Idempotency-Key makes it one offer." [query, terms, relaxed?false] => queries::offer;
    GET "/queries" Processor 200 "The processor's offers." [] => queries::list;
    GET "/queries/{query}" Processor 200 "One offer." [] => queries::get;
    DELETE "/queries/{query}" Processor 204 "Withdraws an offer that is not being evaluated yet." [] => queries::withdraw;
    POST "/queries/{query}/fund" Processor 200 "Pays for an offer, once." [] => queries::fund;
    GET "/queries/{query}/result" Processor 200 "The result, for ever the same." [] => queries::result;
    POST "/queries/{query}/receipt" Operator 204 "A payment for an offer has arrived from outside." [receipt, amount] => operators::receipt;
    GET "/me/requests" Person 200 "What the person was asked." [] => requests::list;
    GET "/me/requests/{query}" Person 200 "One request, with the words and the person's decisions." [] => requests::get;
    PUT "/me/requests/{query}/decision" Person 200 "Agrees, refuses or withdraws." [terms_hash, decision] => requests::decide;
    POST "/pin-queries" Processor 201 "Asks a question in person, and gets its PIN." [query, goal, interval] => pins::create;
    GET "/pin-queries/{query}" Processor 200 "A question in person, with its answer." [] => pins::get;
    GET "/me/pins/{pin}" Person 200 "Exactly what would leave." [] => pins::enter;
    PUT "/me/pins/{pin}/consent" Person 204 "Lets leave what was shown, or refuses." [decision, terms_hash?false, leaves?false] => pins::decide;
    GET "/me/ledger" Account 200 "What is due, on its way and paid; or the balance of a processor." [] => money::mine;
    GET "/me/budget" Person 200 "What is left of the person's privacy budget." [] => money::budget;
    POST "/me/payouts" Person 204 "Asks to be paid with the next batch." [] => money::ask_payout;
    GET "/ledger" Operator 200 "Whether the books are right." [] => operators::ledger;
    GET "/payouts" Operator 200 "Batches of payouts that are not settled." [] => operators::payouts;
    POST "/payouts/{batch}/approval" Operator 200 "Approves the lines of a batch." [digest] => operators::approve;
    POST "/payouts/{batch}/receipt" Operator 200 "What the bank says about a batch." [receipt, arrived] => operators::settle;
    GET "/events" Account 200 "Notices as they happen, as server-sent events." [] => events::events;
    GET "/health" Open 200 "That it runs." [] => health::health;
    GET "/ready" Open 200 "Whether it could work." [] => health::ready;
    GET "/metrics" Operator 200 "What can be counted, for Prometheus." [] => health::metrics;
    GET "/openapi.json" Open 200 "This description." [] => health::openapi;
}

/// All routes.
pub fn routes() -> &'static [RouteInfo] {
    ROUTES
}

/// Mounts every route. Those of one path are one resource, so that a wrong method is 405.
pub(super) fn mount(cfg: &mut ServiceConfig) {
    let mut paths: Vec<&'static str> = Vec::new();
    for route in ROUTES {
        if !paths.contains(&route.path) {
            paths.push(route.path);
        }
    }
    for path in paths {
        let mut resource = web::resource(path);
        for route in ROUTES.iter().filter(|route| route.path == path) {
            resource = resource.route((route.mount)());
        }
        cfg.service(resource.wrap(from_fn(move |request, next| guard(path, request, next))));
    }
}

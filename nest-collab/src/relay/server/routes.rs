//! The routes of a relay.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::audit::{Audit, Line};
use super::caller::{Caller, Callers, token};
use super::config::RelayOrganization;
use super::keeper::Keeper;
use super::limits::Rates;
use super::metrics::Metrics;
use super::openapi::OPENAPI;
use super::problem::Refusal;
use crate::directory::EntryHash;
use crate::envelope::{CollabId, Envelope, RunId, SizeClass};
use crate::identity::{KeyStatement, OrgId, OrgName, RunName};
use crate::relay::{Collaboration, MailItem, Mailbox, NewOrganization, Outcome, RunRecord, RunState};

/// The most bytes of a body: an envelope of the largest class to sixteen keys.
pub(super) const MOST_BYTES: usize = SizeClass::LARGEST.bytes() + 4096;

/// The longest that a caller may wait for a message, in seconds.
const LONGEST_WAIT: u64 = 30;

/// What all workers of a relay share.
pub(super) struct Shared {
    pub(super) keeper: Keeper,
    pub(super) callers: Callers,
    pub(super) rates: Rates,
    pub(super) audit: Audit,
    pub(super) metrics: Metrics,
    pub(super) operator: Option<EntryHash>,
    pub(super) news: News,
}

type Data = web::Data<Shared>;
type Answer = Result<HttpResponse, Refusal>;

/// Wakes the callers that wait for a message.
#[derive(Default)]
pub(super) struct News(Mutex<HashMap<OrgId, Arc<Notify>>>);

impl News {
    fn of(&self, org: OrgId) -> Arc<Notify> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(org).or_default().clone()
    }

    fn wake_all(&self) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.values().for_each(|notify| notify.notify_waiters());
    }
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(MOST_BYTES))
        .route("/health", web::get().to(|| async { HttpResponse::Ok().body("ok\n") }))
        .route("/ready", web::get().to(ready))
        .route("/metrics", web::get().to(metrics))
        .route("/openapi.json", web::get().to(openapi))
        .route("/relay/v1/organizations", web::get().to(organizations))
        .route("/relay/v1/organizations", web::post().to(admit))
        .route("/relay/v1/organizations/{org}/keys", web::get().to(keys))
        .route("/relay/v1/organizations/{org}/keys", web::put().to(publish))
        .route("/relay/v1/directory", web::get().to(directory))
        .route("/relay/v1/collaborations", web::post().to(collaborate))
        .route("/relay/v1/runs", web::get().to(open_runs))
        .route("/relay/v1/runs", web::post().to(start))
        .route("/relay/v1/runs/{run}", web::get().to(run))
        .route("/relay/v1/runs/{run}/cancel", web::post().to(end))
        .route("/relay/v1/runs/{run}/messages", web::post().to(post))
        .route("/relay/v1/mailbox", web::get().to(mailbox))
        .route("/relay/v1/mailbox/{id}", web::delete().to(forget))
        .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::not_found()) }));
}

impl Shared {
    async fn caller(&self, request: &HttpRequest) -> Result<Caller, Refusal> {
        let caller = self.callers.find(&self.keeper.database, token(request)?).await?;
        let Some(caller) = caller else {
            Metrics::add(&self.metrics.refused, 1);
            return Err(Refusal::new(401, "token_unknown", "no organisation has this token"));
        };
        Metrics::add(&self.metrics.requests, 1);
        if !self.rates.count(&caller.name) {
            Metrics::add(&self.metrics.refused, 1);
            return Err(Refusal::new(429, "too_many_requests", "too many requests in this minute"));
        }
        Ok(caller)
    }

    /// Writes the line of a change, whatever its outcome.
    fn noted<T>(
        &self,
        caller: &Caller,
        action: &'static str,
        run: Option<RunId>,
        step: Option<u16>,
        outcome: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let said = outcome.as_ref().map_or_else(Refusal::code, |_| "ok");
        if outcome.is_err() {
            Metrics::add(&self.metrics.refused, 1);
        }
        let line = Line { org: &caller.name, action, run, step, outcome: said };
        match self.audit.note(&line) {
            Ok(()) => outcome,
            Err(_) => Err(Refusal::new(503, "audit", "the relay cannot write its audit file")),
        }
    }
}

fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    // The error of serde may quote the body.
    serde_json::from_slice(bytes)
        .map_err(|_| Refusal::new(422, "body", "the body is not what this route takes"))
}

fn path<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}

fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Refusal> {
    let query = web::Query::<T>::from_query(request.query_string());
    query
        .map(web::Query::into_inner)
        .map_err(|_| Refusal::new(422, "query", "the query is not what this route takes"))
}

async fn ready(shared: Data) -> Answer {
    shared.keeper.database.query("SELECT 1", &[]).await?;
    Ok(HttpResponse::Ok().body("ready\n"))
}

async fn metrics(shared: Data) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(shared.metrics.text())
}

async fn openapi() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(OPENAPI)
}

async fn organizations(shared: Data, request: HttpRequest) -> Answer {
    shared.caller(&request).await?;
    Ok(HttpResponse::Ok().json(shared.keeper.organizations().await?))
}

async fn admit(shared: Data, request: HttpRequest, bytes: web::Bytes) -> Answer {
    let sent = token(&request)?;
    if shared.operator.is_none_or(|operator| operator.0 != sent) {
        return Err(Refusal::new(403, "operator_only", "the operator of the relay admits organisations"));
    }
    let new: NewOrganization = body(&bytes)?;
    let org = RelayOrganization { identity: new.identity, token_sha256: new.token_sha256 };
    shared.keeper.admit(&new.name, &org).await?;
    Ok(HttpResponse::Created().finish())
}

async fn keys(shared: Data, request: HttpRequest, org: web::Path<String>) -> Answer {
    shared.caller(&request).await?;
    Ok(HttpResponse::Ok().json(shared.keeper.keys(&path(&org)?).await?))
}

async fn publish(shared: Data, request: HttpRequest, org: web::Path<String>, bytes: web::Bytes) -> Answer {
    let caller = shared.caller(&request).await?;
    let statement: KeyStatement = body(&bytes)?;
    let published = if path::<OrgName>(&org)? == caller.name {
        shared.keeper.publish(&caller, statement).await
    } else {
        Err(Refusal::new(403, "other_org", "an organisation publishes its own keys only"))
    };
    let head = shared.noted(&caller, "publish_key", None, None, published)?;
    Ok(HttpResponse::Ok().json(head))
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

async fn directory(shared: Data, request: HttpRequest) -> Answer {
    shared.caller(&request).await?;
    let After { after } = query(&request)?;
    Ok(HttpResponse::Ok().json(shared.keeper.directory(after).await?))
}

async fn collaborate(shared: Data, request: HttpRequest, bytes: web::Bytes) -> Answer {
    let caller = shared.caller(&request).await?;
    let new: Collaboration = body(&bytes)?;
    let made = shared.keeper.collaborate(&caller, &new).await;
    shared.noted(&caller, "collaborate", None, None, made)?;
    Ok(HttpResponse::Created().finish())
}

async fn start(shared: Data, request: HttpRequest, bytes: web::Bytes) -> Answer {
    let caller = shared.caller(&request).await?;
    let new: RunRecord = body(&bytes)?;
    let started = shared.keeper.start(&caller, &new).await;
    shared.noted(&caller, "start_run", Some(new.id), None, started)?;
    Ok(HttpResponse::Created().finish())
}

#[derive(Deserialize)]
struct Named {
    collab: CollabId,
    #[serde(default)]
    name: Option<RunName>,
}

async fn open_runs(shared: Data, request: HttpRequest) -> Answer {
    let caller = shared.caller(&request).await?;
    let Named { collab, name } = query(&request)?;
    Ok(HttpResponse::Ok().json(shared.keeper.open_runs(&caller, collab, name.as_ref()).await?))
}

async fn run(shared: Data, request: HttpRequest, run: web::Path<String>) -> Answer {
    let caller = shared.caller(&request).await?;
    Ok(HttpResponse::Ok().json(shared.keeper.run(&caller, path(&run)?).await?))
}

async fn end(shared: Data, request: HttpRequest, run: web::Path<String>, bytes: web::Bytes) -> Answer {
    let caller = shared.caller(&request).await?;
    let (run, outcome): (RunId, Outcome) = (path(&run)?, body(&bytes)?);
    let ended = shared.keeper.end(&caller, run, outcome).await;
    let record = shared.noted(&caller, "end_run", Some(run), Some(outcome.step), ended)?;
    shared.news.wake_all();
    Ok(HttpResponse::Ok().json(record))
}

async fn post(shared: Data, request: HttpRequest, run: web::Path<String>, bytes: web::Bytes) -> Answer {
    let caller = shared.caller(&request).await?;
    let run: RunId = path(&run)?;
    let no_envelope = |_| Refusal::new(422, "no_envelope", "the body is no envelope: nothing of it was kept");
    let read = Envelope::read(&bytes).map_err(no_envelope).and_then(|(header, envelope)| {
        if header.sender != caller.id || !envelope.is_signed_by(&caller.identity) {
            return Err(Refusal::new(422, "not_signed", "the envelope is not signed by the caller"));
        }
        if header.run != run {
            return Err(Refusal::new(422, "other_run", "the envelope is of another run"));
        }
        Ok(header)
    });
    let step = read.as_ref().ok().map(|header| header.step);
    let kept = match read {
        Ok(header) => {
            let kept = shared.keeper.keep(&caller, &header, bytes.to_vec()).await;
            kept.map(|new| (header, new))
        }
        Err(refusal) => Err(refusal),
    };
    let (header, new) = shared.noted(&caller, "post", Some(run), step, kept)?;
    if new {
        Metrics::add(&shared.metrics.messages, 1);
        Metrics::add(&shared.metrics.message_bytes, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        shared.news.of(header.receiver).notify_waiters();
    }
    Ok(HttpResponse::Accepted().finish())
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    run: Option<RunId>,
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait: u64,
}

async fn mailbox(shared: Data, request: HttpRequest) -> Answer {
    let caller = shared.caller(&request).await?;
    let wanted: Wanted = query(&request)?;
    let until = Instant::now() + Duration::from_secs(wanted.wait.min(LONGEST_WAIT));
    let news = shared.news.of(caller.id);
    loop {
        let woken = news.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let run = match wanted.run {
            Some(run) => Some(shared.keeper.run(&caller, run).await?),
            None => None,
        };
        let mail = shared.keeper.mail(&caller, wanted.run, wanted.after).await?;
        let ended = run.as_ref().is_some_and(|run| run.state != RunState::Open);
        if !mail.is_empty() || ended || Instant::now() >= until {
            let item = |(id, envelope): (u64, Vec<u8>)| MailItem { id, envelope: STANDARD.encode(envelope) };
            return Ok(
                HttpResponse::Ok().json(Mailbox { messages: mail.into_iter().map(item).collect(), run })
            );
        }
        shared.metrics.waiting.fetch_add(1, Ordering::Relaxed);
        // Another process of this relay may have kept a message: look again after a second.
        let pause = tokio::time::sleep_until(until.min(Instant::now() + Duration::from_secs(1)));
        tokio::select! { () = woken => {}, () = pause => {} }
        shared.metrics.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn forget(shared: Data, request: HttpRequest, id: web::Path<String>) -> Answer {
    let caller = shared.caller(&request).await?;
    if shared.keeper.forget(&caller, path(&id)?).await? {
        Metrics::add(&shared.metrics.taken, 1);
    }
    Ok(HttpResponse::NoContent().finish())
}

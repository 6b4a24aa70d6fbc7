//! The HTTP side of an operation: who may, what is read, and how an answer or a refusal leaves.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use nest_core::Transcryption;
use nest_source::call::Deadline;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

use crate::operation::{IDEMPOTENCY_KEY, Route};
use crate::problem::{Code, Problem};
use crate::server::api::Api;
use crate::server::guard::Admitted;
use crate::server::ledger::{self, Ledger};
use crate::server::work::{Errand, Work};
use crate::wire::message::Form;
use crate::{DataSource, IdempotencyKey};

/// How long a request waits for its turn before it is refused. Until then nothing of its body is read.
const QUEUE_TIME: Duration = Duration::from_secs(2);

/// A request that may be answered: its body, and its place among those that are answered at once.
pub(crate) struct Received {
    pub(crate) body: Bytes,
    /// How the body is written, and the answer will be.
    form: Form,
    /// By which a repetition is known, of what writes.
    pub(crate) key: Option<IdempotencyKey>,
    place: OwnedSemaphorePermit,
}

impl<S: DataSource, T: Transcryption + 'static> Api<S, T> {
    /// Answers a whole request on its route.
    pub(crate) async fn answer(
        self: Arc<Self>,
        route: Route,
        admitted: Admitted,
        request: &HttpRequest,
        body: Payload,
        errand: impl Errand<S, T>,
    ) -> Result<HttpResponse, Problem> {
        let deadline = Deadline::after(self.limits.request_time);
        let received = if admitted.caller.may_call(route) {
            self.receive(route.operation().writes(), request, body, deadline).await
        } else {
            Err(Code::Forbidden)
        };
        self.carry_out(route, admitted, deadline, received, errand).await
    }

    /// Answers what was received, and keeps of it what is kept of every request.
    ///
    /// The work is carried through even if the caller goes away: the source may be writing.
    pub(crate) async fn carry_out(
        self: Arc<Self>,
        route: Route,
        admitted: Admitted,
        deadline: Deadline,
        received: Result<Received, Code>,
        errand: impl Errand<S, T>,
    ) -> Result<HttpResponse, Problem> {
        let request_id = admitted.request_id;
        let span = tracing::info_span!(
            "request",
            %request_id,
            caller = admitted.caller.name(),
            operation = route.operation().as_str(),
            subject = route.subject(),
        );
        let task = async move {
            // The place among those that are answered at once is given back when the line is written: whoever
            // waits for all of them to end, waits for the log as well.
            let (received, _place) = match received {
                Ok(Received { body, form, key, place }) => (Ok((body, form, key)), Some(place)),
                Err(code) => (Err(code), None),
            };
            let refusal = received.is_err().then(|| self.refusals.try_acquire());
            let audit = self.audit.as_ref().filter(|_| !matches!(refusal, Some(Err(_))));
            let mut ledger = Ledger::open(audit, &self.metrics, route, &admitted).await?;
            let answered = async {
                let (body, form, key) = received?;
                let work = Work { api: &*self, route, admitted: &admitted, deadline, form };
                errand.run(&work, body, key, &mut ledger).await
            };
            let answered = answered.await;
            let outcome = match &answered {
                Ok(answer) if answer.repeated => ledger::REPEATED,
                Ok(_) => ledger::OK,
                Err(code) => code.as_str(),
            };
            ledger.close(outcome).await?;
            answered
        };
        match tokio::spawn(task.instrument(span)).await.unwrap_or(Err(Code::Internal)) {
            Ok(answer) => Ok(HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "no-store"))
                .content_type(answer.form.content_type())
                .body(answer.body)),
            Err(code) => Err(Problem::new(code, request_id)),
        }
    }

    /// Takes in a request of somebody who may call; `keyed` says whether it may bring an idempotency key.
    pub(crate) async fn receive(
        &self,
        keyed: bool,
        request: &HttpRequest,
        body: Payload,
        deadline: Deadline,
    ) -> Result<Received, Code> {
        let form = Form::of(request.content_type()).ok_or(Code::UnsupportedMediaType)?;
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|len| len.to_str().ok()?.parse().ok());
        if announced.is_some_and(|len: usize| len > self.limits.body_bytes) {
            return Err(Code::BodyTooLarge);
        }
        let key = match request.headers().get(IDEMPOTENCY_KEY).filter(|_| keyed) {
            Some(key) => {
                Some(key.to_str().ok().and_then(IdempotencyKey::parse).ok_or(Code::InvalidIdempotencyKey)?)
            }
            None => None,
        };
        let place = tokio::time::timeout(QUEUE_TIME, Arc::clone(&self.places).acquire_owned());
        let place = place.await.map_err(|_| Code::Overloaded)?.map_err(|_| Code::ShuttingDown)?;
        let wait = deadline.left().min(self.limits.body_time);
        let body = tokio::time::timeout(wait, body.to_bytes_limited(self.limits.body_bytes));
        let body = body.await.map_err(|_| Code::RequestTimeout)?.map_err(|_| Code::BodyTooLarge)?;
        Ok(Received { body: body.map_err(|_| Code::IncompleteBody)?, form, key, place })
    }
}

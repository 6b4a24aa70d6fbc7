//! The HTTP side of an operation: who may, what is read, and how an answer or a refusal leaves.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use nest_core::Transcryption;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

use crate::api::Api;
use crate::context::Deadline;
use crate::guard::Admitted;
use crate::idempotency::IdempotencyKey;
use crate::item::{Item, Response};
use crate::ledger::{self, Ledger};
use crate::message::Form;
use crate::operation::{IDEMPOTENCY_KEY, Route};
use crate::problem::{Code, Problem};
use crate::work::Work;
use crate::{Context, DataSource, RecordError};

/// How long a request waits for its turn before it is refused. Until then nothing of its body is read.
const QUEUE_TIME: Duration = Duration::from_secs(2);

/// A request that may be answered.
struct Received {
    body: Bytes,
    /// How the body is written, and the answer will be.
    form: Form,
    /// By which a repetition is known, of what writes.
    key: Option<IdempotencyKey>,
}

impl<S: DataSource, T: Transcryption + 'static> Api<S, T> {
    /// Answers a whole request; `call` gives all inputs to the source, and returns one result for each.
    ///
    /// The work is carried through even if the caller goes away: the source may be writing.
    pub(crate) async fn answer<I, O, F, Fut>(
        self: Arc<Self>,
        route: Route,
        admitted: Admitted,
        request: &HttpRequest,
        body: Payload,
        call: F,
    ) -> Result<HttpResponse, Problem>
    where
        I: Item,
        O: Response,
        F: FnOnce(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static,
    {
        let request_id = admitted.request_id;
        let span = tracing::info_span!(
            "request",
            %request_id,
            caller = admitted.caller.name(),
            operation = route.operation().as_str(),
            subject = route.subject(),
        );
        let deadline = Deadline::after(self.limits.request_time);
        let received = self.receive(route, &admitted, request, body, deadline).await;
        let task = async move {
            // The place among those that are answered at once is given back when the line is written: whoever
            // waits for all of them to end, waits for the log as well.
            let (received, _place) =
                received.map_or_else(|code| (Err(code), None), |(r, p)| (Ok(r), Some(p)));
            let mut ledger = Ledger::open(self.audit.as_ref(), &self.metrics, route, &admitted).await?;
            let answered = async {
                let Received { body, form, key } = received?;
                let work = Work { api: &*self, route, admitted: &admitted, deadline, form };
                work.carry_through::<I, O, F, Fut>(body, key, call, &mut ledger).await
            };
            let answered = answered.await;
            let outcome = match &answered {
                Ok(answer) if answer.repeated => ledger::REPEATED,
                Ok(_) => ledger::OK,
                Err(code) => code.as_str(),
            };
            ledger.close(outcome).await?;
            answered.map(|answer| answer.body)
        };
        match tokio::spawn(task.instrument(span)).await.unwrap_or(Err(Code::Internal)) {
            // In the form of the request: it was read, so its content type is one of ours.
            Ok(body) => Ok(HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "no-store"))
                .content_type(request.content_type())
                .body(body)),
            Err(code) => Err(Problem::new(code, request_id)),
        }
    }

    async fn receive(
        &self,
        route: Route,
        admitted: &Admitted,
        request: &HttpRequest,
        body: Payload,
        deadline: Deadline,
    ) -> Result<(Received, OwnedSemaphorePermit), Code> {
        if !admitted.caller.may_call(route) {
            return Err(Code::Forbidden);
        }
        let form = Form::of(request.content_type()).ok_or(Code::UnsupportedMediaType)?;
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|len| len.to_str().ok()?.parse().ok());
        if announced.is_some_and(|len: usize| len > self.limits.body_bytes) {
            return Err(Code::BodyTooLarge);
        }
        let key = match request.headers().get(IDEMPOTENCY_KEY).filter(|_| route.operation().writes()) {
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
        Ok((Received { body: body.map_err(|_| Code::IncompleteBody)?, form, key }, place))
    }
}

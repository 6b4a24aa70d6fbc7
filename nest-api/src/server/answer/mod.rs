//! The HTTP side of an operation: who may, what is read, and how an answer or a refusal leaves.

mod answer_body;

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use nest_core::Transcryption;
use nest_source::call::Deadline;
use tracing::Instrument;

use answer_body::AnswerBody;

use crate::operation::{IDEMPOTENCY_KEY, Operation, Route};
use crate::problem::{Code, Problem};
use crate::server::api::Api;
use crate::server::connection::{AtWork, SeatRef};
use crate::server::receive::body;
use crate::server::receive::guard::Admitted;
use crate::server::receive::memory::Charge;
use crate::server::receive::shares::Place;
use crate::server::work::request_log::{self, RequestLog};
use crate::server::work::{Errand, Work};
use crate::wire::message::Form;
use crate::{DataSource, IdempotencyKey};

/// Which door a request comes through.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Through {
    /// The API's own, on the route of this operation.
    Api(Operation),
    /// The upstream door, where records are JSON of any shape.
    Upstream,
}

impl Through {
    /// Whether a request may bring an idempotency key.
    fn is_keyed(self) -> bool {
        matches!(self, Through::Api(operation) if operation.writes())
    }

    /// How many bytes are counted for each of the body: JSON of any shape takes more memory once it is read.
    fn cost(self) -> usize {
        match self {
            Through::Api(_) => 1,
            Through::Upstream => 2,
        }
    }
}

/// A request that may be answered: its body, and its place among those that are answered at once.
pub(crate) struct Received {
    pub(crate) body: Bytes,
    /// How the body is written, and the answer will be.
    form: Form,
    /// By which a repetition is known, of what writes.
    pub(crate) key: Option<IdempotencyKey>,
    place: Place,
    /// The bytes of the request, and then of its answer.
    charge: Charge,
    /// Keeps the connection from being idle until the answer is sent.
    at_work: Option<AtWork>,
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
            self.receive(&admitted, Through::Api(route.operation()), request, body, deadline).await
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
                Ok(Received { body, form, key, place, charge, at_work }) => {
                    (Ok((body, form, key, charge, at_work)), Some(place))
                }
                Err(code) => (Err(code), None),
            };
            let refusal = received.is_err().then(|| self.refusals.try_acquire());
            let audit = self.audit.as_ref().filter(|_| !matches!(refusal, Some(Err(_))));
            let mut log = RequestLog::open(audit, &self.metrics, route, &admitted).await?;
            let answered = async {
                let (body, form, key, charge, at_work) = received?;
                let work = Work { api: &*self, route, admitted: &admitted, deadline, form };
                let answer = errand.run(&work, body, key, &mut log).await?;
                Ok((answer, charge, at_work))
            };
            let answered: Result<_, Code> = answered.await;
            let outcome = match &answered {
                Ok((answer, ..)) if answer.repeated => request_log::REPEATED,
                Ok(_) => request_log::OK,
                Err(code) => code.as_str(),
            };
            log.close(outcome).await?;
            answered
        };
        match tokio::spawn(task.instrument(span)).await.unwrap_or(Err(Code::Internal)) {
            Ok((answer, charge, at_work)) => Ok(HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "no-store"))
                .content_type(answer.form.content_type())
                .body(AnswerBody::new(answer.body, charge, at_work))),
            Err(code) => Err(Problem::new(code, request_id)),
        }
    }

    /// Takes in a request of somebody who may call.
    ///
    /// What is refused for its head is refused before anything of its body is read. The place among those that are
    /// answered at once is taken when all of it is there.
    pub(crate) async fn receive(
        &self,
        admitted: &Admitted,
        through: Through,
        request: &HttpRequest,
        body: Payload,
        deadline: Deadline,
    ) -> Result<Received, Code> {
        let form = Form::of(request.content_type()).ok_or(Code::UnsupportedMediaType)?;
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|len| len.to_str().ok()?.parse().ok());
        let most = self.limits.body_bytes;
        if announced.is_some_and(|len: usize| len > most) {
            return Err(Code::BodyTooLarge);
        }
        let key = match request.headers().get(IDEMPOTENCY_KEY).filter(|_| through.is_keyed()) {
            Some(key) => {
                Some(key.to_str().ok().and_then(IdempotencyKey::parse).ok_or(Code::InvalidIdempotencyKey)?)
            }
            None => None,
        };
        let (caller, others) = (admitted.caller.shared_name(), self.callers.are_several());
        let arriving = self.shares.arrive(&caller).await?;
        let cost = through.cost();
        let mut charge = self.memory.charge(&caller, announced.unwrap_or(0) * cost, others).await?;
        let time = deadline.left().min(self.limits.body_time);
        let body = body::read(body, announced, most, cost, time, &mut charge).await?;
        let place = self.shares.take(arriving, body.len(), others).await?;
        let at_work = request.conn_data::<SeatRef>().map(SeatRef::work);
        Ok(Received { body, form, key, place, charge, at_work })
    }
}

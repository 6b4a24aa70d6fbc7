//! A request that was taken in: its body, and its place among those that are answered at once.

use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage as _, HttpRequest};
use nest_core::Transcryption;
use nest_source::call::Deadline;

use super::body;
use super::guard::Admitted;
use crate::operation::{IDEMPOTENCY_KEY, Operation};
use crate::problem::Code;
use crate::server::api::Api;
use crate::server::connection::{AtWork, SeatRef};
use crate::server::quota::memory::Charge;
use crate::server::quota::shares::Place;
use crate::wire::message::Form;
use crate::{DataSource, IdempotencyKey};

/// The protocol that a request comes in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Through {
    /// The API's own, on the route of this operation.
    Api(Operation),
    /// Another protocol, in which records are JSON of any shape.
    Protocol,
}

impl Through {
    /// Whether a request may bring an idempotency key.
    fn is_keyed(self) -> bool {
        matches!(self, Through::Api(operation) if operation.writes())
    }

    /// How many bytes are counted for each byte of the body. JSON of any shape takes more memory once it is read.
    fn cost(self) -> usize {
        match self {
            Through::Api(_) => 1,
            Through::Protocol => 2,
        }
    }
}

/// A request that may be answered: its body, and its place.
pub(crate) struct Received {
    pub(crate) body: Bytes,
    /// The form of the body, and of the answer.
    pub(crate) form: Form,
    /// The key of a request that writes. A repetition has the same one.
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) place: Place,
    /// Counts the bytes of the request, and then of its answer.
    pub(crate) charge: Charge,
    /// Keeps the connection from being idle until the answer is sent.
    pub(crate) at_work: Option<AtWork>,
}

impl<S: DataSource, T: Transcryption + 'static> Api<S, T> {
    /// Takes in a request of a caller.
    ///
    /// A request with a wrong head is refused before its body is read. It takes its place when the whole body is
    /// there.
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

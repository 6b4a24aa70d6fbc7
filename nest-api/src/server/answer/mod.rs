//! Answering a request that was taken in: the work, its line in the log, and how an answer or a refusal leaves.

mod answer_body;

use std::sync::Arc;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use nest_core::Transcryption;
use nest_source::call::Deadline;
use tracing::Instrument;

use answer_body::AnswerBody;

use crate::DataSource;
use crate::operation::Route;
use crate::problem::{Code, Problem};
use crate::server::api::Api;
use crate::server::receive::guard::Admitted;
use crate::server::receive::received::{Received, Through};
use crate::server::work::request_log::{self, RequestLog};
use crate::server::work::{RequestHandler, Work};

impl<S: DataSource, T: Transcryption + 'static> Api<S, T> {
    /// Answers a whole request on its route.
    pub(crate) async fn answer(
        self: Arc<Self>,
        route: Route,
        admitted: Admitted,
        request: &HttpRequest,
        body: Payload,
        handler: impl RequestHandler<S, T>,
    ) -> Result<HttpResponse, Problem> {
        let deadline = Deadline::after(self.limits.request_time);
        let received = if admitted.caller.may_call(route) {
            self.receive(&admitted, Through::Api(route.operation()), request, body, deadline).await
        } else {
            Err(Code::Forbidden)
        };
        self.carry_out(route, admitted, deadline, received, handler).await
    }

    /// Answers a request that was received, and logs it.
    ///
    /// The work goes on even if the caller goes away, because the source may be writing.
    pub(crate) async fn carry_out(
        self: Arc<Self>,
        route: Route,
        admitted: Admitted,
        deadline: Deadline,
        received: Result<Received, Code>,
        handler: impl RequestHandler<S, T>,
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
            // The place is given back when the line is written. A server that stops waits for all places, and so for
            // the log.
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
                let answer = handler.run(&work, body, key, &mut log).await?;
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
}

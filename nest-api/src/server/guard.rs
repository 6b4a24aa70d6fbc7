//! The one guard before every route: a request id, and a caller who has shown a token.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError};
use actix_web_httpauth::extractors::bearer::BearerAuth;

use crate::RequestId;
use crate::operation::UNKNOWN;
use crate::problem::{Code, Problem};
use crate::server::api::Api;
use crate::server::caller::Caller;

/// The header of every answer that carries the request's id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Who calls, for the handlers behind the guard.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    pub(crate) caller: Arc<Caller>,
    pub(crate) request_id: RequestId,
}

/// Lets a request pass that carries the token of a caller. It comes before routing, so that paths which do
/// not exist are no different from those that do to whoever may not call.
pub(crate) async fn guard<S, T>(
    api: Arc<Api<S, T>>,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (request_id, begun) = (RequestId::random(), Instant::now());
    let credentials = request.extract::<BearerAuth>().await.ok();
    let caller = credentials.and_then(|credentials| api.callers.identify(credentials.token()));
    let mut response = match caller {
        Some(caller) => {
            request.extensions_mut().insert(Admitted { caller, request_id });
            next.call(request).await?
        }
        None => {
            let code = Code::Unauthorized.as_str();
            api.metrics.request(UNKNOWN, UNKNOWN, code, 0, 0, begun.elapsed().as_secs_f64());
            let problem = Problem::new(Code::Unauthorized, request_id);
            request.into_response(problem.error_response())
        }
    };
    if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

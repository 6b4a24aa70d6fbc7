//! The guard before every route. It gives a request its id, and finds its caller by the token.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, UPGRADE,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError};

use crate::RequestId;
use crate::operation::{IDEMPOTENCY_KEY, UNKNOWN};
use crate::problem::{Code, Problem};
use crate::server::api::Api;
use crate::server::callers::caller::Caller;
use crate::server::connection::SeatRef;

/// The header of every answer that carries the request's id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The caller and the id of a request, for the handlers behind the guard.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    pub(crate) caller: Arc<Caller>,
    pub(crate) request_id: RequestId,
}

/// Lets a request pass that carries the token of a caller. It comes before routing. Without a token, a path that
/// exists looks like one that does not.
pub(crate) async fn guard<S, T>(
    api: Arc<Api<S, T>>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (request_id, begun) = (RequestId::random(), Instant::now());
    // Within another application, connections are not counted here.
    let seat = request.conn_data::<SeatRef>().cloned();
    let at_work = seat.as_ref().map(SeatRef::work);
    let admitted = admit(&api, request.headers());
    let mut response = match admitted {
        Ok(caller) => {
            if let Some(seat) = &seat {
                seat.known();
            }
            request.extensions_mut().insert(Admitted { caller, request_id });
            next.call(request).await?
        }
        Err(code) => {
            api.metrics.request(UNKNOWN, UNKNOWN, code.as_str(), 0, 0, begun.elapsed().as_secs_f64());
            let problem = Problem::new(code, request_id);
            request.into_response(problem.error_response())
        }
    };
    drop(at_work);
    if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// The caller of a request with a sound head.
fn admit<S, T>(api: &Api<S, T>, headers: &HeaderMap) -> Result<Arc<Caller>, Code> {
    if SINGLE.iter().any(|name| headers.get_all(name).nth(1).is_some()) {
        return Err(Code::DuplicateHeader);
    }
    // The body of such a request has no end, even if it announces a length. Other upgrades are offers, and are
    // ignored.
    let websocket = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket");
    if headers.get_all(UPGRADE).any(websocket) {
        return Err(Code::UpgradeRefused);
    }
    let token = headers.get(AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?));
    token.and_then(|token| api.callers.identify(token)).ok_or(Code::Unauthorized)
}

/// Header fields that must not come twice. One reader could take the first and another reader the second.
const SINGLE: [HeaderName; 5] =
    [HOST, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName::from_static(IDEMPOTENCY_KEY)];

/// The token in an `Authorization` header. The scheme may be in any letters, with any number of spaces after it
/// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-11.1)).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim_matches(' ').split_once(' ')?;
    let token = token.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_after_a_scheme_in_any_letters_and_any_spaces() {
        for value in ["Bearer abc", "bearer abc", "BEARER abc", "bEaReR    abc", " Bearer abc "] {
            assert_eq!(bearer(value), Some("abc"), "{value:?}");
        }
        for value in ["", "Bearer", "Bearer ", "abc", "Basic abc", "Bearerabc", "Bearer\tabc"] {
            assert_eq!(bearer(value), None, "{value:?}");
        }
        // A space within makes another token, which no caller has.
        assert_eq!(bearer("Bearer a b"), Some("a b"));
    }
}

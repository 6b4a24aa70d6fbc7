//! The methods of each path. HEAD is answered wherever GET is. Every other method is answered with 405 and the
//! methods that the path has.

use actix_web::guard::{Any, Get, Head};
use actix_web::http::header::HeaderValue;
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest, Resource, Responder, ResponseError, web};

use crate::RequestId;
use crate::problem::Problem;
use crate::server::receive::guard::{Admitted, REQUEST_ID};

/// A path for GET, and for HEAD with the head of the same answer.
pub(crate) fn get<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let asked = web::route().guard(Any(Get()).or(Head())).to(handler);
    web::resource(path).route(asked).default_service(refuse("GET, HEAD"))
}

/// A path for POST. Its route is still to be added.
pub(crate) fn post(path: impl Into<String>) -> Resource {
    web::resource(path.into()).default_service(refuse("POST"))
}

fn refuse(allow: &'static str) -> actix_web::Route {
    web::to(move |request: HttpRequest| {
        let admitted = request.extensions().get::<Admitted>().map(|admitted| admitted.request_id);
        // A request that has not passed the guard has no id yet.
        let request_id = admitted.unwrap_or_else(RequestId::random);
        let mut response = Problem::method(allow, request_id).error_response();
        if let Ok(value) = HeaderValue::from_str(&request_id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        std::future::ready(response)
    })
}

//! Answers: JSON that nobody keeps on the way.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use serde::Serialize;

use super::Problem;

/// What a handler gives.
pub(super) type Answer = Result<HttpResponse, Problem>;

/// 200 with this.
pub(super) fn ok(body: &impl Serialize) -> Answer {
    with(StatusCode::OK, body)
}

/// 201 with this.
pub(super) fn created(body: &impl Serialize) -> Answer {
    with(StatusCode::CREATED, body)
}

/// 204.
pub(super) fn done() -> Answer {
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}

fn with(status: StatusCode, body: &impl Serialize) -> Answer {
    let body = serde_json::to_string(body).map_err(|_| Problem::internal())?;
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store")).content_type("application/json");
    Ok(response.body(body))
}

//! Whether the server runs, and whether it can do its work. For the operator.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, HttpResponseBuilder};
use nest_core::Transcryption;
use serde::Serialize;

use crate::server::api::Api;
use crate::server::receive::methods::get;

#[derive(Serialize)]
struct Status {
    status: &'static str,
    /// Something that the operator should look at. The server can be used all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    repetitions: Option<&'static str>,
}

/// Mounts `/health` and `/ready` below `base`. They need no token, and say one word.
pub(crate) fn configure<S: Send + Sync + 'static, T: Transcryption + 'static>(
    cfg: &mut ServiceConfig,
    api: &Arc<Api<S, T>>,
    base: &str,
) {
    let api = Arc::clone(api);
    cfg.service(get(&format!("{base}/health"), async || say(HttpResponse::Ok(), "running")));
    cfg.service(get(&format!("{base}/ready"), move || {
        let answer = ready(&api);
        async move { answer }
    }));
}

fn ready<S, T: Transcryption>(api: &Api<S, T>) -> HttpResponse {
    if api.shares.is_closed() {
        return say(HttpResponse::ServiceUnavailable(), "stopping");
    }
    if api.transcryption.health().iter().any(|transcryptor| !transcryptor.up) {
        return say(HttpResponse::ServiceUnavailable(), "a transcryptor is down");
    }
    let repetitions = api.forgetting.is_early().then_some("forgotten early");
    answer(HttpResponse::Ok(), Status { status: "ready", repetitions })
}

fn say(mut response: HttpResponseBuilder, status: &'static str) -> HttpResponse {
    if status != "running" {
        response.insert_header((RETRY_AFTER, "2"));
    }
    answer(response, Status { status, repetitions: None })
}

fn answer(mut response: HttpResponseBuilder, status: Status) -> HttpResponse {
    response.insert_header((CACHE_CONTROL, "no-store")).json(status)
}

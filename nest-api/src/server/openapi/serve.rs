//! Serves the description: to callers, or to everybody.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, ReqData, ServiceConfig};

use super::Rendered;
use crate::operation::BASE;
use crate::server::receive::guard::Admitted;
use crate::server::receive::methods::get;

const DOCUMENT: &str = "/openapi.json";

/// Mounts the document behind the guard. A caller is shown what it may call.
pub(crate) fn to_callers(cfg: &mut ServiceConfig, description: Arc<Rendered>) {
    cfg.service(get(DOCUMENT, move |admitted: ReqData<Admitted>| {
        let document = description.json(|route| admitted.caller.may_call(route));
        async move { json(document) }
    }));
}

/// Mounts the whole document and the page to read it in, before the guard.
pub(crate) fn to_everybody(cfg: &mut ServiceConfig, description: &Rendered) {
    let document = description.json(|_| true);
    cfg.service(get(&format!("{BASE}{DOCUMENT}"), move || std::future::ready(json(document.clone()))));
    #[cfg(feature = "swagger-ui")]
    super::swagger_ui::configure(cfg);
}

fn json(document: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(document)
}

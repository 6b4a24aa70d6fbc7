//! Who is shown the description: callers, or everybody.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, ReqData, ServiceConfig};
use serde_json::Value;

use super::Description;
use crate::operation::BASE;
use crate::server::guard::Admitted;
use crate::server::mount::no_such_method;

const DOCUMENT: &str = "/openapi.json";

/// Mounts the document behind the guard. A caller is shown what it may call.
pub(crate) fn to_callers(cfg: &mut ServiceConfig, description: Arc<Description>) {
    let answer = move |admitted: ReqData<Admitted>| {
        let document = description.document(|route| admitted.caller.may_call(route));
        async move { json(&document) }
    };
    let document = web::resource(DOCUMENT).default_service(web::to(no_such_method));
    cfg.service(document.route(web::get().to(answer)));
}

/// Mounts the whole document and the page to read it in, before the guard.
pub(crate) fn to_everybody(cfg: &mut ServiceConfig, description: &Description) {
    let document = description.document(|_| true);
    cfg.route(&format!("{BASE}{DOCUMENT}"), web::get().to(move || std::future::ready(json(&document))));
    #[cfg(feature = "swagger-ui")]
    super::swagger_ui::configure(cfg);
}

fn json(document: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(document)
}

//! The page to read the description in: Swagger UI. All of it is in the binary.

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::ServiceConfig;

use crate::operation::BASE;
use crate::server::receive::methods::get;

/// The page loads from its own server, and sends nothing anywhere. Swagger UI's style sheet has images of its
/// own in it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page. Those of Swagger UI are kept compressed.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    gzip: bool,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 7] = [
    Asset {
        name: "",
        content_type: "text/html; charset=utf-8",
        gzip: false,
        bytes: include_bytes!("../../../assets/docs/index.html"),
    },
    Asset {
        name: "start.js",
        content_type: "text/javascript; charset=utf-8",
        gzip: false,
        bytes: include_bytes!("../../../assets/docs/start.js"),
    },
    Asset {
        name: "swagger-ui-bundle.js",
        content_type: "text/javascript; charset=utf-8",
        gzip: true,
        bytes: include_bytes!("../../../assets/swagger-ui/swagger-ui-bundle.js.gz"),
    },
    Asset {
        name: "swagger-ui.css",
        content_type: "text/css; charset=utf-8",
        gzip: true,
        bytes: include_bytes!("../../../assets/swagger-ui/swagger-ui.css.gz"),
    },
    Asset {
        name: "page.css",
        content_type: "text/css; charset=utf-8",
        gzip: false,
        bytes: include_bytes!("../../../assets/docs/page.css"),
    },
    Asset {
        name: "LICENSE.txt",
        content_type: "text/plain; charset=utf-8",
        gzip: false,
        bytes: include_bytes!("../../../assets/swagger-ui/LICENSE"),
    },
    // The bundle refers to it by this name.
    Asset {
        name: "swagger-ui-bundle.js.LICENSE.txt",
        content_type: "text/plain; charset=utf-8",
        gzip: false,
        bytes: include_bytes!("../../../assets/swagger-ui/swagger-ui-bundle.js.LICENSE.txt"),
    },
];

/// Mounts the page and its files.
pub(super) fn configure(cfg: &mut ServiceConfig) {
    // Relative, because the application may be mounted below a path of a proxy.
    let to_page = || HttpResponse::PermanentRedirect().insert_header((LOCATION, "docs/")).finish();
    cfg.service(get(&format!("{BASE}/docs"), move || std::future::ready(to_page())));
    for asset in &ASSETS {
        let path = format!("{BASE}/docs/{}", asset.name);
        cfg.service(get(&path, move || std::future::ready(answer(asset))));
    }
}

fn answer(asset: &'static Asset) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.content_type)
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if asset.gzip {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response.body(asset.bytes)
}

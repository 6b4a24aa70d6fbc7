//! The REST API of a market, below `/market/v1`, from one table of routes.
//!
//! Each route is one line of [`ROUTES`](routes): its method, its path, who may call it, what it takes, and its handler.
//! The description in OpenAPI 3.1 is made of the same table. What belongs to somebody else is 404. Answers are never
//! cached.

mod accounts;
mod answer;
mod caller;
mod events;
mod health;
mod money;
mod openapi;
mod operators;
mod pins;
mod problem;
mod push;
mod queries;
mod requests;
mod routes;
mod sources;

use std::fmt;

use actix_web::web::{self, ServiceConfig};
use serde_json::Value as Json;

pub use health::METRICS;
pub use problem::Problem;
pub use routes::{Access, RouteInfo, routes};

use crate::Market;

/// Where the routes are.
pub const BASE: &str = "/market/v1";

/// The largest body of a request, but for packs of readings.
const MOST_JSON: usize = 64 << 10;

/// The REST API of one market. Clones share it.
#[derive(Clone)]
pub struct MarketApi {
    pub(crate) market: Market,
}

impl fmt::Debug for MarketApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MarketApi(..)")
    }
}

impl MarketApi {
    /// The API of this market.
    pub fn new(market: &Market) -> Self {
        Self { market: market.clone() }
    }

    /// Adds all routes to an actix application. The handlers bring their own limits.
    pub fn configure(&self, cfg: &mut ServiceConfig) {
        let json = web::JsonConfig::default()
            .limit(MOST_JSON)
            // What the parser says may quote what was sent.
            .error_handler(|_, _| Problem::invalid("the body is not the JSON that this route takes").into());
        let path = web::PathConfig::default().error_handler(|_, _| Problem::not_found().into());
        let query = web::QueryConfig::default()
            .error_handler(|_, _| Problem::invalid("the query of the address is not as it must be").into());
        let scope = web::scope(BASE)
            .app_data(web::Data::new(self.clone()))
            .app_data(json)
            .app_data(path)
            .app_data(query)
            .app_data(web::PayloadConfig::new(crate::senml::MAX_PACK_BYTES))
            .configure(routes::mount)
            .default_service(web::to(async || Problem::not_found().answer()));
        cfg.service(scope);
    }

    /// The description of all routes in [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0).
    pub fn openapi() -> Json {
        openapi::document()
    }
}

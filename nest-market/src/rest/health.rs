//! Whether it runs, whether it could work, and what can be counted without telling anything about a person.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use super::MarketApi;
use super::answer::{Answer, ok};
use super::caller::OperatorCaller;

pub(super) async fn health() -> Answer {
    ok(&json!({ "status": "running" }))
}

pub(super) async fn ready(api: Data<MarketApi>) -> Answer {
    api.market.database().now().await?;
    ok(&json!({ "status": "ready" }))
}

/// The names of all metrics.
pub const METRICS: &[&str] =
    &["nest_market_tasks", "nest_market_tasks_due", "nest_market_trial_balance_cents"];

/// Tasks by kind and state, and the books, in the text format of Prometheus. The labels are names of this program.
pub(super) async fn metrics(api: Data<MarketApi>, _: OperatorCaller) -> Answer {
    let mut text = String::from("# TYPE nest_market_tasks gauge\n");
    for (kind, state, count) in api.market.tasks().counts().await? {
        text.push_str(&format!(
            "nest_market_tasks{{kind=\"{}\",state=\"{state}\"}} {count}\n",
            kind.as_str()
        ));
    }
    let due = api.market.tasks().due().await?;
    let balance = api.market.ledger().trial_balance().await?.0;
    text.push_str(&format!("# TYPE nest_market_tasks_due gauge\nnest_market_tasks_due {due}\n"));
    text.push_str("# TYPE nest_market_trial_balance_cents gauge\n");
    text.push_str(&format!("nest_market_trial_balance_cents {balance}\n"));
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}

pub(super) async fn openapi() -> Answer {
    ok(&super::openapi::document())
}

//! What processors do: check, quote, offer, pay, and read results.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::json;

use super::MarketApi;
use super::answer::{Answer, created, done, ok};
use super::caller::ProcessorCaller;
use super::problem::Problem;
use super::push::key;
use crate::offer::{Offer, OfferId, Terms};
use crate::query::Dialect;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewQuery {
    query: String,
    #[serde(default)]
    relaxed: bool,
    terms: Terms,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    query: String,
    #[serde(default)]
    relaxed: bool,
    terms: Option<Terms>,
}

fn dialect(relaxed: bool) -> Dialect {
    if relaxed { Dialect::Relaxed } else { Dialect::Strict }
}

/// An offer as its processor sees it: not who was asked, and not how many have agreed.
fn shown(offer: &Offer) -> serde_json::Value {
    json!({
        "id": offer.id,
        "state": offer.state,
        "reason": offer.aborted,
        "why": offer.aborted.map(|reason| reason.to_string()),
        "query": offer.query,
        "terms": offer.terms,
        "terms_hash": offer.hash.to_string(),
        "funded": offer.funded,
        "closes": offer.closes,
    })
}

fn number(text: &str) -> Result<OfferId, Problem> {
    OfferId::parse(text).ok_or_else(Problem::not_found)
}

pub(super) async fn check(api: Data<MarketApi>, processor: ProcessorCaller, check: Json<Check>) -> Answer {
    let query = api.market.check(&check.query, dialect(check.relaxed)).await?;
    match &check.terms {
        Some(terms) => ok(&api.market.quote(&processor.0, &query, terms).await?),
        None => ok(&json!({ "query": query.text() })),
    }
}

pub(super) async fn offer(
    api: Data<MarketApi>,
    request: HttpRequest,
    processor: ProcessorCaller,
    new: Json<NewQuery>,
) -> Answer {
    let query = api.market.check(&new.query, dialect(new.relaxed)).await?;
    let key = key(&request)?;
    let offer = api.market.offer_once(&processor.0, &query, &new.terms, key.as_deref()).await?;
    created(&shown(&offer))
}

pub(super) async fn list(api: Data<MarketApi>, processor: ProcessorCaller) -> Answer {
    let offers = api.market.offers().list(processor.0.id).await?;
    ok(&offers.iter().map(shown).collect::<Vec<_>>())
}

pub(super) async fn get(api: Data<MarketApi>, processor: ProcessorCaller, id: Path<String>) -> Answer {
    ok(&shown(&api.market.offers().of(processor.0.id, number(&id)?).await?))
}

pub(super) async fn withdraw(api: Data<MarketApi>, processor: ProcessorCaller, id: Path<String>) -> Answer {
    api.market.offers().withdraw(processor.0.id, number(&id)?).await?;
    done()
}

pub(super) async fn fund(api: Data<MarketApi>, processor: ProcessorCaller, id: Path<String>) -> Answer {
    ok(&shown(&api.market.offers().fund(processor.0.id, number(&id)?).await?))
}

/// The stored result, for ever the same.
pub(super) async fn result(api: Data<MarketApi>, processor: ProcessorCaller, id: Path<String>) -> Answer {
    let offer = api.market.offers().of(processor.0.id, number(&id)?).await?;
    if offer.result.is_empty() {
        return Err(Problem::new(409, "conflict", format!("the offer is {}", offer.state.as_str())));
    }
    let released = serde_json::value::RawValue::from_string(offer.result).map_err(|_| Problem::internal())?;
    ok(&released)
}

//! Questions in person.

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::json;

use super::MarketApi;
use super::answer::{Answer, created, done, ok};
use super::caller::{PersonCaller, ProcessorCaller};
use super::problem::Problem;
use crate::consent::{Decision, PinQueryId};
use crate::offer::{Interval, TermsHash};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPinQuery {
    query: String,
    goal: String,
    interval: Interval,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Consent {
    decision: Decision,
    terms_hash: Option<String>,
    /// The text that was shown, word for word.
    leaves: Option<String>,
}

pub(super) async fn create(
    api: Data<MarketApi>,
    processor: ProcessorCaller,
    new: Json<NewPinQuery>,
) -> Answer {
    let (id, pin) = api.market.pin_query(&processor.0, &new.query, &new.goal, new.interval).await?;
    created(&json!({ "id": id, "pin": pin }))
}

pub(super) async fn get(api: Data<MarketApi>, processor: ProcessorCaller, id: Path<String>) -> Answer {
    let id = PinQueryId::parse(&id).ok_or_else(Problem::not_found)?;
    let query = api.market.pin_answer(processor.0.id, id).await?;
    let answer: serde_json::Value = serde_json::from_str(&query.result).unwrap_or_default();
    ok(&json!({ "id": query.id, "state": query.state, "answer": answer, "until": query.until }))
}

pub(super) async fn enter(api: Data<MarketApi>, person: PersonCaller, pin: Path<String>) -> Answer {
    ok(&api.market.enter_pin(&person.0, &pin).await?)
}

pub(super) async fn decide(
    api: Data<MarketApi>,
    person: PersonCaller,
    pin: Path<String>,
    consent: Json<Consent>,
) -> Answer {
    let hash = consent.terms_hash.as_deref().map(|hash| {
        TermsHash::parse(hash).ok_or_else(|| Problem::invalid("a terms hash has 64 hexadecimal digits"))
    });
    let agreed = match (consent.decision, hash.transpose()?, &consent.leaves) {
        (Decision::Accept, Some(hash), Some(leaves)) => Some((hash, leaves.as_str())),
        (Decision::Accept, ..) => {
            return Err(Problem::invalid("an agreement names the terms hash and the text that leaves"));
        }
        (Decision::Deny, ..) => None,
    };
    api.market.decide_pin(&person.0, &pin, agreed).await?;
    done()
}

//! What people decide: requests, and rules for requests to come.

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::json;

use super::MarketApi;
use super::answer::{Answer, done, ok};
use super::caller::PersonCaller;
use super::problem::Problem;
use crate::consent::{Decision, Rule};
use crate::offer::{OfferId, TermsHash};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    terms_hash: String,
    decision: Decision,
}

pub(super) async fn list(api: Data<MarketApi>, person: PersonCaller) -> Answer {
    ok(&api.market.consents().list(person.0.id).await?)
}

pub(super) async fn get(api: Data<MarketApi>, person: PersonCaller, id: Path<String>) -> Answer {
    let id = OfferId::parse(&id).ok_or_else(Problem::not_found)?;
    let asked = api.market.consents().get(person.0.id, id).await?;
    let history = api.market.consents().history(person.0.id, id).await?;
    ok(&json!({ "asked": asked, "history": history }))
}

pub(super) async fn decide(
    api: Data<MarketApi>,
    person: PersonCaller,
    id: Path<String>,
    decided: Json<Decided>,
) -> Answer {
    let id = OfferId::parse(&id).ok_or_else(Problem::not_found)?;
    let hash = TermsHash::parse(&decided.terms_hash)
        .ok_or_else(|| Problem::invalid("a terms hash has 64 hexadecimal digits"))?;
    let state = api.market.consents().decide(person.0.id, id, hash, decided.decision).await?;
    ok(&json!({ "consent": state }))
}

pub(super) async fn rules(api: Data<MarketApi>, person: PersonCaller) -> Answer {
    ok(&api.market.rules().of(person.0.id).await?)
}

pub(super) async fn set_rules(api: Data<MarketApi>, person: PersonCaller, rules: Json<Vec<Rule>>) -> Answer {
    api.market.rules().set(person.0.id, &rules).await?;
    done()
}

//! What operators do: sources, the books, receipts and payouts. They see amounts and states, and no reading.

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::json;

use super::MarketApi;
use super::answer::{Answer, created, done, ok};
use super::caller::OperatorCaller;
use super::problem::Problem;
use crate::money::{BatchId, BatchState, Cents, Receipt, ReceiptState};
use crate::offer::OfferId;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSource {
    manifest: serde_json::Value,
    /// Whether it keeps one value that stays, and no readings over time.
    #[serde(default)]
    steady: bool,
}

pub(super) async fn add_source(api: Data<MarketApi>, _: OperatorCaller, new: Json<NewSource>) -> Answer {
    let name = api.market.sources().add(&new.manifest.to_string(), new.steady).await?;
    created(&json!({ "name": name }))
}

pub(super) async fn ledger(api: Data<MarketApi>, _: OperatorCaller) -> Answer {
    let verified = api.market.ledger().verify().await?;
    ok(&json!({
        "whole": verified.is_whole(),
        "accounts": verified.accounts,
        "postings": verified.postings,
        "trial_balance": verified.trial_balance,
        "wrong_balances": verified.wrong_balances,
        "wrong_postings": verified.wrong_postings,
        "negative": verified.negative,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReceipt {
    receipt: String,
    amount: Cents,
}

/// A payment for an offer has arrived from outside. The same receipt again is as well as the first.
pub(super) async fn receipt(
    api: Data<MarketApi>,
    _: OperatorCaller,
    id: Path<String>,
    new: Json<NewReceipt>,
) -> Answer {
    let id = OfferId::parse(&id).ok_or_else(Problem::not_found)?;
    api.market.offers().receipt(id, &new.receipt, new.amount).await?;
    done()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) async fn payouts(api: Data<MarketApi>, _: OperatorCaller) -> Answer {
    let payouts = api.market.payouts();
    let mut batches = Vec::new();
    for state in [BatchState::Prepared, BatchState::Approved, BatchState::Pending] {
        for id in payouts.batches(state).await? {
            let (batch, state) = payouts.batch(id).await?;
            batches.push(json!({
                "id": id,
                "state": state.as_str(),
                "lines": batch.lines,
                "total": batch.total(),
                "digest": hex(&batch.digest()),
            }));
        }
    }
    ok(&batches)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    digest: String,
}

pub(super) async fn approve(
    api: Data<MarketApi>,
    operator: OperatorCaller,
    id: Path<String>,
    approval: Json<Approval>,
) -> Answer {
    let id = BatchId::parse(&id).ok_or_else(Problem::not_found)?;
    let (batch, _) = api.market.payouts().batch(id).await?;
    if hex(&batch.digest()) != approval.digest {
        return Err(Problem::new(409, "other-terms", "the approval is for other lines than the batch has"));
    }
    let state = api.market.payouts().approve(id, operator.0.id.to_bytes(), batch.digest()).await?;
    ok(&json!({ "state": state.as_str() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settled {
    receipt: String,
    arrived: bool,
}

/// What the bank says about a batch that was handed over.
pub(super) async fn settle(
    api: Data<MarketApi>,
    _: OperatorCaller,
    id: Path<String>,
    settled: Json<Settled>,
) -> Answer {
    let id = BatchId::parse(&id).ok_or_else(Problem::not_found)?;
    let state = if settled.arrived { ReceiptState::Settled } else { ReceiptState::Failed };
    let receipt = Receipt { id: settled.receipt.clone(), state };
    let state = api.market.payouts().receipt(id, &receipt).await?;
    ok(&json!({ "state": state.as_str() }))
}

//! Money and budget, as their owners see them.

use actix_web::web::{Data, Query};
use serde::Deserialize;
use serde_json::json;

use super::MarketApi;
use super::answer::{Answer, done, ok};
use super::caller::{Caller, PersonCaller};
use crate::account::Role;
use crate::money::LedgerAccount;

/// What is due, on its way and paid to a person; or the balance and the debt of a processor.
pub(super) async fn mine(api: Data<MarketApi>, caller: Caller) -> Answer {
    let (market, account) = (&api.market, caller.account);
    let ledger = market.ledger();
    if account.role == Role::Person {
        let due = ledger.balance(LedgerAccount::person(account.money)).await?;
        let (paid, under_way) = market.payouts().paid(account.money).await?;
        ok(&json!({ "due": due, "under_way": under_way, "paid": paid }))
    } else {
        let balance = ledger.balance(LedgerAccount::processor(account.money)).await?;
        let debt = ledger.balance(LedgerAccount::debt(account.money)).await?;
        ok(&json!({ "balance": balance, "debt": debt }))
    }
}

pub(super) async fn ask_payout(api: Data<MarketApi>, person: PersonCaller) -> Answer {
    api.market.payouts().ask(person.0.money).await?;
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    processor: Option<String>,
}

/// What is left of a person's own budget: for one processor, or for one that has never asked.
pub(super) async fn budget(api: Data<MarketApi>, person: PersonCaller, of: Query<Of>) -> Answer {
    let processor = of.processor.as_deref().unwrap_or("");
    let left = api.market.budget().left(&person.0.budget, processor).await;
    let left = left.map_err(crate::offer::OfferError::from)?;
    ok(&json!({ "in_all": left.person.to_string(), "for_processor": left.processor.to_string() }))
}

//! Evaluation: those who have agreed are locked, the query is answered once, and the result is stored.

use std::collections::HashSet;

use nest_release::Refused;

use super::Market;
use crate::account::AccountNumber;
use crate::consent::Consents;
use crate::evaluate::{EvaluateError, Request, evaluate};
use crate::offer::{Aborted, Event, Offer, OfferError, OfferId, OfferState, Offers, Protection};
use crate::query::{Dialect, Plan, Query};
use crate::task::{Claim, TaskError};

/// How long an answer is kept in the budget, so that the same request has the same answer.
const PERIOD_DAYS: u32 = 90;

/// What came of an evaluation.
#[derive(Debug)]
pub(crate) enum Evaluated {
    /// The result is stored, or the offer has come to nothing; the task has ended.
    Ended,
    /// It must be tried again: another worker answers the same request, or something does not answer.
    Again(&'static str),
}

impl Market {
    /// Does an evaluation task: locks the people in one transaction, and stores what comes of it in another, together
    /// with the end of the task.
    ///
    /// The answer itself is made by the budget, which draws the noise and makes the charge in one transaction. It gives
    /// the same answer for the same terms, so a worker that stops at any point is followed by one that comes to the same
    /// result.
    pub(crate) async fn execute(&self, claim: &Claim, id: OfferId) -> Result<Evaluated, OfferError> {
        let offer = self.inner.offers.get(id).await?;
        let catalogue = self.inner.sources.catalogue().await?;
        let query = Query::check_with(&offer.query, &catalogue, &self.inner.functions, Dialect::Strict)?;
        let plan = Plan::of(&query, offer.terms.interval.window()?)?;
        match offer.state {
            OfferState::Funded => match self.lock_people(&offer, &query, &plan).await? {
                Locked::Now => {}
                Locked::TooFew => return self.come_to_nothing(claim, id, Aborted::TooFew).await,
                Locked::Changed => return Ok(Evaluated::Again("a person has withdrawn just now")),
            },
            OfferState::Executing => {}
            // It was withdrawn, or another worker was quicker.
            _ => return self.end(claim).await,
        }
        let mut tx = self.inner.database.snapshot().await?;
        let used = Consents::used(&mut tx, id).await?;
        drop(tx);
        let used: HashSet<AccountNumber> = used.into_iter().map(|(account, _)| account).collect();
        let eligible = self.eligible(&query, &plan, offer.terms.max_level, Some(&used)).await?;
        let (processor, terms) = (offer.processor.to_string(), format!("{id}/{}", offer.hash));
        let request = Request {
            processor: &processor,
            terms: &terms,
            min_people: offer.terms.min_people,
            profile: &self.inner.profile,
            method: offer.terms.protection.into(),
            period_days: PERIOD_DAYS,
        };
        match evaluate(&query, &plan, eligible.selection, &request, &self.inner.budget).await {
            Ok(released) => {
                let result = serde_json::to_string(&released)
                    .map_err(|_| OfferError::Invalid("the result cannot be written"))?;
                let mut tx = self.inner.database.begin().await?;
                let mut offer = Offers::lock(&mut tx, id).await?;
                Offers::release(&mut tx, &mut offer, &result).await?;
                self.commit(claim, tx).await
            }
            Err(EvaluateError::Refused(Refused::BudgetExhausted { .. })) => {
                self.come_to_nothing(claim, id, Aborted::BudgetExhausted).await
            }
            Err(EvaluateError::Refused(Refused::TooFew)) => {
                self.come_to_nothing(claim, id, Aborted::TooFew).await
            }
            Err(EvaluateError::Busy | EvaluateError::Budget(_)) => Ok(Evaluated::Again("the budget is busy")),
            Err(_) => self.come_to_nothing(claim, id, Aborted::Failed).await,
        }
    }

    /// Locks those who have agreed, whom the query is still about, and who have budget left.
    async fn lock_people(&self, offer: &Offer, query: &Query, plan: &Plan) -> Result<Locked, OfferError> {
        let mut tx = self.inner.database.snapshot().await?;
        let accepted = Consents::accepted(&mut tx, offer.id).await?;
        drop(tx);
        let accepted: HashSet<AccountNumber> = accepted.into_iter().map(|(account, _)| account).collect();
        let eligible = self.eligible(query, plan, offer.terms.max_level, Some(&accepted)).await?;
        let spends = !query.is_data_set() && offer.terms.protection == Protection::Differential;
        let needed: Vec<AccountNumber> = if spends {
            let enough = self.with_budget(&eligible, &offer.processor.to_string()).await?;
            // Where too few have budget left, everybody is locked, and the budget says so by itself.
            let all = eligible.people();
            let rich: Vec<_> = all.iter().filter(|account| enough.contains(&account.budget)).collect();
            if rich.len() < offer.terms.min_people as usize {
                all.iter().map(|account| account.id).collect()
            } else {
                rich.into_iter().map(|account| account.id).collect()
            }
        } else {
            eligible.people().iter().map(|account| account.id).collect()
        };
        let mut tx = self.inner.database.begin().await?;
        let mut offer = Offers::lock(&mut tx, offer.id).await?;
        if offer.state != OfferState::Funded {
            return Ok(Locked::Changed);
        }
        // Whoever has withdrawn meanwhile is not among them any more.
        let now: HashSet<AccountNumber> =
            Consents::accepted(&mut tx, offer.id).await?.into_iter().map(|(account, _)| account).collect();
        let needed: Vec<_> = needed.into_iter().filter(|account| now.contains(account)).collect();
        if needed.len() < offer.terms.min_people as usize {
            return Ok(Locked::TooFew);
        }
        Offers::change(&mut tx, &mut offer, Event::Execute).await?;
        Consents::lock_used(&mut tx, offer.id, &needed).await?;
        tx.commit().await?;
        Ok(Locked::Now)
    }

    async fn come_to_nothing(
        &self,
        claim: &Claim,
        id: OfferId,
        reason: Aborted,
    ) -> Result<Evaluated, OfferError> {
        let mut tx = self.inner.database.begin().await?;
        let mut offer = Offers::lock(&mut tx, id).await?;
        if matches!(offer.state, OfferState::Funded | OfferState::Executing) {
            self.inner.offers.abort(&mut tx, &mut offer, reason).await?;
        }
        self.commit(claim, tx).await
    }

    /// Gives an offer up that could not be evaluated however often it was tried.
    pub(crate) async fn give_up(&self, claim: &Claim, id: OfferId) -> Result<Evaluated, OfferError> {
        self.come_to_nothing(claim, id, Aborted::Failed).await
    }

    async fn end(&self, claim: &Claim) -> Result<Evaluated, OfferError> {
        let tx = self.inner.database.begin().await?;
        self.commit(claim, tx).await
    }

    /// Commits the effects of a task with its end, or nothing where another worker has it.
    pub(crate) async fn commit(
        &self,
        claim: &Claim,
        mut tx: crate::database::Tx,
    ) -> Result<Evaluated, OfferError> {
        match claim.complete(&mut tx).await {
            Ok(()) => {
                tx.commit().await?;
                Ok(Evaluated::Ended)
            }
            Err(TaskError::Stale) => Ok(Evaluated::Ended),
            Err(TaskError::Database(error)) => Err(error.into()),
        }
    }
}

enum Locked {
    Now,
    TooFew,
    Changed,
}

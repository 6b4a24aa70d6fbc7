//! A worker: takes tasks one after the other, as many workers as one likes.

use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info};

use super::Market;
use super::evaluating::Evaluated;
use crate::account::Sessions;
use crate::consent::{Notices, PinQueries};
use crate::money::{Cents, Payouts};
use crate::offer::{OfferError, OfferId};
use crate::task::{Claim, Deliver, TaskError, TaskKind, Tasks};

/// How long a worker may take for one task before another takes it over.
const LEASE: Duration = Duration::from_secs(120);

/// How long an idle worker waits before it looks again.
const PAUSE: Duration = Duration::from_millis(250);

/// What a worker has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// A task, to its end or to be tried again.
    Worked(TaskKind),
    /// There was nothing to do.
    Idle,
}

/// Does the tasks of a market.
#[derive(Clone)]
pub struct Worker {
    market: Market,
    lease: Duration,
    least_payout: Cents,
    deliver: Option<Arc<dyn Deliver>>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Worker(..)")
    }
}

impl Worker {
    /// A worker of this market.
    pub fn new(market: &Market) -> Self {
        Self { market: market.clone(), lease: LEASE, least_payout: Cents(100), deliver: None }
    }

    /// Takes each task for so long, instead of two minutes. An evaluation must take less.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Pays people out from this amount on, instead of 1.00.
    #[must_use]
    pub fn least_payout(mut self, least: Cents) -> Self {
        self.least_payout = least;
        self
    }

    /// Brings letters by this.
    #[must_use]
    pub fn deliver(mut self, deliver: impl Deliver) -> Self {
        self.deliver = Some(Arc::new(deliver));
        self
    }

    /// Does tasks until it is told to stop by the future.
    pub async fn run_until(&self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            let pause = match self.step().await {
                Ok(Step::Worked(_)) => Duration::ZERO,
                Ok(Step::Idle) => PAUSE,
                Err(error) => {
                    error!(%error, "the tasks cannot be read");
                    PAUSE * 8
                }
            };
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Does everything that is due now.
    ///
    /// # Errors
    ///
    /// The tasks cannot be read.
    pub async fn run_due(&self) -> Result<u64, TaskError> {
        let mut done = 0;
        while self.step().await? != Step::Idle {
            done += 1;
        }
        Ok(done)
    }

    /// Does one task, where one is due.
    ///
    /// # Errors
    ///
    /// The tasks cannot be read. A task that fails is no error here: it is tried again.
    pub async fn step(&self) -> Result<Step, TaskError> {
        let tasks = &self.market.inner.tasks;
        tasks.tick().await?;
        let Some(claim) = tasks.claim(self.lease).await? else { return Ok(Step::Idle) };
        let kind = claim.kind();
        match Box::pin(self.perform(&claim)).await {
            Ok(Evaluated::Ended) => info!(kind = kind.as_str(), "task done"),
            Ok(Evaluated::Again(reason)) => self.put_back(&claim, reason).await,
            Err(error) => {
                error!(kind = kind.as_str(), %error, "task failed");
                self.put_back(&claim, "it failed").await;
            }
        }
        Ok(Step::Worked(kind))
    }

    async fn perform(&self, claim: &Claim) -> Result<Evaluated, OfferError> {
        let market = &self.market;
        let offers = &market.inner.offers;
        let offer = || OfferId::parse(claim.subject()).ok_or(OfferError::NotFound);
        match claim.kind() {
            TaskKind::Execute if claim.is_last_attempt() => market.give_up(claim, offer()?).await,
            TaskKind::Execute => market.execute(claim, offer()?).await,
            TaskKind::CloseWindow => {
                let mut tx = market.inner.database.begin().await?;
                offers.close(&mut tx, offer()?).await?;
                market.commit(claim, tx).await
            }
            TaskKind::ExpireFunding => {
                let mut tx = market.inner.database.begin().await?;
                offers.expire(&mut tx, offer()?).await?;
                market.commit(claim, tx).await
            }
            TaskKind::PayShares => {
                let mut tx = market.inner.database.begin().await?;
                offers.pay(&mut tx, offer()?).await?;
                market.commit(claim, tx).await
            }
            TaskKind::PreparePayouts => {
                let mut tx = market.inner.database.begin().await?;
                let prepared = Payouts::prepare_in(&mut tx, self.least_payout).await;
                prepared.map_err(|_| OfferError::Invalid("the batch of payouts cannot be made"))?;
                market.commit(claim, tx).await
            }
            TaskKind::CleanUp => {
                let mut tx = market.inner.database.begin().await?;
                Sessions::prune(&mut tx).await?;
                PinQueries::prune(&mut tx).await?;
                Notices::prune(&mut tx).await?;
                Tasks::prune(&mut tx).await?;
                let done = market.commit(claim, tx).await?;
                market.inner.budget.prune().await?;
                Ok(done)
            }
            TaskKind::Deliver => match &self.deliver {
                Some(deliver) => match market.inner.outbox.bring(claim, &**deliver).await {
                    Ok(()) | Err(TaskError::Stale) => Ok(Evaluated::Ended),
                    Err(TaskError::Database(error)) => Err(error.into()),
                },
                None => Ok(Evaluated::Again("this worker brings no letters")),
            },
            TaskKind::Other => Ok(Evaluated::Again("this worker does not know the task")),
        }
    }

    async fn put_back(&self, claim: &Claim, reason: &str) {
        let wait = Duration::from_millis(100 << claim.attempts().clamp(0, 12));
        if let Err(error) = claim.retry(&self.market.inner.tasks, wait, reason).await {
            // Its lease ends by itself.
            error!(%error, "a task cannot be put back");
        }
    }
}

//! The two ends of Prio3 by themselves: a contributor that is no party of the run, and the one who puts the sums together.

use nest_core::value::PlainRecord;

use super::batch::BatchShare;
use super::circuit::Circuits;
use super::report::Report;
use crate::sum::local::contribution;
use crate::sum::{RawSums, SumError, SumPlan};

/// Somebody who contributes one record, or several, and need not be trusted: a participant's device, for example.
pub struct Contributor<'p> {
    plan: &'p SumPlan,
    circuits: Circuits,
    run: [u8; 16],
    terms: [u8; 32],
    aggregators: usize,
}

impl<'p> Contributor<'p> {
    /// A contributor to a run with so many aggregators.
    ///
    /// # Errors
    ///
    /// [`SumError::Terms`] where the plan cannot be proved, or there are too few aggregators.
    pub fn new(
        plan: &'p SumPlan,
        run: [u8; 16],
        terms: [u8; 32],
        aggregators: usize,
    ) -> Result<Self, SumError> {
        Ok(Self { plan, circuits: Circuits::new(plan, aggregators)?, run, terms, aggregators })
    }

    /// Splits a record: one report for each aggregator, in their order. Each must reach its aggregator alone, as all of
    /// them together are the record.
    ///
    /// # Errors
    ///
    /// [`SumError::Unreadable`] where the record is of another declaration.
    pub fn split(&self, record: &PlainRecord) -> Result<Vec<Report>, SumError> {
        let added = contribution(self.plan, record)?;
        self.circuits.reports(self.plan, &self.run, &self.terms, &added, self.aggregators)
    }
}

/// Puts the sums of all aggregators together, in their order.
///
/// # Errors
///
/// [`SumError::Terms`] where the aggregators did not accept the same reports; [`SumError::Impossible`] where a sum is
/// missing or is none.
pub fn collect(plan: &SumPlan, shares: &[BatchShare]) -> Result<RawSums, SumError> {
    let total = Circuits::new(plan, shares.len())?.total(plan, shares)?;
    plan.outcome(&total, plan.limits().max_parties)
}

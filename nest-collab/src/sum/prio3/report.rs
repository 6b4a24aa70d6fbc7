//! Reports: one record, split among the aggregators so that none of them sees a value.

use serde::{Deserialize, Serialize};

use super::circuit::{Circuits, context};
use crate::sum::{SumError, SumPlan, numbers};

/// One aggregator's part of one record. No `Debug`: all parts together are the record.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// A random number of this report, under which it is counted once.
    pub id: [u8; 16],
    /// The public share and the input share of each proof.
    pub(crate) shares: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What an aggregator tells the others about the proofs of a report. It says nothing about the value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verifier {
    /// The report.
    pub id: [u8; 16],
    /// One share for each proof.
    pub(crate) shares: Vec<Vec<u8>>,
}

impl Circuits {
    /// Splits what a record adds: one report for each aggregator, all with one id.
    pub(crate) fn reports(
        &self,
        plan: &SumPlan,
        run: &[u8; 16],
        terms: &[u8; 32],
        added: &[u64],
        aggregators: usize,
    ) -> Result<Vec<Report>, SumError> {
        let id = *numbers::random_bytes::<16>();
        let mut reports = vec![Report { id, shares: Vec::with_capacity(self.proofs.len()) }; aggregators];
        let values = self.values(plan, added);
        for (place, ((_, proof), value)) in self.proofs.iter().zip(values).enumerate() {
            let sharded = proof.shard(&context(run, terms, place), value, &id);
            let (public, inputs) = sharded.map_err(|_| SumError::Impossible)?;
            for (report, input) in reports.iter_mut().zip(inputs) {
                report.shares.push((public.clone(), input));
            }
        }
        Ok(reports)
    }
}

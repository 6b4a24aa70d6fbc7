//! What one aggregator collects: reports that are counted once, and a sum that leaves once and is then always the same.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nest_release::Bucket;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::circuit::{At, Circuits, Invalid, context};
use super::report::{Report, Verifier};
use crate::sum::{SumError, SumPlan};

/// What an aggregator knows of its batch before the first report.
#[derive(Clone)]
pub struct BatchTerms {
    /// The run.
    pub run: [u8; 16],
    /// The hash of its terms.
    pub terms: [u8; 32],
    /// The key of the verification, which the aggregators agreed on and no contributor knows.
    pub verify_key: [u8; 32],
    /// The place of this aggregator.
    pub aggregator: usize,
    /// How many there are.
    pub aggregators: usize,
    /// The fewest accepted reports for which this aggregator gives its sum, whatever the others ask for.
    pub minimum: u64,
}

/// Whether a report is new to an aggregator.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Submitted {
    /// It is new: this is what the other aggregators need to verify it.
    New(Verifier),
    /// It was there before, and counts once.
    Again,
    /// It is no valid report, and does not count.
    Invalid,
}

/// The sum of one aggregator. It tells nothing without those of all others.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchShare {
    pub(crate) reports: u64,
    /// The hash of the accepted reports: all aggregators must have accepted the same.
    pub(crate) accepted: [u8; 32],
    pub(crate) sums: Vec<Vec<u8>>,
}

/// How far a report is.
enum Progress {
    /// Its first verification is running in another thread.
    Started,
    /// It waits for the other aggregators.
    Waiting {
        states: Vec<Vec<u8>>,
        own: Vec<Vec<u8>>,
    },
    Accepted,
    Rejected,
}

struct Inner {
    reports: HashMap<[u8; 16], Progress>,
    sums: Vec<Vec<u8>>,
    accepted: u64,
    released: Option<BatchShare>,
}

/// The batch of one aggregator. It may be used from many threads.
pub struct Batch {
    terms: BatchTerms,
    circuits: Circuits,
    inner: Mutex<Inner>,
}

impl Batch {
    /// An empty batch.
    ///
    /// # Errors
    ///
    /// [`SumError::Terms`] where the plan cannot be proved, or there are too few aggregators.
    pub fn new(plan: &SumPlan, terms: BatchTerms) -> Result<Self, SumError> {
        let circuits = Circuits::new(plan, terms.aggregators)?;
        let sums: Result<Vec<_>, Invalid> =
            circuits.proofs.iter().map(|(_, proof)| proof.nothing()).collect();
        let sums = sums.map_err(|_| SumError::Impossible)?;
        let inner = Inner { reports: HashMap::new(), sums, accepted: 0, released: None };
        Ok(Self { terms, circuits, inner: Mutex::new(inner) })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a report. It counts once, however often and from however many threads it comes.
    ///
    /// # Errors
    ///
    /// [`SumError::Late`] after the batch was released.
    pub fn submit(&self, report: &Report) -> Result<Submitted, SumError> {
        {
            let mut inner = self.inner();
            if inner.reports.contains_key(&report.id) {
                return Ok(Submitted::Again);
            }
            if inner.released.is_some() {
                return Err(SumError::Late);
            }
            inner.reports.insert(report.id, Progress::Started);
        }
        let verified = self.start(report);
        let mut inner = self.inner();
        Ok(match verified {
            Ok((states, own)) => {
                inner.reports.insert(report.id, Progress::Waiting { states, own: own.clone() });
                Submitted::New(Verifier { id: report.id, shares: own })
            }
            Err(Invalid) => {
                inner.reports.insert(report.id, Progress::Rejected);
                Submitted::Invalid
            }
        })
    }

    #[allow(clippy::type_complexity, reason = "what is kept and what is told, one for each proof")]
    fn start(&self, report: &Report) -> Result<(Vec<Vec<u8>>, Vec<Vec<u8>>), Invalid> {
        if report.shares.len() != self.circuits.proofs.len() {
            return Err(Invalid);
        }
        let mut kept = (Vec::new(), Vec::new());
        for (place, ((_, proof), (public, input))) in
            self.circuits.proofs.iter().zip(&report.shares).enumerate()
        {
            let ctx = context(&self.terms.run, &self.terms.terms, place);
            let (state, told) = proof.start(self.at(&ctx, &report.id), public, input)?;
            kept.0.push(state);
            kept.1.push(told);
        }
        Ok(kept)
    }

    fn at<'a>(&'a self, ctx: &'a [u8], id: &'a [u8; 16]) -> At<'a> {
        At { key: &self.terms.verify_key, ctx, aggregator: self.terms.aggregator, id }
    }

    /// Ends the verification of a report by what the other aggregators told, by their places. Whether it counts.
    ///
    /// A report that one of them does not have is rejected: give what there is.
    ///
    /// # Errors
    ///
    /// [`SumError::Late`] after the batch was released.
    pub fn verify(&self, id: &[u8; 16], told: &[(usize, &Verifier)]) -> Result<bool, SumError> {
        let mut inner = self.inner();
        match inner.reports.get(id) {
            Some(Progress::Accepted) => return Ok(true),
            Some(Progress::Waiting { .. }) if inner.released.is_none() => {}
            Some(Progress::Waiting { .. }) => return Err(SumError::Late),
            Some(Progress::Started | Progress::Rejected) | None => return Ok(false),
        }
        let Some(Progress::Waiting { states, own }) = inner.reports.insert(*id, Progress::Rejected) else {
            return Ok(false);
        };
        let Ok(parts) = self.finish(id, &states, &own, told) else { return Ok(false) };
        let mut sums = inner.sums.clone();
        for ((sum, part), (_, proof)) in sums.iter_mut().zip(&parts).zip(&self.circuits.proofs) {
            if proof.add(sum, part).is_err() {
                return Ok(false);
            }
        }
        inner.sums = sums;
        inner.accepted += 1;
        inner.reports.insert(*id, Progress::Accepted);
        Ok(true)
    }

    fn finish(
        &self,
        id: &[u8; 16],
        states: &[Vec<u8>],
        own: &[Vec<u8>],
        told: &[(usize, &Verifier)],
    ) -> Result<Vec<Vec<u8>>, Invalid> {
        let mut parts = Vec::with_capacity(states.len());
        for (place, ((_, proof), state)) in self.circuits.proofs.iter().zip(states).enumerate() {
            let mut shares = Vec::with_capacity(self.terms.aggregators);
            for aggregator in 0..self.terms.aggregators {
                let share = if aggregator == self.terms.aggregator {
                    own.get(place)
                } else {
                    let of = told.iter().find(|(from, verifier)| *from == aggregator && verifier.id == *id);
                    of.and_then(|(_, verifier)| verifier.shares.get(place))
                };
                shares.push(share.ok_or(Invalid)?.as_slice());
            }
            let ctx = context(&self.terms.run, &self.terms.terms, place);
            parts.push(proof.finish(self.at(&ctx, id), state, &shares)?);
        }
        Ok(parts)
    }

    /// The sum of this aggregator. The batch is closed by it: later reports are refused, and every further call gives the
    /// same answer.
    ///
    /// # Errors
    ///
    /// [`SumError::Expired`] where fewer reports were accepted than this aggregator's minimum. The batch then stays open,
    /// and keeps what it has.
    pub fn release(&self) -> Result<BatchShare, SumError> {
        let mut inner = self.inner();
        if let Some(released) = &inner.released {
            return Ok(released.clone());
        }
        if inner.accepted < self.terms.minimum {
            return Err(SumError::Expired { have: Bucket::of(inner.accepted) });
        }
        let share =
            BatchShare { reports: inner.accepted, accepted: accepted(&inner), sums: inner.sums.clone() };
        inner.released = Some(share.clone());
        Ok(share)
    }

    /// How many reports were accepted, coarsely, to tell contributors.
    pub fn have(&self) -> Bucket {
        Bucket::of(self.inner().accepted)
    }
}

fn accepted(inner: &Inner) -> [u8; 32] {
    let reports = inner.reports.iter().filter(|(_, progress)| matches!(progress, Progress::Accepted));
    let mut ids: Vec<_> = reports.map(|(id, _)| id).collect();
    ids.sort_unstable();
    let mut hash = Sha256::new();
    ids.iter().for_each(|id| hash.update(id));
    hash.finalize().into()
}

impl Circuits {
    /// The numbers of the plan, of the sums of all aggregators in their order.
    pub(crate) fn total(&self, plan: &SumPlan, shares: &[BatchShare]) -> Result<Vec<u64>, SumError> {
        use crate::sum::plan::Slot;

        let first = shares.first().ok_or(SumError::Impossible)?;
        if shares.iter().any(|share| (share.reports, share.accepted) != (first.reports, first.accepted)) {
            return Err(SumError::Terms("the aggregators did not accept the same reports"));
        }
        let reports = usize::try_from(first.reports).map_err(|_| SumError::Impossible)?;
        let mut total = vec![0; plan.len()];
        let mut put = |slot: Slot, number: u64| {
            let place = plan.slots.iter().position(|known| *known == slot);
            if let Some(place) = place.and_then(|place| total.get_mut(place)) {
                *place = number;
            }
        };
        put(Slot::Records, first.reports);
        for (place, (slots, proof)) in self.proofs.iter().enumerate() {
            let sums: Option<Vec<&[u8]>> =
                shares.iter().map(|share| share.sums.get(place).map(Vec::as_slice)).collect();
            let numbers = proof.total(&sums.ok_or(SumError::Impossible)?, reports);
            let numbers = numbers.map_err(|_| SumError::Impossible)?;
            slots.iter().zip(numbers).for_each(|(slot, number)| put(*slot, number));
        }
        Ok(total)
    }
}

//! The messages of Prio3: reports to the aggregators, proofs among them, and their sums to those who learn the total.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::batch::{Batch, BatchShare, BatchTerms, Submitted};
use super::circuit::Circuits;
use super::report::{Report, Verifier};
use crate::sum::run::{SumRun, fault, from_bytes, needed, to_bytes};
use crate::sum::{SumError, SumPlan, SumTerms, numbers};

const KEY: u16 = 1;
const REPORTS: u16 = 2;
const VERIFIERS: u16 = 3;
const SUMS: u16 = 4;

/// The name of the mark in the store of the run.
const BEGUN: &str = "prio3-begun";

/// How many reports a message has at most.
const CHUNK: usize = 1_000;

/// Some of the reports of a contributor, or of the proofs of an aggregator.
#[derive(Serialize, Deserialize)]
struct Part<T> {
    items: Vec<T>,
    last: bool,
}

/// What an aggregator answers when its sum is asked for.
#[derive(Serialize, Deserialize)]
enum Answer {
    Sum(BatchShare),
    /// Enough reports were accepted; for those who do not learn the total.
    Accepted,
    /// Too few reports were accepted.
    Expired(nest_release::Bucket),
}

/// Computes a total of what contributors proved. `None` for a party that does not learn it.
pub(crate) async fn run(
    run: &impl SumRun,
    plan: &SumPlan,
    records: &[Zeroizing<Vec<u64>>],
    terms: &SumTerms,
    aggregators: &[usize],
    minimum: u64,
) -> Result<Option<(Vec<u64>, usize)>, SumError> {
    let parties = run.parties().len();
    let distinct: std::collections::BTreeSet<_> = aggregators.iter().collect();
    if distinct.len() != aggregators.len() || aggregators.iter().any(|place| *place >= parties) {
        return Err(SumError::Terms("every aggregator is one party of the run"));
    }
    // Reports are split anew each time, so that a party that was stopped must not send its records a second time.
    if run.kept(BEGUN).await?.is_some() {
        return Err(SumError::Run(
            "this party was stopped while it computed with Prio3, which cannot go on: start a new run"
                .to_owned(),
        ));
    }
    run.keep(BEGUN, &[1]).await?;
    let protocol =
        Protocol { run, plan, terms, aggregators, circuits: Circuits::new(plan, aggregators.len())? };
    let place = aggregators.iter().position(|party| *party == run.me());
    let verify_key = match place {
        Some(_) => Some(protocol.agree_key().await?),
        None => None,
    };
    let own = protocol.contribute(records).await?;
    let mut sums = None;
    if let Some((place, verify_key)) = place.zip(verify_key) {
        let batch = Batch::new(
            plan,
            BatchTerms {
                run: run.run(),
                terms: run.terms(),
                verify_key: *verify_key,
                aggregator: place,
                aggregators: aggregators.len(),
                minimum,
            },
        )?;
        protocol.verify(&batch, own).await?;
        sums = Some(protocol.answer(&batch).await?);
    }
    let shares = protocol.answers(sums).await?;
    if !terms.share && run.me() != run.starter() {
        return Ok(None);
    }
    Ok(Some((protocol.circuits.total(plan, &shares)?, parties)))
}

struct Protocol<'a, R> {
    run: &'a R,
    plan: &'a SumPlan,
    terms: &'a SumTerms,
    aggregators: &'a [usize],
    circuits: Circuits,
}

impl<R: SumRun> Protocol<'_, R> {
    fn other_aggregators(&self) -> Vec<usize> {
        self.aggregators.iter().copied().filter(|party| *party != self.run.me()).collect()
    }

    /// The key of the verification: every aggregator has a part in it, and no contributor knows it.
    async fn agree_key(&self) -> Result<Zeroizing<[u8; 32]>, SumError> {
        let own = numbers::random_bytes::<32>();
        for party in self.other_aggregators() {
            self.run.send(KEY, party, own.to_vec()).await?;
        }
        let mut hash = Sha256::new();
        hash.update(b"nest-collab/sum/verify-key/1");
        for party in self.aggregators {
            if *party == self.run.me() {
                hash.update(*own);
                continue;
            }
            let part = Zeroizing::new(needed(self.run, KEY, *party, self.terms.wait).await?);
            if part.len() != 32 {
                return Err(fault(self.run, *party, "sent a part of the key that is none"));
            }
            hash.update(&*part);
        }
        Ok(Zeroizing::new(hash.finalize().into()))
    }

    /// Splits this party's records among the aggregators; gives back the reports for itself.
    async fn contribute(&self, records: &[Zeroizing<Vec<u64>>]) -> Result<Vec<Report>, SumError> {
        let mut own = Vec::new();
        let mut chunks = records.chunks(CHUNK).peekable();
        loop {
            let chunk = chunks.next().unwrap_or_default();
            let last = chunks.peek().is_none();
            let mut reports: Vec<Vec<Report>> = self.aggregators.iter().map(|_| Vec::new()).collect();
            for record in chunk {
                let (run, terms) = (self.run.run(), self.run.terms());
                let split = self.circuits.reports(self.plan, &run, &terms, record, self.aggregators.len())?;
                reports.iter_mut().zip(split).for_each(|(reports, report)| reports.push(report));
            }
            for (party, items) in self.aggregators.iter().zip(reports) {
                if *party == self.run.me() {
                    own.extend(items);
                } else {
                    self.run.send(REPORTS, *party, to_bytes(&Part { items, last })).await?;
                }
            }
            if last {
                return Ok(own);
            }
        }
    }

    /// All parts of what a party sends in a step; nothing where the last of them does not come in time, so that a party
    /// that was stopped is left out as a whole.
    async fn parts<T: serde::de::DeserializeOwned>(
        &self,
        step: u16,
        from: usize,
        most: u64,
    ) -> Result<Vec<T>, SumError> {
        let mut items = Vec::new();
        while let Some(bytes) = self.run.receive(step, from, self.terms.wait).await? {
            let part: Part<T> = from_bytes(self.run, from, &bytes)?;
            items.extend(part.items);
            if items.len() as u64 > most {
                return Err(fault(self.run, from, "sent more reports than the terms allow"));
            }
            if part.last {
                return Ok(items);
            }
        }
        Ok(Vec::new())
    }

    /// Takes the reports of all contributors, and verifies them with the other aggregators.
    async fn verify(&self, batch: &Batch, own: Vec<Report>) -> Result<(), SumError> {
        let most = self.plan.limits().max_records;
        let parties = self.run.parties().len();
        let contributors: Vec<usize> = (0..parties).filter(|party| *party != self.run.me()).collect();
        let received = contributors.iter().map(|party| self.parts::<Report>(REPORTS, *party, most));
        let mut verifiers = Vec::new();
        let reports: Result<Vec<_>, _> = join_all(received).await.into_iter().collect();
        for report in reports?.into_iter().flatten().chain(own) {
            if let Submitted::New(verifier) = batch.submit(&report)? {
                verifiers.push(verifier);
            }
        }
        let others = self.other_aggregators();
        for party in &others {
            let mut chunks = verifiers.chunks(CHUNK).peekable();
            loop {
                let items = chunks.next().unwrap_or_default();
                let last = chunks.peek().is_none();
                self.run.send(VERIFIERS, *party, to_bytes(&Part { items: items.to_vec(), last })).await?;
                if last {
                    break;
                }
            }
        }
        let all = most.saturating_mul(parties as u64);
        let told = others.iter().map(|party| self.parts::<Verifier>(VERIFIERS, *party, all));
        let told: Result<Vec<_>, _> = join_all(told).await.into_iter().collect();
        let told: Vec<HashMap<[u8; 16], Verifier>> =
            (told?.into_iter()).map(|all| all.into_iter().map(|one| (one.id, one)).collect()).collect();
        let places: Vec<usize> = (others.iter())
            .filter_map(|party| self.aggregators.iter().position(|aggregator| aggregator == party))
            .collect();
        for own in &verifiers {
            let of = told.iter().zip(&places).filter_map(|(told, place)| Some((*place, told.get(&own.id)?)));
            batch.verify(&own.id, &of.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Gives this aggregator's sum to those who learn the total, and tells all whether there are enough reports.
    async fn answer(&self, batch: &Batch) -> Result<BatchShare, SumError> {
        let released = batch.release();
        let answer = match &released {
            Ok(share) => Answer::Sum(share.clone()),
            Err(SumError::Expired { have }) => Answer::Expired(*have),
            Err(_) => return released,
        };
        for party in (0..self.run.parties().len()).filter(|party| *party != self.run.me()) {
            let learns = self.terms.share || party == self.run.starter();
            let told = match &answer {
                Answer::Sum(_) if !learns => to_bytes(&Answer::Accepted),
                answer => to_bytes(answer),
            };
            self.run.send(SUMS, party, told).await?;
        }
        released
    }

    /// What the aggregators answered: their sums, where this party learns the total.
    async fn answers(&self, own: Option<BatchShare>) -> Result<Vec<BatchShare>, SumError> {
        let mut shares = Vec::with_capacity(self.aggregators.len());
        for party in self.aggregators {
            if *party == self.run.me() {
                shares.extend(own.clone());
                continue;
            }
            // Aggregators wait for the contributors, and then for each other.
            let wait = self.terms.wait.saturating_mul(4);
            let bytes = needed(self.run, SUMS, *party, wait).await?;
            match from_bytes(self.run, *party, &bytes)? {
                Answer::Sum(share) => shares.push(share),
                Answer::Accepted => {}
                Answer::Expired(have) => return Err(SumError::Expired { have }),
            }
        }
        Ok(shares)
    }
}

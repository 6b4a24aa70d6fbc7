//! The sum as a protocol of a run: what it needs of the run, and which of the three ways it takes.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::pairwise::{self, Signatures, least_threshold};
use super::{LocalSums, RawSums, SumError, SumPlan, prio3, ring};

/// What a sum needs of its run: sealed messages by step, the identities of the parties, and a store.
///
/// Parties are given by their places in the terms of the run, so that all of them count alike.
pub trait SumRun: Signatures + Sync {
    /// The names of the parties, in the order of the terms.
    fn parties(&self) -> &[String];

    /// The place of this party.
    fn me(&self) -> usize;

    /// The place of the party that started the run.
    fn starter(&self) -> usize;

    /// The run.
    fn run(&self) -> [u8; 16];

    /// The hash of its terms.
    fn terms(&self) -> [u8; 32];

    /// Sends a message of a step to another party.
    fn send(
        &self,
        step: u16,
        to: usize,
        message: Vec<u8>,
    ) -> impl Future<Output = Result<(), SumError>> + Send;

    /// Waits for the next message of a step from another party; `None` where it does not come in time. A party that is
    /// started again may be given the messages of a step again, and its own messages may arrive twice.
    fn receive(
        &self,
        step: u16,
        from: usize,
        within: Duration,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, SumError>> + Send;

    /// Keeps bytes in the store of the run, in place of those before. They have to be sealed, and to be there after a
    /// crash once this has returned.
    fn keep(&self, name: &str, bytes: &[u8]) -> impl Future<Output = Result<(), SumError>> + Send;

    /// What was kept.
    fn kept(&self, name: &str) -> impl Future<Output = Result<Option<Zeroizing<Vec<u8>>>, SumError>> + Send;
}

/// The way in which a sum is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SumMode {
    /// A masked total goes round: few messages, no recovery, and a party's two neighbours together learn what it adds.
    Ring,
    /// Masks that cancel: the default. Parties that drop out after they sent their numbers, or before, are left out.
    Pairwise {
        /// How many parties it takes to open anything: at least two thirds of them plus one.
        threshold: usize,
    },
    /// Contributors that are not trusted, and two or more aggregators.
    Prio3 {
        /// The places of the aggregators among the parties.
        aggregators: Vec<usize>,
        /// The fewest accepted reports for which this party, as an aggregator, gives its sum.
        minimum: u64,
    },
}

impl SumMode {
    /// Pairwise masks with the smallest safe threshold.
    pub const fn pairwise(parties: usize) -> Self {
        Self::Pairwise { threshold: least_threshold(parties) }
    }
}

/// How a sum is computed, and who learns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumTerms {
    /// The way.
    pub mode: SumMode,
    /// Whether all parties learn the total. Otherwise the starter alone does.
    pub share: bool,
    /// How long a party waits for the messages of a step. Where parties may drop out, the others go on after it.
    pub wait: Duration,
}

impl SumTerms {
    /// Pairwise masks, for the starter alone, with a minute for each step.
    pub const fn new(parties: usize) -> Self {
        Self { mode: SumMode::pairwise(parties), share: false, wait: Duration::from_secs(60) }
    }

    /// The terms as bytes, for the hash of the terms of the run. The minimum of an aggregator is its own affair and not
    /// among them.
    pub fn terms(&self) -> Vec<u8> {
        let mut terms = vec![u8::from(self.share)];
        match &self.mode {
            SumMode::Ring => terms.push(0),
            SumMode::Pairwise { threshold } => {
                terms.push(1);
                terms.extend_from_slice(&(*threshold as u64).to_be_bytes());
            }
            SumMode::Prio3 { aggregators, .. } => {
                terms.push(2);
                aggregators.iter().for_each(|place| terms.extend_from_slice(&(*place as u64).to_be_bytes()));
            }
        }
        terms
    }
}

/// Computes a sum with the other parties of a run. `None` for a party that does not learn the total.
///
/// The records were read before, so that a record that cannot be read stops the run before anything is sent.
///
/// # Errors
///
/// A [`SumError`]: then no total was computed here. It is never a wrong one, where the other parties keep to the
/// protocol and whatever the relay does.
///
/// # Privacy
///
/// What each party learns, alone and together with others, is said at each way. No way can hide what the total itself
/// tells: all parties but one together know what that one added.
pub async fn secure_sum(
    run: &impl SumRun,
    plan: &SumPlan,
    records: SumRecords<'_>,
    terms: &SumTerms,
) -> Result<Option<RawSums>, SumError> {
    let parties = run.parties().len();
    let least = plan.limits().least_parties();
    if parties < least {
        return Err(SumError::TooFewParties { parties, least });
    }
    if parties > plan.limits().max_parties {
        return Err(SumError::Terms("there are more parties than the bounds were checked for"));
    }
    let total = match &terms.mode {
        SumMode::Ring => ring::run(run, plan, records.sums.finish()?, terms).await?,
        SumMode::Pairwise { threshold } => {
            pairwise::run(run, plan, records.sums.finish()?, terms, *threshold).await?
        }
        SumMode::Prio3 { aggregators, minimum } => {
            records.sums.finish()?;
            prio3::run(run, plan, &records.single, terms, aggregators, *minimum).await?
        }
    };
    total.map(|(total, parties)| plan.outcome(&total, parties)).transpose()
}

/// The records of a party, ready to be summed: in total, or one by one where each of them is proved.
pub struct SumRecords<'p> {
    plan: &'p SumPlan,
    sums: LocalSums<'p>,
    one_by_one: bool,
    single: Vec<Zeroizing<Vec<u64>>>,
}

impl<'p> SumRecords<'p> {
    /// No records yet, for a sum in this way.
    pub fn new(plan: &'p SumPlan, mode: &SumMode) -> Self {
        let one_by_one = matches!(mode, SumMode::Prio3 { .. });
        Self { plan, sums: LocalSums::new(plan), one_by_one, single: Vec::new() }
    }

    /// Adds a record of a Rust type.
    ///
    /// # Errors
    ///
    /// As [`LocalSums::add`].
    pub fn add<R: nest_core::PepRecord>(&mut self, record: &R) -> Result<(), SumError> {
        self.add_plain(&record.to_plain()?)
    }

    /// Adds a record without a Rust type.
    ///
    /// # Errors
    ///
    /// As [`LocalSums::add_plain`].
    pub fn add_plain(&mut self, record: &nest_core::value::PlainRecord) -> Result<(), SumError> {
        self.sums.add_plain(record)?;
        if self.one_by_one {
            self.single.push(super::local::contribution(self.plan, record)?);
        }
        Ok(())
    }

    /// The number of records so far.
    pub fn records(&self) -> u64 {
        self.sums.records()
    }
}

/// A message as bytes.
pub(crate) fn to_bytes<M: Serialize>(message: &M) -> Vec<u8> {
    // Vectors, numbers and byte strings: nothing in it fails.
    serde_json::to_vec(message).unwrap_or_default()
}

/// A message of a party.
pub(crate) fn from_bytes<M: DeserializeOwned>(
    run: &impl SumRun,
    party: usize,
    bytes: &[u8],
) -> Result<M, SumError> {
    serde_json::from_slice(bytes).map_err(|_| fault(run, party, "sent a message that is none of this step"))
}

/// What is wrong with a message of a party.
pub(crate) fn fault(run: &impl SumRun, party: usize, fault: &'static str) -> SumError {
    let name = run.parties().get(party).cloned();
    SumError::Party { party: name.unwrap_or_else(|| "an unknown party".to_owned()), fault }
}

/// Waits for a message without which the sum cannot go on.
pub(crate) async fn needed(
    run: &impl SumRun,
    step: u16,
    from: usize,
    within: Duration,
) -> Result<Vec<u8>, SumError> {
    let message = run.receive(step, from, within).await?;
    message.ok_or_else(|| fault(run, from, "did not answer in time"))
}

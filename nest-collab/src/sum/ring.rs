//! The ring: the classic protocol, in which a masked total goes round once.
//!
//! The first party adds a random number to its own, each party adds its own and passes the result on, and the first
//! party subtracts the random number at the end. It takes one message for each party, and all parties have to be there.
//!
//! Each party sees one number, which is uniform and tells nothing. The two neighbours of a party together learn what it
//! added. Where that is not acceptable, use [pairwise masks](super::pairwise).

use zeroize::Zeroizing;

use super::local::SumVector;
use super::run::{SumRun, fault, needed};
use super::{SumError, SumPlan, SumTerms, numbers};

/// The random number of the first party. It stays in the store of the run until the total is back.
pub(crate) struct RingMask(Zeroizing<Vec<u64>>);

impl RingMask {
    pub(crate) fn draw(len: usize) -> Self {
        Self(numbers::random(len))
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(numbers::to_bytes(&self.0))
    }

    pub(crate) fn from_bytes(bytes: &[u8], len: usize) -> Option<Self> {
        numbers::from_bytes(bytes, len).map(|numbers| Self(Zeroizing::new(numbers)))
    }

    /// What the first party sends.
    pub(crate) fn start(&self, own: &SumVector) -> Vec<u64> {
        let mut sent = self.0.to_vec();
        numbers::add(&mut sent, own.numbers());
        sent
    }

    /// The total, of what came back to the first party.
    pub(crate) fn finish(self, mut received: Vec<u64>) -> Vec<u64> {
        numbers::subtract(&mut received, &self.0);
        received
    }
}

/// What every other party sends on.
pub(crate) fn pass_on(mut received: Vec<u64>, own: &SumVector) -> Vec<u64> {
    numbers::add(&mut received, own.numbers());
    received
}

/// The step in which the total goes round.
const ROUND: u16 = 1;
/// The step in which the starter shares it.
const SHARED: u16 = 2;
/// The name of the mask in the store of the run.
const MASK: &str = "ring-mask";

/// Computes a total in a ring that begins and ends at the starter.
pub(crate) async fn run(
    run: &impl SumRun,
    plan: &SumPlan,
    own: SumVector,
    terms: &SumTerms,
) -> Result<Option<(Vec<u64>, usize)>, SumError> {
    let (parties, me) = (run.parties().len(), run.me());
    let (before, after) = ((me + parties - 1) % parties, (me + 1) % parties);
    let read = |from: usize, bytes: &[u8]| {
        let numbers = numbers::from_bytes(bytes, plan.len());
        numbers.ok_or_else(|| fault(run, from, "sent more or fewer numbers than planned"))
    };
    // The message goes round once: every party may have to wait for all that come before it.
    let wait = terms.wait.saturating_mul(u32::try_from(parties).unwrap_or(u32::MAX));
    if me == run.starter() {
        let mask = match run.kept(MASK).await? {
            Some(bytes) => RingMask::from_bytes(&bytes, plan.len()).ok_or(SumError::Impossible)?,
            None => {
                let mask = RingMask::draw(plan.len());
                run.keep(MASK, &mask.to_bytes()).await?;
                mask
            }
        };
        run.send(ROUND, after, numbers::to_bytes(&mask.start(&own))).await?;
        let received = read(before, &needed(run, ROUND, before, wait).await?)?;
        let total = mask.finish(received);
        if terms.share {
            for party in (0..parties).filter(|party| *party != me) {
                run.send(SHARED, party, numbers::to_bytes(&total)).await?;
            }
        }
        return Ok(Some((total, parties)));
    }
    let received = read(before, &needed(run, ROUND, before, wait).await?)?;
    run.send(ROUND, after, numbers::to_bytes(&pass_on(received, &own))).await?;
    if !terms.share {
        return Ok(None);
    }
    let total = read(run.starter(), &needed(run, SHARED, run.starter(), wait).await?)?;
    Ok(Some((total, parties)))
}

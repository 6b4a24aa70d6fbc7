//! The messages of pairwise masks, in their order, with what is kept before each is sent.

use std::collections::BTreeMap;
use std::future::Future;

use futures_util::future::join_all;

use super::messages::{Heard, Keys, Masked, Roster, Shares, Signed, Survivors};
use super::state::{Pairwise, PairwiseTerms};
use crate::sum::local::SumVector;
use crate::sum::run::{SumRun, fault, from_bytes, needed, to_bytes};
use crate::sum::{SumError, SumPlan, SumTerms};

const KEYS: u16 = 1;
const HEARD: u16 = 2;
const MASKED: u16 = 3;
const SURVIVORS: u16 = 4;
const SIGNED: u16 = 5;
const SHARES: u16 = 6;

/// The name of the state in the store of the run.
const STATE: &str = "pairwise";

/// Computes a total of those parties that stay until the end. `None` for a party that does not learn it.
pub(crate) async fn run(
    run: &impl SumRun,
    plan: &SumPlan,
    own: SumVector,
    terms: &SumTerms,
    threshold: usize,
) -> Result<Option<(Vec<u64>, usize)>, SumError> {
    let protocol = Protocol { run, terms };
    let mut state = protocol.begin(plan, threshold).await?;
    protocol.keys(&mut state).await?;
    let roster = protocol.roster(&mut state).await?;
    protocol.mask(&mut state, &own, &roster).await?;
    drop(own);
    let survivors = protocol.survivors(&mut state, &roster).await?;
    protocol.open(&mut state, &survivors).await?;
    if terms.share || run.me() == run.starter() { state.total().map(Some) } else { Ok(None) }
}

struct Protocol<'a, R> {
    run: &'a R,
    terms: &'a SumTerms,
}

impl<R: SumRun> Protocol<'_, R> {
    fn me(&self) -> u16 {
        place(self.run.me())
    }

    fn starts(&self) -> bool {
        self.run.me() == self.run.starter()
    }

    async fn begin(&self, plan: &SumPlan, threshold: usize) -> Result<Pairwise, SumError> {
        if let Some(bytes) = self.run.kept(STATE).await? {
            return Pairwise::from_bytes(&bytes).ok_or(SumError::Terms("the state of the run is damaged"));
        }
        let state = Pairwise::new(PairwiseTerms {
            run: self.run.run(),
            terms: self.run.terms(),
            parties: self.run.parties().to_vec(),
            me: self.me(),
            threshold,
            len: plan.len(),
            allow_two: plan.limits().allow_two,
        })?;
        self.keep(&state).await?;
        Ok(state)
    }

    async fn keep(&self, state: &Pairwise) -> Result<(), SumError> {
        self.run.keep(STATE, &state.to_bytes()).await
    }

    fn others(&self) -> Vec<u16> {
        (0..place(self.run.parties().len())).filter(|party| *party != self.me()).collect()
    }

    /// What each of these parties sends in a step; nothing of those that are late.
    async fn gather(&self, step: u16, from: &[u16]) -> Result<Vec<(u16, Vec<u8>)>, SumError> {
        let received = from.iter().map(|party| self.run.receive(step, usize::from(*party), self.terms.wait));
        let mut messages = Vec::with_capacity(from.len());
        for (party, message) in from.iter().zip(join_all(received).await) {
            if let Some(message) = message? {
                messages.push((*party, message));
            }
        }
        Ok(messages)
    }

    fn read<M: serde::de::DeserializeOwned>(&self, party: u16, bytes: &[u8]) -> Result<M, SumError> {
        from_bytes(self.run, usize::from(party), bytes)
    }

    fn send<'s, M: serde::Serialize>(
        &'s self,
        step: u16,
        to: u16,
        message: &M,
    ) -> impl Future<Output = Result<(), SumError>> + 's {
        self.run.send(step, usize::from(to), to_bytes(message))
    }

    async fn keys(&self, state: &mut Pairwise) -> Result<(), SumError> {
        let others = self.others();
        for party in &others {
            let keys = state.keys_for(*party, self.run)?;
            self.send(KEYS, *party, &keys).await?;
        }
        let missing: Vec<u16> =
            others.into_iter().filter(|party| !state.heard().parties.contains(party)).collect();
        for (party, bytes) in self.gather(KEYS, &missing).await? {
            let keys: Keys = self.read(party, &bytes)?;
            state.accept_keys(party, &keys, self.run)?;
        }
        self.keep(state).await
    }

    /// Who takes part: those who heard each other, as the starter settles it.
    async fn roster(&self, state: &mut Pairwise) -> Result<Vec<u16>, SumError> {
        let starter = place(self.run.starter());
        let roster = if let Some(roster) = state.settled().filter(|_| !self.starts()) {
            roster
        } else if self.starts() {
            let roster = self.settle(state).await?;
            for party in roster.parties.iter().filter(|party| **party != self.me()) {
                self.send(HEARD, *party, &roster).await?;
            }
            roster
        } else {
            self.send(HEARD, starter, &state.heard()).await?;
            self.read::<Roster>(starter, &self.answer_of(HEARD, starter).await?)?
        };
        state.accept_roster(&roster)?;
        self.keep(state).await?;
        Ok(roster.parties)
    }

    /// The starter's list of parties: kept before it is sent, so that it is never another.
    async fn settle(&self, state: &mut Pairwise) -> Result<Roster, SumError> {
        if let Some(roster) = state.settled() {
            return Ok(roster);
        }
        let mut heard = BTreeMap::from([(self.me(), state.heard())]);
        for (party, bytes) in self.gather(HEARD, &self.others()).await? {
            heard.insert(party, self.read::<Heard>(party, &bytes)?);
        }
        let roster = state.settle(&heard)?;
        state.accept_roster(&roster)?;
        self.keep(state).await?;
        Ok(roster)
    }

    /// The starter answers once it has waited for all others, which is twice the wait at most.
    async fn answer_of(&self, step: u16, starter: u16) -> Result<Vec<u8>, SumError> {
        needed(self.run, step, usize::from(starter), self.terms.wait.saturating_mul(3)).await
    }

    async fn mask(&self, state: &mut Pairwise, own: &SumVector, roster: &[u16]) -> Result<(), SumError> {
        let masked = state.mask(own)?;
        // Before it is sent: what was masked once is never masked again for other numbers.
        self.keep(state).await?;
        let others: Vec<u16> = roster.iter().copied().filter(|party| *party != self.me()).collect();
        for party in &others {
            self.send(MASKED, *party, &masked).await?;
        }
        let missing: Vec<u16> = others.into_iter().filter(|party| !state.has_masked(*party)).collect();
        for (party, bytes) in self.gather(MASKED, &missing).await? {
            let masked: Masked = self.read(party, &bytes)?;
            state.accept_masked(party, masked)?;
        }
        self.keep(state).await
    }

    /// Whose numbers are summed, signed by as many as it takes to open anything.
    async fn survivors(&self, state: &mut Pairwise, roster: &[u16]) -> Result<Vec<u16>, SumError> {
        let starter = place(self.run.starter());
        let survivors = if let Some(agreed) = state.agreed().filter(|_| !self.starts()) {
            agreed
        } else if self.starts() {
            let survivors = state.agreed().unwrap_or_else(|| state.propose());
            // The starter is bound to its list before others are told.
            state.accept_survivors(&survivors, self.run)?;
            self.keep(state).await?;
            for party in roster.iter().filter(|party| **party != self.me()) {
                self.send(SURVIVORS, *party, &survivors).await?;
            }
            survivors
        } else {
            self.read::<Survivors>(starter, &self.answer_of(SURVIVORS, starter).await?)?
        };
        let signed = state.accept_survivors(&survivors, self.run)?;
        // Before the signature is sent: a party that crashed must not sign another list.
        self.keep(state).await?;
        let others: Vec<u16> =
            survivors.parties.iter().copied().filter(|party| *party != self.me()).collect();
        for party in &others {
            self.send(SIGNED, *party, &signed).await?;
        }
        for (party, bytes) in self.gather(SIGNED, &others).await? {
            let signed: Signed = self.read(party, &bytes)?;
            state.accept_signature(party, &signed, self.run)?;
        }
        self.keep(state).await?;
        Ok(survivors.parties)
    }

    /// Shares go to those who learn the total.
    async fn open(&self, state: &mut Pairwise, survivors: &[u16]) -> Result<(), SumError> {
        let shares = state.open()?;
        let starter = place(self.run.starter());
        let learns = |party: u16| self.terms.share || party == starter;
        let others: Vec<u16> = survivors.iter().copied().filter(|party| *party != self.me()).collect();
        for party in others.iter().filter(|party| learns(**party)) {
            self.send(SHARES, *party, &shares).await?;
        }
        if !learns(self.me()) {
            return Ok(());
        }
        for (party, bytes) in self.gather(SHARES, &others).await? {
            let shares: Shares = self.read(party, &bytes)?;
            state.accept_shares(party, shares)?;
        }
        if state.can_total() {
            Ok(())
        } else {
            Err(fault(self.run, self.run.me(), "received too few shares"))
        }
    }
}

/// A place among the parties. There are fewer than 2^16: see [`Pairwise::new`].
fn place(party: usize) -> u16 {
    u16::try_from(party).unwrap_or(u16::MAX)
}

//! One party of pairwise masks: what it knows, and what it does at most once.
//!
//! Every step checks that it may be taken now. What must not be taken back is written down first: the caller keeps
//! [`Pairwise::to_bytes`] in the store of the run before it sends what a step returned.

use std::collections::{BTreeMap, BTreeSet};

use curve25519_dalek::Scalar;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::mask::Mask;
use super::messages::{
    Heard, Keys, Masked, Roster, Shares, Signatures, Signed, Survivors, key_statement, roster_hash,
    survivor_statement,
};
use super::scalar::{commitment, public_key, random_scalar, shared_secret};
use super::shamir;
use crate::sum::local::SumVector;
use crate::sum::{SumError, numbers};

/// The step in which masked numbers are sent: part of what every mask is derived from.
const MASKED_STEP: u16 = 3;

/// The fewest survivors that a sum is opened for.
const LEAST_SURVIVORS: usize = 3;

/// The smallest safe threshold: with fewer, somebody who tells parties different lists of survivors could open both
/// secrets of one party (Bonawitz et al., "Practical secure aggregation for privacy-preserving machine learning", 2017,
/// section 6.2).
pub const fn least_threshold(parties: usize) -> usize {
    2 * parties / 3 + 1
}

/// What the parties agreed on before the first message.
#[derive(Clone, Serialize, Deserialize)]
pub struct PairwiseTerms {
    /// The run.
    pub run: [u8; 16],
    /// The hash of its terms.
    pub terms: [u8; 32],
    /// The names of the parties, in the order of the terms.
    pub parties: Vec<String>,
    /// The place of this party.
    pub me: u16,
    /// How many shares open a secret.
    pub threshold: usize,
    /// How many numbers are summed.
    pub len: usize,
    /// Whether two parties may compute a sum.
    pub allow_two: bool,
}

/// What a party keeps of another.
#[derive(Clone, Serialize, Deserialize)]
struct Peer {
    public: [u8; 32],
    commitment: [u8; 32],
    key_share: Scalar,
    mask_share: Scalar,
}

/// One party of pairwise masks.
///
/// No `Debug`: it holds secrets. They are wiped when it is dropped.
#[derive(Serialize, Deserialize)]
pub struct Pairwise {
    terms: PairwiseTerms,
    run_key: Scalar,
    own_mask: Scalar,
    /// The shares of both secrets, by their holders.
    key_shares: Vec<Scalar>,
    mask_shares: Vec<Scalar>,
    peers: BTreeMap<u16, Peer>,
    roster: Option<Vec<u16>>,
    /// What was sent, so that a repeated step sends the same and not another masking of other numbers.
    sent: Option<Vec<u64>>,
    received: BTreeMap<u16, Vec<u64>>,
    /// The one list of survivors that this party signs. Once set, it is never another.
    survivors: Option<Vec<u16>>,
    signed: BTreeSet<u16>,
    opened: BTreeMap<u16, Shares>,
}

impl Drop for Pairwise {
    fn drop(&mut self) {
        self.run_key.zeroize();
        self.own_mask.zeroize();
        self.key_shares.zeroize();
        self.mask_shares.zeroize();
        for peer in self.peers.values_mut() {
            peer.key_share.zeroize();
            peer.mask_share.zeroize();
        }
        for shares in self.opened.values_mut() {
            let both = shares.mask_shares.iter_mut().chain(shares.key_shares.iter_mut());
            both.for_each(|(_, share)| share.zeroize());
        }
    }
}

impl Pairwise {
    /// New secrets for a run.
    ///
    /// # Errors
    ///
    /// [`SumError::TooFewParties`], and [`SumError::Terms`] where the threshold is below [`least_threshold`] or above the
    /// number of parties.
    pub fn new(terms: PairwiseTerms) -> Result<Self, SumError> {
        let parties = terms.parties.len();
        let least = if terms.allow_two { 2 } else { 3 };
        if parties < least {
            return Err(SumError::TooFewParties { parties, least });
        }
        if terms.threshold < least_threshold(parties) || terms.threshold > parties {
            return Err(SumError::Terms(
                "the threshold lies between two thirds of the parties plus one, and all of them",
            ));
        }
        if usize::from(terms.me) >= parties || u16::try_from(parties).is_err() {
            return Err(SumError::Terms("this party is not one of the run"));
        }
        let (run_key, own_mask) = (random_scalar(), random_scalar());
        Ok(Self {
            key_shares: shamir::split(&run_key, terms.threshold, parties).to_vec(),
            mask_shares: shamir::split(&own_mask, terms.threshold, parties).to_vec(),
            run_key: *run_key,
            own_mask: *own_mask,
            peers: BTreeMap::new(),
            roster: None,
            sent: None,
            received: BTreeMap::new(),
            survivors: None,
            signed: BTreeSet::new(),
            opened: BTreeMap::new(),
            terms,
        })
    }

    /// Everything of this party, for the store of its run, which has to be sealed.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Maps with whole numbers as keys, and vectors: nothing in it fails.
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The party that [`to_bytes`](Self::to_bytes) wrote; `None` where the bytes are others.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    fn me(&self) -> u16 {
        self.terms.me
    }

    fn parties(&self) -> usize {
        self.terms.parties.len()
    }

    fn least(&self) -> usize {
        if self.terms.allow_two && self.parties() == 2 { 2 } else { LEAST_SURVIVORS }
    }

    fn fault(&self, party: u16, fault: &'static str) -> SumError {
        let name = self.terms.parties.get(usize::from(party)).cloned();
        SumError::Party { party: name.unwrap_or_else(|| "an unknown party".to_owned()), fault }
    }

    /// The first message to another party.
    ///
    /// # Errors
    ///
    /// [`SumError::Terms`] where there is no such party.
    pub fn keys_for(&self, party: u16, signatures: &impl Signatures) -> Result<Keys, SumError> {
        let holder = usize::from(party);
        let (key_share, mask_share) = self
            .key_shares
            .get(holder)
            .zip(self.mask_shares.get(holder))
            .ok_or(SumError::Terms("the run has no such party"))?;
        let public = public_key(&self.run_key);
        let commitment = commitment(&self.terms.run, self.me(), &self.own_mask);
        let statement = key_statement(&self.terms.run, &self.terms.terms, self.me(), &public, &commitment);
        Ok(Keys {
            public,
            commitment,
            signature: signatures.sign(&statement),
            key_share: *key_share,
            mask_share: *mask_share,
        })
    }

    /// Takes the first message of another party.
    ///
    /// # Errors
    ///
    /// [`SumError::Party`] where it was not signed for this run, or is another than the one before.
    pub fn accept_keys(
        &mut self,
        party: u16,
        keys: &Keys,
        signatures: &impl Signatures,
    ) -> Result<(), SumError> {
        if usize::from(party) >= self.parties() || party == self.me() {
            return Err(self.fault(party, "is no other party of the run"));
        }
        let statement =
            key_statement(&self.terms.run, &self.terms.terms, party, &keys.public, &keys.commitment);
        if !signatures.verify(party.into(), &statement, &keys.signature) {
            return Err(self.fault(party, "did not sign its key for this run"));
        }
        if shared_secret(&self.run_key, &keys.public).is_none() {
            return Err(self.fault(party, "sent a key that is none"));
        }
        if self.roster.is_some() {
            return Err(self.fault(party, "sent its key after the parties were settled"));
        }
        if self.peers.get(&party).is_some_and(|peer| peer.public != keys.public) {
            return Err(self.fault(party, "sent two keys"));
        }
        let peer = Peer {
            public: keys.public,
            commitment: keys.commitment,
            key_share: keys.key_share,
            mask_share: keys.mask_share,
        };
        self.peers.insert(party, peer);
        Ok(())
    }

    /// Whose first messages arrived, this party included.
    pub fn heard(&self) -> Heard {
        let mut parties: Vec<u16> = self.peers.keys().copied().chain([self.me()]).collect();
        parties.sort_unstable();
        Heard { parties }
    }

    /// The starter settles who takes part: those who heard each other.
    ///
    /// # Errors
    ///
    /// [`SumError::TooFewParties`] where they are fewer than the threshold.
    pub fn settle(&self, heard: &BTreeMap<u16, Heard>) -> Result<Roster, SumError> {
        let mut left: BTreeSet<u16> = heard.keys().copied().collect();
        let hears = |one: u16, other: u16| {
            one == other || heard.get(&one).is_some_and(|heard| heard.parties.contains(&other))
        };
        loop {
            let misses = |one: &u16| {
                left.iter().filter(|other| !hears(*one, **other) || !hears(**other, *one)).count()
            };
            let worst = left.iter().map(|one| (misses(one), *one)).max();
            match worst {
                Some((misses, worst)) if misses > 0 => left.remove(&worst),
                _ => break,
            };
        }
        let least = self.terms.threshold.max(self.least());
        if left.len() < least || !left.contains(&self.me()) {
            return Err(SumError::TooFewParties { parties: left.len(), least });
        }
        Ok(Roster { parties: left.into_iter().collect() })
    }

    /// Takes the list of those who take part. It is settled once.
    ///
    /// # Errors
    ///
    /// [`SumError::Terms`] where it lacks this party or lists one whose key did not arrive, or another was settled
    /// before; [`SumError::TooFewParties`].
    pub fn accept_roster(&mut self, roster: &Roster) -> Result<(), SumError> {
        let parties = &roster.parties;
        if !parties.is_sorted_by(|one, next| one < next) || !parties.contains(&self.me()) {
            return Err(SumError::Terms("the list of parties lacks this one"));
        }
        if parties.iter().any(|party| *party != self.me() && !self.peers.contains_key(party)) {
            return Err(SumError::Terms("the list of parties has one whose key did not arrive"));
        }
        let least = self.terms.threshold.max(self.least());
        if parties.len() < least {
            return Err(SumError::TooFewParties { parties: parties.len(), least });
        }
        match &self.roster {
            Some(settled) if settled != parties => {
                Err(SumError::Terms("another list of parties was settled before"))
            }
            _ => {
                self.roster = Some(parties.clone());
                Ok(())
            }
        }
    }

    fn roster(&self) -> Result<&[u16], SumError> {
        self.roster.as_deref().ok_or(SumError::Terms("the parties are not settled"))
    }

    /// Masks this party's numbers: the third message, the same to all. A repetition gives the same message, whatever the
    /// numbers are then.
    ///
    /// # Errors
    ///
    /// [`SumError::Terms`] before the parties are settled, or after the survivors are.
    pub fn mask(&mut self, own: &SumVector) -> Result<Masked, SumError> {
        let roster = self.roster()?.to_vec();
        let hash = roster_hash(&self.terms.run, &self.terms.terms, &roster);
        if let Some(sent) = &self.sent {
            return Ok(Masked { roster: hash, numbers: sent.clone() });
        }
        if self.survivors.is_some() || own.numbers().len() != self.terms.len {
            return Err(SumError::Terms("numbers are masked before the survivors are settled"));
        }
        let mut masked = own.numbers().to_vec();
        self.own_mask_of(self.me(), &self.own_mask).add(&mut masked);
        for party in roster.iter().filter(|party| **party != self.me()) {
            let mask = self.pair_mask(*party, &self.run_key, self.me())?;
            if *party > self.me() { mask.add(&mut masked) } else { mask.subtract(&mut masked) }
        }
        self.sent = Some(masked.clone());
        self.received.insert(self.me(), masked.clone());
        Ok(Masked { roster: hash, numbers: masked })
    }

    fn own_mask_of(&self, party: u16, secret: &Scalar) -> Mask {
        let bytes = Zeroizing::new(secret.to_bytes());
        Mask::of_own(&bytes, &self.terms.run, MASKED_STEP, party)
    }

    /// The mask between two parties, by the secret of the second and the public key of the first.
    fn pair_mask(&self, party: u16, secret: &Scalar, owner: u16) -> Result<Mask, SumError> {
        let public = if party == self.me() {
            public_key(&self.run_key)
        } else {
            self.peers.get(&party).ok_or(SumError::Impossible)?.public
        };
        let shared = shared_secret(secret, &public).ok_or(SumError::Impossible)?;
        Ok(Mask::of_pair(&shared, &self.terms.run, MASKED_STEP, party, owner))
    }

    /// Whether the masked numbers of a party are here.
    pub(crate) fn has_masked(&self, party: u16) -> bool {
        self.received.contains_key(&party)
    }

    /// The list of parties, once it is settled.
    pub(crate) fn settled(&self) -> Option<Roster> {
        self.roster.clone().map(|parties| Roster { parties })
    }

    /// The list of survivors, once it is signed.
    pub(crate) fn agreed(&self) -> Option<Survivors> {
        self.survivors.clone().map(|parties| Survivors { parties })
    }

    /// Takes the masked numbers of another party.
    ///
    /// # Errors
    ///
    /// [`SumError::Party`] where they were masked for other parties, are not as many as planned, differ from the ones
    /// before, or come after the survivors were settled: then the mask of a party that counts as dropped out may be
    /// known, and its numbers would be readable.
    pub fn accept_masked(&mut self, party: u16, masked: Masked) -> Result<(), SumError> {
        let roster = self.roster()?;
        if !roster.contains(&party) || party == self.me() {
            return Err(self.fault(party, "is no other party of the sum"));
        }
        if masked.roster != roster_hash(&self.terms.run, &self.terms.terms, roster) {
            return Err(self.fault(party, "was told another list of parties"));
        }
        if self.survivors.is_some() && !self.received.contains_key(&party) {
            return Err(self.fault(party, "sent its numbers after it counted as dropped out"));
        }
        if masked.numbers.len() != self.terms.len {
            return Err(self.fault(party, "sent more or fewer numbers than planned"));
        }
        match self.received.get(&party) {
            Some(known) if *known != masked.numbers => Err(self.fault(party, "sent different numbers twice")),
            _ => {
                self.received.insert(party, masked.numbers);
                Ok(())
            }
        }
    }

    /// The starter's proposal: those whose masked numbers arrived.
    pub fn propose(&self) -> Survivors {
        Survivors { parties: self.received.keys().copied().collect() }
    }

    /// Takes the list of survivors, and signs it. After this, the list is never another. Keep
    /// [`to_bytes`](Self::to_bytes) before the signature is sent.
    ///
    /// # Errors
    ///
    /// [`SumError::TooFewParties`] where the survivors are fewer than the threshold or three; [`SumError::Terms`] where
    /// the list lacks this party, has one that does not take part, or is not the one that was signed before.
    pub fn accept_survivors(
        &mut self,
        survivors: &Survivors,
        signatures: &impl Signatures,
    ) -> Result<Signed, SumError> {
        let (roster, parties) = (self.roster()?, &survivors.parties);
        if !parties.is_sorted_by(|one, next| one < next)
            || parties.iter().any(|party| !roster.contains(party))
        {
            return Err(SumError::Terms("the list of survivors has one that does not take part"));
        }
        if !parties.contains(&self.me()) || self.sent.is_none() {
            return Err(SumError::Terms("this party counts as dropped out: its numbers came too late"));
        }
        let least = self.terms.threshold.max(self.least());
        if parties.len() < least {
            return Err(SumError::TooFewParties { parties: parties.len(), least });
        }
        if self.survivors.as_ref().is_some_and(|signed| signed != parties) {
            return Err(SumError::Terms("another list of survivors was signed before"));
        }
        self.survivors = Some(parties.clone());
        self.signed.insert(self.me());
        Ok(Signed { signature: signatures.sign(&self.statement()?) })
    }

    fn survivors(&self) -> Result<&[u16], SumError> {
        self.survivors.as_deref().ok_or(SumError::Terms("the survivors are not settled"))
    }

    fn statement(&self) -> Result<Vec<u8>, SumError> {
        Ok(survivor_statement(&self.terms.run, &self.terms.terms, self.roster()?, self.survivors()?))
    }

    /// Takes the signature of another survivor.
    ///
    /// # Errors
    ///
    /// [`SumError::Party`] where it did not sign the list that this party signed.
    pub fn accept_signature(
        &mut self,
        party: u16,
        signed: &Signed,
        signatures: &impl Signatures,
    ) -> Result<(), SumError> {
        if !self.survivors()?.contains(&party) {
            return Err(self.fault(party, "signed the survivors and is none"));
        }
        if !signatures.verify(party.into(), &self.statement()?, &signed.signature) {
            return Err(self.fault(party, "signed another list of survivors"));
        }
        self.signed.insert(party);
        Ok(())
    }

    /// Whether as many signed the list of survivors as it takes to open anything.
    pub fn is_signed(&self) -> bool {
        self.survivors.is_some() && self.signed.len() >= self.terms.threshold
    }

    /// The fifth message: of each survivor the share of its own mask, and of each party that dropped out the share of its
    /// run key. Never both of one party.
    ///
    /// # Errors
    ///
    /// [`SumError::TooFewParties`] before [`is_signed`](Self::is_signed).
    pub fn open(&self) -> Result<Shares, SumError> {
        let (roster, survivors) = (self.roster()?, self.survivors()?);
        if !self.is_signed() {
            return Err(SumError::TooFewParties { parties: self.signed.len(), least: self.terms.threshold });
        }
        let mut shares = Shares { mask_shares: Vec::new(), key_shares: Vec::new() };
        for party in roster {
            let own = usize::from(self.me());
            let (key_share, mask_share) = if *party == self.me() {
                (self.key_shares.get(own).copied(), self.mask_shares.get(own).copied())
            } else {
                let peer = self.peers.get(party);
                (peer.map(|peer| peer.key_share), peer.map(|peer| peer.mask_share))
            };
            let (kept, share) = if survivors.contains(party) {
                (&mut shares.mask_shares, mask_share)
            } else {
                (&mut shares.key_shares, key_share)
            };
            kept.push((*party, share.ok_or(SumError::Impossible)?));
        }
        Ok(shares)
    }

    /// Takes the fifth message of another survivor.
    ///
    /// # Errors
    ///
    /// [`SumError::Party`] where it has shares of other parties than the list of survivors asks for.
    pub fn accept_shares(&mut self, party: u16, shares: Shares) -> Result<(), SumError> {
        let (roster, survivors) = (self.roster()?, self.survivors()?);
        if !survivors.contains(&party) || party == self.me() {
            return Err(self.fault(party, "sent shares and is no other survivor"));
        }
        let of = |shares: &[(u16, Scalar)]| shares.iter().map(|(party, _)| *party).collect::<Vec<_>>();
        let dropped: Vec<u16> = roster.iter().copied().filter(|party| !survivors.contains(party)).collect();
        if of(&shares.mask_shares) != survivors || of(&shares.key_shares) != dropped {
            return Err(self.fault(party, "sent shares of the wrong parties"));
        }
        self.opened.insert(party, shares);
        Ok(())
    }

    /// Whether enough shares arrived to open the total.
    pub fn can_total(&self) -> bool {
        self.opened.len() + 1 >= self.terms.threshold
    }

    /// The total of the survivors, and how many they are.
    ///
    /// # Errors
    ///
    /// [`SumError::TooFewParties`] before [`can_total`](Self::can_total); [`SumError::Party`] where the numbers of a
    /// survivor are missing, or where shares do not give the secret that the party announced: then the sum is not
    /// computed, rather than wrong.
    pub fn total(&self) -> Result<(Vec<u64>, usize), SumError> {
        let (roster, survivors) = (self.roster()?, self.survivors()?);
        let mut opened: Vec<(u16, Shares)> =
            self.opened.iter().map(|(party, shares)| (*party, shares.clone())).collect();
        opened.push((self.me(), self.open()?));
        if opened.len() < self.terms.threshold {
            return Err(SumError::TooFewParties { parties: opened.len(), least: self.terms.threshold });
        }
        let mut total = vec![0; self.terms.len];
        for party in survivors {
            let received = self.received.get(party);
            numbers::add(&mut total, received.ok_or_else(|| self.fault(*party, "sent no numbers"))?);
            let secret = self.joined(&opened, |shares| &shares.mask_shares, *party)?;
            let announced = if *party == self.me() {
                commitment(&self.terms.run, *party, &self.own_mask)
            } else {
                self.peers.get(party).ok_or(SumError::Impossible)?.commitment
            };
            if commitment(&self.terms.run, *party, &secret) != announced {
                return Err(self.fault(*party, "has shares that do not give the mask that it announced"));
            }
            self.own_mask_of(*party, &secret).subtract(&mut total);
        }
        for dropped in roster.iter().filter(|party| !survivors.contains(party)) {
            let secret = self.joined(&opened, |shares| &shares.key_shares, *dropped)?;
            let announced = self.peers.get(dropped).ok_or(SumError::Impossible)?.public;
            if public_key(&secret) != announced {
                return Err(self.fault(*dropped, "has shares that do not give the key that it announced"));
            }
            for survivor in survivors {
                // A survivor added the mask where the other party comes later, and subtracted it where it comes before.
                let mask = self.pair_mask(*survivor, &secret, *dropped)?;
                if dropped > survivor { mask.subtract(&mut total) } else { mask.add(&mut total) }
            }
        }
        Ok((total, survivors.len()))
    }

    fn joined(
        &self,
        opened: &[(u16, Shares)],
        which: fn(&Shares) -> &Vec<(u16, Scalar)>,
        party: u16,
    ) -> Result<Zeroizing<Scalar>, SumError> {
        let share =
            |shares: &Shares| which(shares).iter().find(|(of, _)| *of == party).map(|(_, share)| *share);
        let shares: Vec<(usize, Scalar)> = opened
            .iter()
            .filter_map(|(holder, shares)| Some((usize::from(*holder), share(shares)?)))
            .collect();
        shamir::join(&shares, self.terms.threshold).ok_or_else(|| self.fault(party, "has too few shares"))
    }
}

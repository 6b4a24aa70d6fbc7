//! ElGamal as libpep has it, many blocks at once.
//!
//! The ciphertext of an element `M` under the public key `Y` is `(r·G, M + r·Y)`, each compressed to 32 bytes. libpep
//! computes both by general multiplications, and compresses each by itself. Here both are multiplications by tables,
//! and compressed together, which is only possible for doubled elements: with `r = 2t`, the doubles of `t·G` and of
//! `M/2 + t·Y`. What cannot be halved cheaply, a pseudonym or a free text, is added to `2t·Y` and compressed by
//! itself.
//!
//! To open, both are decompressed and `B`, the first, multiplied by the secret key `x`; what is found is looked up by
//! its encoding, or decoded. Where it can be one of very few elements `M`, the second is not decompressed, which
//! costs more than to encode each `M + x·B` and compare.
//!
//! # Privacy
//!
//! Random numbers come from the same cryptographic generator as libpep's. Every multiplication with a secret scalar
//! is constant-time, as is compression. Where a type has very few values, all of them are compared. Which of more are
//! looked up (see [`domain`](crate::encode::value_table)), and which blocks must be decoded the long way because they lie outside
//! their domain, is not: the time of opening a text depends on how many blocks it fills. That can be observed by
//! a program that shares the processor or sees when an answer comes, and never says more than how much of it was text.
//! libpep's own path decides by content as well: it strips the padding and parses what it decodes. Random
//! scalars, and masks to seal with, are wiped after use, as far as the compiler lets us.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE as G;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoBasepointTable, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use libpep::arithmetic::scalars::ScalarTraits;
use libpep::keys::{PublicKey, SecretKey, SessionKeys};
use zeroize::{Zeroize, Zeroizing};

use crate::encode::block;
use crate::encode::layout::Leaf;
use crate::encode::plaintext::{Opened, Plain};
use crate::encode::value_table::{Domain, HALF};
use crate::seal::batch_decode::Unknown;
use crate::seal::pool::{Mask, Masks, Pool};

/// The ciphertext of one block, as it travels.
pub(crate) type Sealed64 = [u8; 64];

/// The blocks that are worth doing at once: with fewer the one inversion that they share is felt, with more they
/// fall out of the processor's cache.
pub(crate) const AT_ONCE: usize = 128;

/// The blocks after which a key gets a table: making one costs as much as so many multiplications without it.
const WORTH_A_TABLE: usize = 64;

/// The most masks that wait: some 200 bytes each.
const POOLED_ATTRIBUTES: usize = 4_096;
const POOLED_PSEUDONYMS: usize = 1_024;

/// The keys of one session.
pub(crate) struct Cipher {
    pseudonym: KeyPair,
    attribute: KeyPair,
}

impl Cipher {
    pub(crate) fn new(keys: &SessionKeys) -> Self {
        let (pseudonym, attribute) = (&keys.pseudonym, &keys.attribute);
        Self {
            pseudonym: KeyPair::new(&pseudonym.public, &pseudonym.secret, POOLED_PSEUDONYMS),
            attribute: KeyPair::new(&attribute.public, &attribute.secret, POOLED_ATTRIBUTES),
        }
    }

    /// Encrypts records of one layout; `None` where they have another, or the session has no key to encrypt with.
    pub(crate) fn seal(&self, layout: &[Leaf], plain: &[Plain]) -> Option<Vec<Sealed64>> {
        if !plain.len().is_multiple_of(layout.len().max(1)) {
            return None;
        }
        let pseudonyms = plain.iter().filter(|block| matches!(block, Plain::Pseudonym(_))).count();
        let mut pseudonym_masks = self.pseudonym.masks(pseudonyms)?.into_iter();
        let mut attribute_masks = self.attribute.masks(plain.len() - pseudonyms)?.into_iter();
        let mut sealed = Vec::with_capacity(plain.len());
        let (mut halves, mut places) = (Vec::with_capacity(plain.len()), Vec::with_capacity(plain.len()));
        for (place, (block, leaf)) in plain.iter().zip(layout.iter().cycle()).enumerate() {
            let (mask, whole) = match (block, leaf) {
                (Plain::Pseudonym(point), Leaf::Pseudonym) => (pseudonym_masks.next()?, *point),
                (Plain::Data(block), Leaf::Attribute(domain)) => {
                    let mask = attribute_masks.next()?;
                    if let Some(half) = domain.as_ref().and_then(|domain| domain.half(block)) {
                        halves.push(half + mask.half);
                        places.push(place);
                        sealed.push(joined(&mask.share, &[0; 32]));
                        continue;
                    }
                    (mask, block::to_point(block))
                }
                _ => return None,
            };
            let hidden = whole + mask.half + mask.half;
            sealed.push(joined(&mask.share, hidden.compress().as_bytes()));
        }
        let hidden = RistrettoPoint::double_and_compress_batch(&halves);
        for (place, hidden) in places.into_iter().zip(hidden) {
            let (_, half) = sealed.get_mut(place)?.split_at_mut(32);
            half.copy_from_slice(hidden.as_bytes());
        }
        Some(sealed)
    }

    /// Decrypts records of one layout. `expected` are numbers of a wide domain that are likely.
    pub(crate) fn open(
        &self,
        layout: &[Leaf],
        sealed: &[Sealed64],
        expected: Option<&Domain>,
    ) -> Vec<Opened> {
        let mut opened = vec![None; sealed.len()];
        let mut unknown = Unknown::default();
        for ((sealed, opened), leaf) in sealed.iter().zip(&mut opened).zip(layout.iter().cycle()) {
            let domain = match leaf {
                Leaf::Pseudonym => {
                    *opened = self.pseudonym.open(sealed).map(Plain::Pseudonym);
                    continue;
                }
                Leaf::Attribute(domain) => domain.as_deref().or(expected),
            };
            if let Some(few) = domain.and_then(Domain::few) {
                if let Some((half_mask, hidden)) = self.attribute.half_mask(sealed) {
                    unknown.one_of(few, half_mask, hidden, opened);
                }
            } else if let Some(point) = self.attribute.open(sealed) {
                match domain.and_then(Domain::table) {
                    Some(table) => unknown.in_table(table, point, opened),
                    None => *opened = block::from_point(&point).map(Plain::Data),
                }
            }
            if unknown.len() >= AT_ONCE {
                unknown.recognise();
            }
        }
        unknown.recognise();
        opened
    }

    /// Makes ahead what many blocks of one layout would make.
    pub(crate) fn prepare(&self, layout: &[Leaf]) {
        for leaf in layout {
            match leaf {
                Leaf::Pseudonym => {
                    self.pseudonym.table();
                }
                Leaf::Attribute(domain) => {
                    self.attribute.table();
                    if let Some(domain) = domain {
                        domain.prepare();
                    }
                }
            }
        }
    }

    /// How many masks more there may be.
    pub(crate) fn pool_room(&self) -> usize {
        self.pseudonym.pool.room() + self.attribute.pool.room()
    }

    /// Makes masks ahead, for whichever kind of block has fewer of those that it may have.
    pub(crate) fn fill_pool(&self, most: usize) -> usize {
        let (pseudonyms, attributes) = (self.pseudonym.pool.room(), self.attribute.pool.room());
        let pseudonyms_lag = pseudonyms * POOLED_ATTRIBUTES > attributes * POOLED_PSEUDONYMS;
        let (key, room) =
            if pseudonyms_lag { (&self.pseudonym, pseudonyms) } else { (&self.attribute, attributes) };
        let Some(masks) = key.new_masks(most.min(room)) else { return 0 };
        key.pool.put(masks)
    }
}

/// The public and the secret key for one kind of block.
struct KeyPair {
    /// The neutral element where libpep's key is none: it encrypts nothing.
    public: RistrettoPoint,
    secret: Scalar,
    half_secret: Scalar,
    table: OnceLock<Box<RistrettoBasepointTable>>,
    without_table: AtomicUsize,
    pool: Pool,
}

impl Drop for KeyPair {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.half_secret.zeroize();
    }
}

impl KeyPair {
    fn new(public: &impl PublicKey, secret: &impl SecretKey, pooled: usize) -> Self {
        // libpep keeps its elements to itself: they pass as bytes.
        let secret = Zeroizing::new(secret.value().to_bytes());
        let secret = Zeroizing::new(Option::from(Scalar::from_canonical_bytes(*secret)).unwrap_or_default());
        Self {
            public: CompressedRistretto(public.value().to_bytes()).decompress().unwrap_or_default(),
            secret: *secret,
            half_secret: *secret * *HALF,
            table: OnceLock::new(),
            without_table: AtomicUsize::new(0),
            pool: Pool::new(pooled),
        }
    }

    /// As many masks, from the pool while there are any. `None` where the key would hide nothing.
    fn masks(&self, count: usize) -> Option<Masks> {
        let mut masks = self.pool.take(count);
        if masks.len() < count {
            masks.extend(self.new_masks(count - masks.len())?);
        }
        Some(masks)
    }

    fn new_masks(&self, count: usize) -> Option<Masks> {
        if self.public == RistrettoPoint::identity() {
            return (count == 0).then(Vec::new);
        }
        let used = self.without_table.fetch_add(count, Ordering::Relaxed).saturating_add(count);
        let table = match self.table.get() {
            None if used < WORTH_A_TABLE => None,
            _ => Some(self.table()),
        };
        let rng = &mut rand::rng();
        let mut shares = Vec::with_capacity(count);
        let mut masks = Vec::with_capacity(count);
        for _ in 0..count {
            let t = random(rng);
            shares.push(G * &*t);
            let half = table.map_or_else(|| times(self.public, &t), |table| table * &*t);
            masks.push(Box::new(Mask { share: [0; 32], half }));
        }
        for (mask, share) in masks.iter_mut().zip(RistrettoPoint::double_and_compress_batch(&shares)) {
            mask.share = share.to_bytes();
        }
        Some(masks)
    }

    fn table(&self) -> &RistrettoBasepointTable {
        self.table.get_or_init(|| Box::new(RistrettoBasepointTable::create(&self.public)))
    }

    fn open(&self, sealed: &Sealed64) -> Option<RistrettoPoint> {
        let (share, hidden) = halves(sealed)?;
        let hidden = hidden.decompress()?;
        Some(hidden - times(share, &self.secret))
    }

    /// Half of what hides a block, and the block as it is hidden.
    fn half_mask(&self, sealed: &Sealed64) -> Option<(RistrettoPoint, CompressedRistretto)> {
        let (share, hidden) = halves(sealed)?;
        Some((times(share, &self.half_secret), hidden))
    }
}

/// The two parts of a ciphertext; `None` where the share is none.
fn halves(sealed: &Sealed64) -> Option<(RistrettoPoint, CompressedRistretto)> {
    let (share, hidden) = sealed.split_at(32);
    let share = CompressedRistretto::from_slice(share).ok()?.decompress()?;
    // No honest share is neutral, and what is hidden with one opens under every key: it would pass for sealed in
    // whatever session it is said to be of.
    (share != RistrettoPoint::identity()).then_some((share, CompressedRistretto::from_slice(hidden).ok()?))
}

/// By reference: a copy of a secret would not be wiped.
fn times(mut point: RistrettoPoint, scalar: &Scalar) -> RistrettoPoint {
    point *= scalar;
    point
}

/// A random scalar, never zero.
fn random(rng: &mut rand::rngs::ThreadRng) -> Zeroizing<Scalar> {
    loop {
        let scalar = Zeroizing::new(Scalar::random(rng));
        if *scalar != Scalar::ZERO {
            return scalar;
        }
    }
}

fn joined(share: &[u8; 32], hidden: &[u8; 32]) -> Sealed64 {
    let mut sealed = [0; 64];
    let (first, second) = sealed.split_at_mut(32);
    first.copy_from_slice(share);
    second.copy_from_slice(hidden);
    sealed
}

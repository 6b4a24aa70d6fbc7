//! Records that travel together, in an order that says nothing.

mod json;

use std::fmt;

use rand::seq::SliceRandom;

use crate::encode::value_table::Domain as Numbers;
use crate::error::{DecodeError, EncodeError};
use crate::seal::cipher::Sealed64;
use crate::{Domain, PepRecord, Sealed, Session, SessionIds};

/// Sealed records of one type that travel together, with the domain and the session that they come from.
///
/// # Privacy
///
/// Sealing shuffles: the order in which records leave says nothing about the order in which the sender holds
/// them, so no list can be matched by position. Answers are matched by pseudonym instead. The shuffle takes
/// place at the sender and before encryption, because the transcryptors' own shuffle can be undone by a party that
/// sees both sides (libpep 0.12 leaves half of each attribute's ciphertext unchanged).
///
/// The number of records is in clear, and a batch hides a person among its records only: a batch of one hides
/// no person.
///
/// # On the wire
///
/// Both ends know the declaration, so names and kinds are not repeated for every record. The fingerprint of the
/// [shape](crate::declare::schema::Schema::shape_fingerprint) stands in their place, once, and a batch of another shape is
/// refused. Each record is one text: its ciphertexts in the order of the declaration, 64 bytes for each block, in the
/// base64 of URLs without padding. What a transcryption service is sent is the JSON of each [`Sealed`].
///
/// ```json
/// {"domain": "nest", "sessions": {"transcryptor-1": "…"}, "shape": "fe09…", "records": ["q83v…", "…"]}
/// ```
pub struct Batch<R> {
    domain: Domain,
    sessions: SessionIds,
    records: Vec<Sealed<R>>,
}

impl<R: PepRecord> Batch<R> {
    /// Seals records in a new random order, from a cryptographic generator.
    ///
    /// # Errors
    ///
    /// As [`Session::seal`], for the first record in that order that fails.
    pub fn seal(domain: &Domain, session: &Session, records: &[R]) -> Result<Self, EncodeError> {
        let mut order: Vec<&R> = records.iter().collect();
        order.shuffle(&mut rand::rng());
        let sealed = session.seal_all::<R, &R>(order).collect::<Result<_, _>>()?;
        Ok(Self { domain: domain.clone(), sessions: session.ids().clone(), records: sealed })
    }

    /// Opens each record by itself: one that fails does not spoil the others.
    pub fn open(&self, session: &Session) -> Vec<Result<R, DecodeError>> {
        self.open_with(session, None)
    }

    /// As [`open`](Self::open), faster for numbers that are expected. Gives the same result whatever these are.
    pub fn open_expecting(&self, session: &Session, numbers: &Expected) -> Vec<Result<R, DecodeError>> {
        self.open_with(session, Some(&numbers.0))
    }

    fn open_with(&self, session: &Session, expected: Option<&Numbers>) -> Vec<Result<R, DecodeError>> {
        session.open_all(&self.records, expected).collect()
    }
}

/// Numbers of wide ranges that are likely in a batch, but for which record has which: the tags with which answers
/// name their question. They are encoded once, which takes a tenth of the time of decoding one, and looked up.
pub struct Expected(Numbers);

impl Expected {
    /// These numbers.
    pub fn numbers(numbers: impl IntoIterator<Item = u64>) -> Self {
        Self(Numbers::of_numbers(numbers))
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expected(…)")
    }
}

impl<R: PepRecord> Batch<R> {
    /// The bytes of one sealed record where nothing but its ciphertexts is written: 64 for each block.
    pub const RECORD_BYTES: usize = R::BLOCKS * size_of::<Sealed64>();

    /// The ciphertexts alone, one record after the other, in the order of the schema: three quarters of the JSON.
    ///
    /// They do not say what shape they have. The sender sends the [fingerprint] beside them, and the receiver compares
    /// it.
    ///
    /// [fingerprint]: crate::declare::schema::Schema::shape_fingerprint
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.records.len() * Self::RECORD_BYTES);
        self.records.iter().for_each(|sealed| bytes.extend_from_slice(sealed.blocks().as_flattened()));
        bytes
    }

    /// The batch of these ciphertexts; `None` where they make up no whole number of records. As many blocks in another
    /// order are another batch: see [`to_bytes`](Self::to_bytes).
    ///
    /// Whether a block holds elements of the group is not looked at before it is used, as with JSON.
    pub fn from_bytes(domain: Domain, sessions: SessionIds, bytes: &[u8]) -> Option<Self> {
        let (blocks, rest) = bytes.as_chunks::<64>();
        if !rest.is_empty() || !blocks.len().is_multiple_of(R::BLOCKS.max(1)) {
            return None;
        }
        let records = blocks.chunks(R::BLOCKS.max(1)).map(Sealed::from_blocks).collect();
        Some(Self { domain, sessions, records })
    }
}

impl<R> Batch<R> {
    /// A batch as a transcryption service returns it. For such services.
    pub fn from_sealed(domain: Domain, sessions: SessionIds, records: Vec<Sealed<R>>) -> Self {
        Self { domain, sessions, records }
    }

    /// The batch in parts of at most so many records, for work on several cores. The order stays.
    pub fn split(self, most: usize) -> Vec<Self> {
        let Self { domain, sessions, records } = self;
        let mut parts = Vec::with_capacity(records.len().div_ceil(most.max(1)));
        let mut records = records.into_iter().peekable();
        while records.peek().is_some() {
            let part = records.by_ref().take(most.max(1)).collect();
            parts.push(Self::from_sealed(domain.clone(), sessions.clone(), part));
        }
        parts
    }

    /// Appends a batch of the same domain and session; gives it back where it is of another.
    ///
    /// The order stays: to seal in parts, shuffle the records first.
    ///
    /// # Errors
    ///
    /// The other batch itself.
    pub fn append(&mut self, other: Self) -> Result<(), Self> {
        if (&other.domain, &other.sessions) != (&self.domain, &self.sessions) {
            return Err(other);
        }
        self.records.extend(other.records);
        Ok(())
    }

    /// The sealed records. For transcryption services.
    pub fn into_sealed(self) -> Vec<Sealed<R>> {
        self.records
    }

    /// The domain whose pseudonyms the records hold.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The session that the records are sealed in.
    pub fn sessions(&self) -> &SessionIds {
        &self.sessions
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

// Not derived: a record need not be `Clone` or `Debug` for its batch to be.
impl<R> Clone for Batch<R> {
    fn clone(&self) -> Self {
        Self { domain: self.domain.clone(), sessions: self.sessions.clone(), records: self.records.clone() }
    }
}

impl<R> fmt::Debug for Batch<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("domain", &self.domain)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

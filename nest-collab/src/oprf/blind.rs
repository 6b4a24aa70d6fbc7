//! The side that asks: it blinds its inputs, and takes the outputs from what it is answered.

use std::fmt;

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::hash::Mode;
use super::key::{Evaluated, PublicKey};
use super::proof::Proof;
use crate::sum::random_scalar;

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OprfError {
    /// An input of more than 65,535 bytes, or one that no key can evaluate.
    Input,
    /// Bytes that are no point, or the point that tells nothing.
    Point,
    /// As many answers as questions are expected.
    Number,
    /// The proof does not hold: the answers were not made with the announced key.
    Proof,
}

impl fmt::Display for OprfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OprfError::Input => "an input is longer than 65,535 bytes, or cannot be evaluated",
            OprfError::Point => "a message has a point that is none",
            OprfError::Number => "there are not as many answers as questions",
            OprfError::Proof => "the answers were not made with the announced key",
        })
    }
}

impl std::error::Error for OprfError {}

/// The output for one input. Equal outputs are of equal inputs and one key.
pub type Output = [u8; 64];

/// What is sent for one input. It tells nothing about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blinded(pub(super) RistrettoPoint);

impl Blinded {
    /// The bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.compress().to_bytes()
    }

    /// What another side sent.
    ///
    /// # Errors
    ///
    /// [`OprfError::Point`] where the bytes are not the one encoding of a point, or that of the identity.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, OprfError> {
        point(bytes).map(Self)
    }
}

/// A point from its bytes. The identity is refused: its evaluation is the same under every key.
pub(super) fn point(bytes: &[u8; 32]) -> Result<RistrettoPoint, OprfError> {
    let point = CompressedRistretto(*bytes).decompress().filter(|point| !point.is_identity());
    point.ok_or(OprfError::Point)
}

/// One input while its output is asked for. No `Debug`: it holds the input.
pub struct Blinding {
    mode: Mode,
    input: Zeroizing<Vec<u8>>,
    blind: Zeroizing<Scalar>,
    blinded: Blinded,
}

impl Blinding {
    /// Blinds an input with a new random number, which is never that of another input.
    ///
    /// # Errors
    ///
    /// [`OprfError::Input`]
    pub fn new(mode: Mode, input: &[u8]) -> Result<Self, OprfError> {
        Self::with(mode, input, random_scalar())
    }

    pub(super) fn with(mode: Mode, input: &[u8], blind: Zeroizing<Scalar>) -> Result<Self, OprfError> {
        let point = mode.point(input);
        if input.len() > usize::from(u16::MAX) || point.is_identity() || *blind == Scalar::ZERO {
            return Err(OprfError::Input);
        }
        let blinded = Blinded(point * *blind);
        Ok(Self { mode, input: Zeroizing::new(input.to_vec()), blind, blinded })
    }

    /// What is sent. Where several inputs are sent, send them in a random order.
    pub fn blinded(&self) -> Blinded {
        self.blinded
    }

    /// The output, of the answer in the base mode.
    ///
    /// # Errors
    ///
    /// [`OprfError::Proof`] in the verifiable mode: there, use [`finish_all`](Self::finish_all).
    pub fn finish(self, answer: Evaluated) -> Result<Output, OprfError> {
        match self.mode {
            Mode::Base => Ok(self.output(answer)),
            Mode::Verifiable => Err(OprfError::Proof),
        }
    }

    /// The outputs of a batch in the verifiable mode, once its proof holds.
    ///
    /// # Errors
    ///
    /// [`OprfError::Number`], and [`OprfError::Proof`]: then there is no output at all.
    pub fn finish_all(
        batch: Vec<Self>,
        answers: &[Evaluated],
        key: &PublicKey,
        proof: &Proof,
    ) -> Result<Vec<Output>, OprfError> {
        if batch.len() != answers.len() {
            return Err(OprfError::Number);
        }
        if batch.iter().any(|one| one.mode != Mode::Verifiable) {
            return Err(OprfError::Proof);
        }
        let asked: Vec<Blinded> = batch.iter().map(Self::blinded).collect();
        proof.verify(key, &asked, answers)?;
        Ok(batch.into_iter().zip(answers).map(|(one, answer)| one.output(*answer)).collect())
    }

    fn output(&self, answer: Evaluated) -> Output {
        output(&self.input, &(answer.0 * self.blind.invert()))
    }
}

/// `Finalize` of RFC 9497, section 3.3.1: the same for both sides.
pub(super) fn output(input: &[u8], point: &RistrettoPoint) -> Output {
    let mut hash = Sha512::new();
    // An input has at most 65,535 bytes.
    hash.update(u16::try_from(input.len()).unwrap_or(u16::MAX).to_be_bytes());
    hash.update(input);
    hash.update(32_u16.to_be_bytes());
    hash.update(point.compress().as_bytes());
    hash.update(b"Finalize");
    hash.finalize().into()
}

//! The side with the key: it evaluates what the other blinded, and its own inputs.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use zeroize::Zeroizing;

use super::blind::{Blinded, OprfError, Output, output, point};
use super::hash::Mode;
use super::proof::Proof;
use crate::sum::random_scalar;

/// A key of one run. No `Debug`, and wiped when it is dropped.
///
/// A key that serves two runs lets the other side see which people are new: take a new one for each run.
pub struct OprfKey {
    mode: Mode,
    secret: Zeroizing<Scalar>,
    public: PublicKey,
}

/// What is announced of a key in the verifiable mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub(super) RistrettoPoint);

/// The answer to one blinded input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evaluated(pub(super) RistrettoPoint);

macro_rules! as_bytes {
    ($name:ident) => {
        impl $name {
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
    };
}

as_bytes!(PublicKey);
as_bytes!(Evaluated);

impl OprfKey {
    /// A new random key.
    pub fn random(mode: Mode) -> Self {
        loop {
            let secret = random_scalar();
            if *secret != Scalar::ZERO {
                return Self::of(mode, secret);
            }
        }
    }

    fn of(mode: Mode, secret: Zeroizing<Scalar>) -> Self {
        let public = PublicKey(RISTRETTO_BASEPOINT_TABLE * &*secret);
        Self { mode, secret, public }
    }

    /// `DeriveKeyPair` of RFC 9497, section 3.2.1: the key of a seed and a public text.
    ///
    /// # Errors
    ///
    /// [`OprfError::Input`] where the text has more than 65,535 bytes.
    pub fn derive(mode: Mode, seed: &[u8; 32], info: &[u8]) -> Result<Self, OprfError> {
        let len = u16::try_from(info.len()).map_err(|_| OprfError::Input)?.to_be_bytes();
        let tag = mode.tag("DeriveKeyPair");
        for counter in 0..=u8::MAX {
            let secret = Zeroizing::new(mode.scalar(&[seed, &len, info, &[counter]], &tag));
            if *secret != Scalar::ZERO {
                return Ok(Self::of(mode, secret));
            }
        }
        Err(OprfError::Input)
    }

    /// What is announced of the key.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Answers one question. Every answer is a guess that the other side may have tried: count them.
    pub fn evaluate(&self, blinded: Blinded) -> Evaluated {
        Evaluated(blinded.0 * *self.secret)
    }

    /// Answers a batch, in its order, with one proof that all of it was made with this key.
    ///
    /// # Errors
    ///
    /// [`OprfError::Number`] for more than 65,535 questions: prove several batches.
    pub fn evaluate_all(&self, asked: &[Blinded]) -> Result<(Vec<Evaluated>, Proof), OprfError> {
        let answers: Vec<Evaluated> = asked.iter().map(|one| self.evaluate(*one)).collect();
        let proof = Proof::new(&self.secret, &self.public, asked, &answers, random_scalar())?;
        Ok((answers, proof))
    }

    #[cfg(test)]
    pub(super) fn secret(&self) -> &Scalar {
        &self.secret
    }

    /// The output for an input of this side.
    ///
    /// # Errors
    ///
    /// [`OprfError::Input`]
    pub fn output(&self, input: &[u8]) -> Result<Output, OprfError> {
        let point = self.mode.point(input);
        if input.len() > usize::from(u16::MAX) || point.is_identity() {
            return Err(OprfError::Input);
        }
        Ok(output(input, &(point * *self.secret)))
    }
}

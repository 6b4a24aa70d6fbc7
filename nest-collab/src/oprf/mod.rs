//! An oblivious pseudorandom function: one side has a key, the other an input, and the second alone learns the output.
//!
//! RFC 9497 with ristretto255 and SHA-512, in the base mode and the verifiable mode. Two organisations find the people
//! that they share with it: the one with the key cannot tell which inputs it evaluates, and the other cannot tell an
//! output without asking for it.
//!
//! # What this does not promise
//!
//! Each evaluation is a guess that can be tried. Where the inputs are few or can be guessed, such as dates of birth, the
//! asking side can ask for all of them: the number of evaluations for each peer has to be bounded. In the base mode, a
//! side that uses another key for each input could tell inputs apart later; the verifiable mode proves that it did not.

mod blind;
mod hash;
mod key;
mod proof;

pub use blind::{Blinded, Blinding, OprfError, Output};
pub use hash::Mode;
pub use key::{Evaluated, OprfKey, PublicKey};
pub use proof::Proof;

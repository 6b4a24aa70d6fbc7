//! Pairwise masks: the numbers of each party are hidden under masks that cancel in the sum.
//!
//! Each pair of parties has a mask, which one adds and the other subtracts; each party adds a mask of its own beside
//! them. Shares of both secrets let the others finish without a party that dropped out: they open the pair masks of
//! those who dropped out, and the own masks of those who stayed, and never both of one party.
//!
//! K. Bonawitz et al., "Practical secure aggregation for privacy-preserving machine learning", 2017.
//!
//! Fewer parties than the threshold learn nothing but the sum. All other parties together learn what the last one added:
//! that holds for every sum.

mod mask;
mod messages;
mod protocol;
mod scalar;
mod shamir;
mod state;

pub use messages::{Heard, Keys, Masked, Roster, Shares, Signatures, Signed, Survivors};
pub(crate) use protocol::run;
pub(crate) use scalar::random_scalar;
pub use state::{Pairwise, PairwiseTerms, least_threshold};

//! How many links were missed and how many are false, estimated from how many links each record has.
//!
//! Records are linked twice: by a blocking key, and within the blocks by a stricter linkage key. A record has at most one
//! true partner and any number of false ones, so the number of its links is a Bernoulli number plus a Poisson number,
//! whose mean differs among latent classes of records (A. Dasylva, A. Goussanou, "Estimating the false negatives due to
//! blocking in record linkage", Survey Methodology, 2021). From both tables of frequencies follow
//!
//! * the **coverage** `p_b`: the share of records that have a partner,
//! * the **recall** `p_l / p_b`: the share of true pairs that the linkage key keeps,
//! * **k** `= λ_l / λ_b`: the share of false pairs of the blocks that it keeps,
//!
//! and a corrected total `(linked − k·blocked) / (recall − k)` of each cell of a table.
//!
//! # Assumptions to check and to report
//!
//! The blocking key has no errors, the records of a file are of different people, false pairs fall on cells in proportion
//! to the pairs of the blocks, and links of different records are independent.

mod fit;
mod frequencies;
mod rates;

pub use fit::{Fit, Unfit};
pub use frequencies::Frequencies;
pub use rates::{Estimate, Rates, Warning, estimate};

//! What has passed the gate, with all that a reader needs to judge it; or the refusal, which tells no more.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Bucket, Fixed, MicroEpsilon, RawAggregate, Shape};

/// A number that may leave, with the policy that let it.
///
/// It can be written as JSON and read back. Reading one proves nothing about where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Released<T> {
    /// The answer.
    pub value: T,
    /// What protects the people behind it.
    pub policy: Policy,
    /// How many people are behind it, coarsely. For an answer with noise, this too comes from a noised number.
    pub contributors: Bucket,
    /// How far the noise moved the answer; absent where there is no noise.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub noise: Option<NoiseInterval>,
}

/// How far the noise moves an answer, in the unit of the answer; for tables, each cell.
///
/// It speaks of the noise alone, not of sampling: how far the people asked differ from those meant is another matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoiseInterval {
    /// In `percent` of answers, the noise moved the answer by at most this, up or down.
    pub within: Fixed,
    /// How often.
    pub percent: u8,
}

/// The policy of a release, with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Policy {
    /// The exact answer, given only where enough people are behind it.
    MinimumContributors {
        /// The fewest people.
        minimum: u32,
    },
    /// Exact cells; small ones are suppressed, and others that would give them back.
    MinimumCell {
        /// The fewest people in a cell that is shown.
        minimum: u32,
    },
    /// Differential privacy by discrete Laplace noise.
    Noise {
        /// The ε of each class of people, and how many people are in it, coarsely and from the noised number.
        classes: Vec<MicroEpsilon>,
    },
    /// Noise on each value. It gives no guarantee: answers to several questions can be averaged.
    AddedNoise {
        /// The fewest people.
        minimum: u32,
        /// The smallest and the largest standard deviation of the noise on a value, in thousandths of its range.
        per_mille: (u32, u32),
    },
    /// Each combination of values is shared by at least so many people as their levels ask for.
    KAnonymity {
        /// The smallest and the largest number that any of the people asked for.
        k: (u32, u32),
    },
}

/// Why nothing was released.
///
/// Each says only what the asker may know anyhow: no number of people, and no difference between none and too few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// Fewer people than the policy asks for, or none.
    TooFew,
    /// Too few people have enough budget left.
    BudgetExhausted {
        /// The most ε that the question asks of one person.
        asked: MicroEpsilon,
        /// An ε that enough people still have, rounded down to hundredths.
        left: MicroEpsilon,
    },
    /// This data set was released in this period with other fields. A second one would let the two be compared.
    ReleasedOtherwise,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::TooFew => f.write_str("fewer people than the minimum"),
            Refused::BudgetExhausted { asked, left } => {
                write!(
                    f,
                    "the privacy budget is exhausted: the question asks for ε {asked}, and ε {left} is left"
                )
            }
            Refused::ReleasedOtherwise => {
                f.write_str("this data set was already released in this period with other fields")
            }
        }
    }
}

impl std::error::Error for Refused {}

/// Decides what may leave without noise, and in which form.
///
/// Noise needs a budget, and so it goes through [`Budget`](crate::Budget) and through nothing else.
pub trait ReleasePolicy<S: Shape> {
    /// What is released.
    type Answer;

    /// Turns a raw aggregate into what may leave.
    ///
    /// # Errors
    /// The policy refuses, in words that tell nothing finer than its answer would have.
    fn release(&self, raw: RawAggregate<S>) -> Result<Released<Self::Answer>, Refused>;
}

impl<T> Released<T> {
    pub(crate) fn new(value: T, policy: Policy, people: u64, noise: Option<NoiseInterval>) -> Self {
        Self { value, policy, contributors: Bucket::of(people), noise }
    }

    /// The same release in another form: what is computed from a released value alone tells no more than it did.
    ///
    /// The function must not look at anything else that is about people.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Released<U> {
        Released {
            value: form(self.value),
            policy: self.policy,
            contributors: self.contributors,
            noise: self.noise,
        }
    }
}

//! From people's values to an answer: who takes part, in which class, and what leaves through the gate.
//!
//! Nothing is computed here that leaves by itself. Every sum, number of people and data set goes through
//! `nest-release`, which draws the noise once and charges each person once.

mod answer;
mod candidate;
mod eligible;
mod run;
mod selection;
#[cfg(test)]
mod tests;

pub use answer::{Answer, CallAnswer, Point};
pub use candidate::Candidate;
pub use run::{EvaluateError, Method, Request, evaluate};
pub use selection::Selection;

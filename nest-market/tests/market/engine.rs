//! The engine from query to answer: catalogue, levels, eligibility, and what leaves through the gate.

mod answers;
mod attacks;
mod people;
mod reference;
mod second_opinion;

//! The market as a whole: from an offer over consent and money to a result and to shares.
//!
//! In the mode that is built, one operator keeps everything and evaluates: it is trusted, and sees values while it
//! computes. Every step that must happen once is a task, and ends in the transaction of its effects.

mod eligible;
mod evaluating;
mod market;
mod offering;
mod pins;
mod report;
mod unregister;
mod worker;

pub use eligible::Eligible;
pub use market::{Market, MarketBuilder, MarketError};
pub use offering::MarketQuote;
pub use pins::PinPreview;
pub use report::{Charge, Status};
pub use unregister::Unregistered;
pub use worker::{Step, Worker};

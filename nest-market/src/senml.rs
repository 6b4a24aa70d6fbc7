//! Readings of sensors, as devices send them: SenML in JSON (RFC 8428), with the units of RFC 9100.
//!
//! A pack is resolved as a whole or not at all, unless one outcome for each record is asked for. Errors name the record
//! and the label, never a value.

mod decimal;
mod error;
mod pack;
mod record;
mod resolve;
mod stream;
#[cfg(test)]
mod tests;
mod units;
mod value;

pub use decimal::Decimal;
pub(crate) use decimal::rounded;
pub use error::{SenmlError, SenmlFault};
pub use pack::{MAX_PACK_BYTES, MAX_RECORDS, Pack};
pub use resolve::{BaseOnly, Reading, Rules};
pub use stream::Stream;
pub use units::convertible;
pub use value::{ReadingValue, Unfit};

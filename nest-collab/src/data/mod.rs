//! Where the records of a party come from: memory, CSV with a manifest, a query in SQL, or a vault.
//!
//! All of them give records of one declaration, each checked against it. A value that was not declared stops the
//! reading, and with it the run, before anything is sent: it is never clipped, and never told.

mod csv;
mod error;
mod memory;
mod propose;
mod sql;
mod text;
mod vault;

use async_trait::async_trait;
use nest_core::schema::Schema;
use nest_core::value::PlainRecord;

pub use self::csv::CsvData;
pub use error::DataError;
pub use memory::MemoryData;
pub use propose::propose;
pub use sql::SqlData;
pub use vault::VaultData;

/// Takes each record in turn.
pub type Each<'a> = &'a mut (dyn FnMut(&PlainRecord) -> Result<(), DataError> + Send);

/// Gives the records of a party.
#[async_trait]
pub trait DataProvider: Send + Sync {
    /// The declaration of the records.
    fn schema(&self) -> &'static Schema;

    /// Gives every record to `each`, and says how many there were.
    ///
    /// # Errors
    ///
    /// A [`DataError`] where a record cannot be read or was not declared so; and the error of `each`, which ends it.
    async fn read(&self, each: Each<'_>) -> Result<u64, DataError>;
}

/// The records of a party for a sum, all of them read and checked.
///
/// # Errors
///
/// As [`DataProvider::read`].
pub async fn sum_records<'p>(
    data: &dyn DataProvider,
    plan: &'p crate::sum::SumPlan,
    mode: &crate::sum::SumMode,
) -> Result<crate::sum::SumRecords<'p>, DataError> {
    let mut records = crate::sum::SumRecords::new(plan, mode);
    data.read(&mut |record| records.add_plain(record).map_err(DataError::Sum)).await?;
    Ok(records)
}

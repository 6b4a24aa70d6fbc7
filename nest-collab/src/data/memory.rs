//! Records that a program already has.

use async_trait::async_trait;
use nest_core::PepRecord;
use nest_core::schema::Schema;
use nest_core::value::PlainRecord;

use super::{DataError, DataProvider, Each};

/// Records in memory.
pub struct MemoryData {
    schema: &'static Schema,
    records: Vec<PlainRecord>,
}

impl MemoryData {
    /// Records of a Rust type.
    ///
    /// # Errors
    ///
    /// [`DataError::Record`] where one lies outside its declaration.
    pub fn of<R: PepRecord>(records: &[R]) -> Result<Self, DataError> {
        let records: Result<_, _> = records.iter().map(PepRecord::to_plain).collect();
        Ok(Self { schema: R::SCHEMA, records: records? })
    }

    /// Records of a declaration.
    pub fn new(schema: &'static Schema, records: Vec<PlainRecord>) -> Self {
        Self { schema, records }
    }
}

#[async_trait]
impl DataProvider for MemoryData {
    fn schema(&self) -> &'static Schema {
        self.schema
    }

    async fn read(&self, each: Each<'_>) -> Result<u64, DataError> {
        self.records.iter().try_for_each(each)?;
        Ok(self.records.len() as u64)
    }
}

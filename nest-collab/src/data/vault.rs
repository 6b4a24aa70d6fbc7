//! The records of a vault: opened for the purpose of the run, which its access log notes.

use std::marker::PhantomData;

use async_trait::async_trait;
use nest_core::PepRecord;
use nest_core::schema::Schema;
use nest_source::{Activity, Purpose};
use nest_vault::SqlVault;

use super::{DataError, DataProvider, Each};

/// How many records are opened at a time.
const PAGE: u32 = 1_000;

/// The records of an activity in a vault, one for each participant who was given one.
///
/// Who was erased is not among them.
pub struct VaultData<P, A> {
    vault: SqlVault<P>,
    purpose: Purpose,
    of: PhantomData<fn() -> A>,
}

impl<P, A> VaultData<P, A> {
    /// The records of an activity, opened for a purpose.
    pub fn new(vault: SqlVault<P>, purpose: Purpose) -> Self {
        Self { vault, purpose, of: PhantomData }
    }
}

#[async_trait]
impl<P: PepRecord + Send + Sync + 'static, A: Activity> DataProvider for VaultData<P, A> {
    fn schema(&self) -> &'static Schema {
        A::SCHEMA
    }

    async fn read(&self, each: Each<'_>) -> Result<u64, DataError> {
        let (mut after, mut records) = (None, 0);
        loop {
            let page = self.vault.scan::<A>(&self.purpose, after, PAGE).await?;
            for stored in page.records {
                if let Some(record) = stored.record.record() {
                    each(&record.to_plain()?)?;
                    records += 1;
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(records),
            }
        }
    }
}

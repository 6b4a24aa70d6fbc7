//! Data sets leave once in a period: two partitions of the same people, laid over each other, undo both.

use super::{Budget, BudgetError, SECONDS_A_DAY, boundary, read};
use crate::sql::StorageError;
use crate::{DataSet, RawDataSet, Refused, Released};

impl Budget {
    /// Makes a data set k-anonymous and releases it, or gives the release of this period again.
    ///
    /// `name` says which data set it is. Give one name to all releases that could be laid over each other, also
    /// where they go to different recipients: two recipients may compare what they got. In one period there is one release of that name; with
    /// other fields it is refused.
    ///
    /// Mondrian over at most eight fields; strict k for each class. k-anonymity costs no budget, because it has no
    /// measure that adds up: it does not protect against what somebody knows beside the data, nor where all people of
    /// a class have the same value.
    ///
    /// # Errors
    /// Fewer people than any of them asks for; or another release of this name in this period; or the database fails.
    pub async fn release_data_set(
        &self,
        name: &str,
        raw: RawDataSet,
        period_days: u32,
    ) -> Result<Released<DataSet>, BudgetError> {
        let fields = raw.fields().describe();
        let mut tx = self.database.begin().await?;
        let today = self.now(&mut tx).await?.div_euclid(SECONDS_A_DAY);
        let insert = "INSERT INTO release_data_set (name, fields, answer, expires) VALUES ($1, '', '', 0)
            ON CONFLICT (name) DO NOTHING";
        tx.execute(insert, vec![name.into()]).await?;
        let select = "SELECT fields, answer, expires FROM release_data_set WHERE name = $1";
        let rows = tx.fetch_locked(select, vec![name.into()]).await?;
        let row = rows.first().ok_or(BudgetError::Busy)?;
        if today < row.int(2)? {
            if row.text(0)? != fields {
                return Err(Refused::ReleasedOtherwise.into());
            }
            return Ok(read(&row.text(1)?)?);
        }
        let released = raw.anonymise()?;
        let answer =
            serde_json::to_string(&released).map_err(|_| StorageError::new("an answer cannot be written"))?;
        let update = "UPDATE release_data_set SET fields = $2, answer = $3, expires = $4 WHERE name = $1";
        let expires = today + i64::from(period_days.max(1));
        tx.execute(update, vec![name.into(), fields.as_str().into(), answer.as_str().into(), expires.into()])
            .await?;
        boundary("stored");
        tx.commit().await?;
        Ok(released)
    }
}

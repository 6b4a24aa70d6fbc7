//! Answers with noise on each value: no charge, but one draw for each question all the same.

use super::{Budget, BudgetError, SECONDS_A_DAY, boundary, read};
use crate::sql::StorageError;
use crate::survey::{PartAnswer, Survey};
use crate::{AddedNoise, Question, Released};

impl Budget {
    /// Releases an answer with noise on each value, or gives the one of this period again.
    ///
    /// It costs no budget and gives **no guarantee**: answers to several questions can be averaged, and the exact number
    /// of people shows who joins. The answer is drawn once, in the transaction that stores it.
    ///
    /// # Errors
    /// Fewer people than the minimum, or somebody else is answering the question, or the database fails.
    pub async fn release_with_added_noise(
        &self,
        question: &Question<Survey>,
        noise: AddedNoise,
        minimum: u32,
    ) -> Result<Released<Vec<PartAnswer>>, BudgetError> {
        let mut tx = self.database.begin().await?;
        let today = self.now(&mut tx).await?.div_euclid(SECONDS_A_DAY);
        let id = || question.id.as_slice().into();
        let insert =
            "INSERT INTO release_question (id, reservation, answer, lease, expires) VALUES ($1, $1, '', 0, 0)
            ON CONFLICT (id) DO NOTHING";
        tx.execute(insert, vec![id()]).await?;
        let select = "SELECT answer, expires FROM release_question WHERE id = $1";
        let rows = tx.fetch_locked(select, vec![id()]).await?;
        let row = rows.first().ok_or(BudgetError::Busy)?;
        let (answer, expires) = (row.text(0)?, row.int(1)?);
        if !answer.is_empty() && today < expires {
            return Ok(read(&answer)?);
        }
        let released = noise.release(minimum, &mut rand::rng())?;
        let answer =
            serde_json::to_string(&released).map_err(|_| StorageError::new("an answer cannot be written"))?;
        let update = "UPDATE release_question SET answer = $2, expires = $3 WHERE id = $1";
        let until = today + i64::from(question.period_days);
        tx.execute(update, vec![id(), answer.as_str().into(), until.into()]).await?;
        boundary("stored");
        tx.commit().await?;
        Ok(released)
    }
}

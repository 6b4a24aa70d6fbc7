//! A party, and how it hands people to another party. Each party knows them under pseudonyms of its own.

use nest_api::Paas;
use nest_core::{Batch, Domain, Transcryption};

use crate::Failure;
use crate::records::Enrolment;

/// Somebody who takes part: a domain, and an account at the transcryptors.
#[derive(Debug)]
pub struct Party {
    /// Where its pseudonyms mean something.
    pub domain: Domain,
    /// Its account.
    pub paas: Paas,
}

impl Party {
    /// The same people as `to` knows them, in an order that says nothing.
    ///
    /// # Errors
    ///
    /// Whatever the transcryptors say.
    pub async fn hand_over(&self, people: &[Enrolment], to: &Party) -> Result<Vec<Enrolment>, Failure> {
        // Sealed by one party, carried as text by a third, and opened by the other.
        let batch = Batch::seal(&self.domain, &self.paas.session().await?, people)?;
        let carried = serde_json::to_string(&batch)?;

        let batch: Batch<Enrolment> = serde_json::from_str(&carried)?;
        let (batch, session) = to.paas.transcrypt(batch, &to.domain).await?;
        Ok(batch.open(&session).into_iter().collect::<Result<_, _>>()?)
    }
}

//! Handing a list of people from one domain to another, each of which knows them under pseudonyms of its own.

use nest_api::Paas;
use nest_core::{Batch, Domain, Pseudonym, Transcryption};
use nest_examples::records::{Enrolment, Role};

use crate::Failure;

/// Somebody who takes part: a domain, and an account at the transcryptors.
pub(crate) struct Party {
    pub(crate) domain: Domain,
    pub(crate) paas: Paas,
}

impl Party {
    /// The same people as `to` knows them, in an order that says nothing.
    pub(crate) async fn hand_over(
        &self,
        people: &[Enrolment],
        to: &Party,
    ) -> Result<Vec<Enrolment>, Failure> {
        // Sealed by one party, carried as text by whoever may, and opened by the other.
        let batch = Batch::seal(&self.domain, &self.paas.session().await?, people)?;
        let carried = serde_json::to_string(&batch)?;

        let batch: Batch<Enrolment> = serde_json::from_str(&carried)?;
        let (batch, session) = to.paas.transcrypt(batch, &to.domain).await?;
        Ok(batch.open(&session).into_iter().collect::<Result<_, _>>()?)
    }

    /// One pupil as `to` knows them. A batch of one hides nobody: this is for showing what the batches do.
    async fn hand_over_one(&self, person: Pseudonym, to: &Party) -> Result<Pseudonym, Failure> {
        let list = self.hand_over(&[Enrolment { person, role: Role::Pupil }], to).await?;
        Ok(list.first().ok_or("a pupil was lost")?.person)
    }
}

/// One pupil in three domains.
pub(crate) struct Names {
    pub(crate) school: Pseudonym,
    pub(crate) registry: Pseudonym,
    pub(crate) nest: Pseudonym,
}

/// What the three parties call a pupil of the school, and that it does not depend on the way.
pub(crate) async fn names_of(
    pupil: Pseudonym,
    school: &Party,
    registry: &Party,
    nest: &Party,
) -> Result<Names, Failure> {
    let at_registry = school.hand_over_one(pupil, registry).await?;
    let names = Names {
        school: pupil,
        registry: at_registry,
        nest: registry.hand_over_one(at_registry, nest).await?,
    };
    if school.hand_over_one(pupil, nest).await? != names.nest {
        return Err("straight to the platform, a pupil has another pseudonym than by the registry".into());
    }
    if nest.hand_over_one(names.nest, school).await? != pupil {
        return Err("a pseudonym did not come back to the one that it was".into());
    }
    Ok(names)
}

//! One person under three pseudonyms: what handing people over does.

use nest_core::Pseudonym;
use nest_examples::Failure;
use nest_examples::party::Party;
use nest_examples::records::{Enrolment, Role};

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
    let at_registry = one(pupil, school, registry).await?;
    let names = Names { school: pupil, registry: at_registry, nest: one(at_registry, registry, nest).await? };
    if one(pupil, school, nest).await? != names.nest {
        return Err("straight to the platform, a pupil has another pseudonym than by the registry".into());
    }
    if one(names.nest, nest, school).await? != pupil {
        return Err("a pseudonym did not come back to the one that it was".into());
    }
    Ok(names)
}

/// One pupil of `from` as `to` knows them. A batch of one hides nothing: this only shows what the batches do.
async fn one(person: Pseudonym, from: &Party, to: &Party) -> Result<Pseudonym, Failure> {
    let list = from.hand_over(&[Enrolment { person, role: Role::Pupil }], to).await?;
    Ok(list.first().ok_or("a pupil was lost")?.person)
}

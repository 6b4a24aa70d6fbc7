//! Checks a builder as a whole, and makes the API of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use nest_core::Domain;
use nest_source::{Repetitions, is_activity_name};
use tokio::sync::Semaphore;

use crate::server::api::Api;
use crate::server::callers::caller::Callers;
use crate::server::idempotency::{Forgetting, IdempotencyStore};
use crate::server::metrics::Metrics;
use crate::server::openapi::Described;
use crate::server::quota::memory::Memory;
use crate::server::quota::shares::{self, Shares};
use crate::server::routes::Mounted;
use crate::wire::mark::Mark;
use crate::{BuildError, ChosenTranscryption, DataSource, DataSourceApi, DataSourceApiBuilder, StartError};

/// How many refusals may be written to the audit log at once.
const REFUSALS_AT_ONCE: usize = 4;

/// The fault where the settings ask for a protocol that the program does not have.
const NO_UPSTREAM: &str = "`upstream_door` is set, and this program has no upstream door: call \
    `upstream_door_by_settings` of the crate nest-upstream, or remove the setting";

impl<S: DataSource, T> DataSourceApiBuilder<S, T> {
    /// Checks everything.
    ///
    /// # Errors
    ///
    /// A [`StartError`] with everything that is missing or contradictory. A builder from settings
    /// ([`configured`](DataSourceApi::configured)) names the faults of the settings as well.
    pub fn build(self) -> Result<DataSourceApi<S, T>, StartError>
    where
        T: ChosenTranscryption + 'static,
    {
        let mut faults = self.faults;
        // Where settings have faults, their keys name what is missing.
        let of_settings = !faults.is_empty();
        let mut found = Vec::new();
        let given = self.domains.len();
        let domains: Vec<Domain> =
            self.domains.into_iter().filter_map(|name| Domain::new(name).ok()).collect();
        let mut known = BTreeSet::new();
        found.extend(
            domains
                .iter()
                .filter(|domain| !known.insert(domain.as_str()))
                .map(|domain| BuildError::DuplicateDomain(domain.as_str().to_owned())),
        );
        let subjects: Vec<_> = self.subjects.iter().map(|subject| subject.name).collect();
        found.extend(wrong_names(&self.subjects));
        let limits = self.limits;
        let within = (1..=1 << 16).contains(&limits.records)
            && (1..=shares::MOST).contains(&limits.requests_at_once)
            // The share of a caller has room for the largest request, in any protocol.
            && limits.bytes_in_flight() / 3 >= limits.body_bytes
            && self.connections.all != Some(0)
            && self.connections.of_address != Some(0)
            && limits.pace.calls_at_once > 0;
        if !within {
            found.push(BuildError::Limits);
        }
        let retention = self.retention;
        if retention.keys == 0 {
            found.push(BuildError::Limits);
        }
        let metrics = Metrics::new();
        let forgetting = Arc::new(Forgetting::new(metrics.clone()));
        let repetitions: Option<Arc<dyn Repetitions>> = match self.repetitions {
            Some(store) => Some(store),
            None => IdempotencyStore::open(retention, self.folder, Arc::clone(&forgetting))
                .map_err(|error| found.push(BuildError::Repetitions(error.to_string())))
                .ok()
                .map(|store| Arc::new(store) as _),
        };
        if self.upstream_is_set && self.protocols.is_empty() {
            faults.push(NO_UPSTREAM.to_owned());
        }
        let callers = Callers::new(self.callers, subjects);
        let callers = callers.map_err(|faults| found.extend(faults)).ok();
        if of_settings {
            found.retain(|fault| *fault != BuildError::NoCaller);
        } else {
            if domains.len() < given || domains.is_empty() {
                found.push(BuildError::Domain);
            }
            if self.transcryption.is_none() {
                found.push(BuildError::Transcryption);
            }
        }
        faults.extend(found.iter().map(ToString::to_string));
        let (Some(transcryption), Some(callers), Some(repetitions), true) =
            (self.transcryption, callers, repetitions, faults.is_empty())
        else {
            return Err(StartError::new(faults));
        };
        let api = Api {
            source: Arc::new(self.source),
            transcryption: Arc::new(transcryption),
            domains,
            callers,
            limits,
            audit: self.audit,
            repetitions,
            forgetting,
            metrics,
            shares: Shares::new(limits.requests_at_once),
            memory: Memory::new(limits.bytes_in_flight()),
            connections: self.connections,
            refusals: Semaphore::new(REFUSALS_AT_ONCE),
        };
        Ok(DataSourceApi::new(api, self.subjects, self.protocols, self.public_docs))
    }
}

/// Every activity with a wrong name, or with a name that cannot be told apart from another.
fn wrong_names<S, T>(subjects: &[Mounted<S, T>]) -> Vec<BuildError> {
    let (mut names, mut marks) = (BTreeSet::new(), BTreeMap::new());
    let mut found = Vec::new();
    for subject in subjects {
        let name = subject.name;
        // Participants, the only subject without this, are called as they are.
        if subject.plain.is_some() && !is_activity_name(name) {
            found.push(BuildError::ActivityName(name));
            continue;
        }
        if !names.insert(name) {
            found.push(BuildError::DuplicateActivity(name));
            continue;
        }
        let mut clashes = BTreeSet::new();
        for Described { route, about, .. } in subject.described() {
            match marks.insert(Mark::new(route, about), name) {
                Some(other) if other != name => clashes.insert(other),
                _ => false,
            };
        }
        found.extend(clashes.into_iter().map(|other| BuildError::IndistinctActivities(other, name)));
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashMap;

    use nest_core::InProcess;

    use super::*;
    use crate::operation::Operation;
    use crate::prelude::*;
    use crate::{BuildError, TokenHash};

    #[derive(PepRecord)]
    #[pep(max_blocks = 1)]
    struct Steps {
        #[pep(range = 0..=100)]
        steps: u8,
    }

    impl Activity for Steps {
        type Progress = Steps;
        type Outcome = Steps;
    }

    struct Walks;

    impl DataSource for Walks {
        type Participant = Steps;
        const PARTICIPANTS: &'static [Operation] = &[];
    }

    impl Serves<Steps> for Walks {
        const OPERATIONS: &'static [Operation] = &[Operation::Read];

        async fn read(&self, _: &Context, _: Pseudonym) -> Result<Steps, RecordError> {
            Err(RecordError::NotFound)
        }
    }

    fn build(names: &[&'static str]) -> Result<DataSourceApi<Walks, InProcess>, StartError> {
        let builder = DataSourceApi::builder(Walks)
            .domain("walks")
            .transcryption(InProcess::new(2))
            .caller(Caller::new("nest", TokenHash::of("token")));
        names.iter().fold(builder, |builder, name| builder.activity_named::<Steps>(name)).build()
    }

    /// Two names that have one mark. Some thousands of names have such a pair.
    fn indistinct() -> [&'static str; 2] {
        let mut names = HashMap::new();
        (0..)
            .find_map(|number| {
                let name = format!("wave-{number}");
                let other = names.insert(Mark::of(&name, Operation::Read, Steps::SCHEMA), name.clone())?;
                Some([other, name].map(|name| &*name.leak()))
            })
            .unwrap()
    }

    #[test]
    fn names_that_are_not_told_apart_do_not_build_and_both_are_named() {
        let [one, other] = indistinct();
        let error = build(&[one, "swim", other]).err().unwrap();
        let text = error.to_string();
        assert_eq!(error.faults(), [BuildError::IndistinctActivities(one, other).to_string()]);
        assert!(text.contains(one) && text.contains(other), "{text}");
        assert!(build(&[one, "swim"]).is_ok() && build(&[other]).is_ok());
    }
}

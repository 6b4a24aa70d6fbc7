//! The people whom a query is about: those whom its condition holds for, and whose level it allows.

use nest_release::{Bucket, PersonToken};

use super::Candidate;
use crate::level::Level;
use crate::query::Query;

/// The people who may take part in a query.
pub struct Selection {
    pub(super) people: Vec<Candidate>,
    pub(super) max_level: Level,
}

/// It shows how many there are, coarsely.
impl std::fmt::Debug for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Selection").field("people", &self.bucket()).finish_non_exhaustive()
    }
}

impl Selection {
    /// Those of the candidates who take part.
    ///
    /// A person takes part if the condition holds for them, if their level is at most what the query allows, and if they
    /// have a value for it. A level above what the query allows leaves the person out; it is never lowered.
    pub fn of(query: &Query, max_level: Level, candidates: impl IntoIterator<Item = Candidate>) -> Self {
        let takes_part = |candidate: &Candidate| {
            candidate.level.is_shared()
                && candidate.level <= max_level
                && query.holds_for(&candidate.values)
                && has_values(query, candidate)
        };
        Self { people: candidates.into_iter().filter(takes_part).collect(), max_level }
    }

    /// Who they are, to the budget.
    pub fn people(&self) -> impl Iterator<Item = &PersonToken> {
        self.people.iter().map(|candidate| &candidate.person)
    }

    /// Everybody, with what they say.
    pub(crate) fn candidates(&self) -> &[Candidate] {
        &self.people
    }

    /// How many they are, coarsely: what a processor may be told before a query is answered.
    pub fn bucket(&self) -> Bucket {
        Bucket::of(self.people.len() as u64)
    }

    /// How many they are, exactly. This is for the engine alone: an exact number shows when one more person takes part.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Keeps those for whom this is true, such as those who have agreed.
    pub fn retain(&mut self, keep: impl Fn(&PersonToken) -> bool) {
        self.people.retain(|candidate| keep(&candidate.person));
    }
}

/// For statistics, at least one value. For a data set, every value that may not be absent.
fn has_values(query: &Query, candidate: &Candidate) -> bool {
    if !query.is_data_set() {
        return candidate.cells.iter().any(Option::is_some);
    }
    let arguments = query.calls().iter().flat_map(|call| call.arguments());
    arguments.into_iter().all(|place| {
        let optional =
            query.attributes().get(*place).is_some_and(|attribute| attribute.field().absent().is_some());
        optional || candidate.values.get(*place).is_some_and(Option::is_some)
    })
}

//! The people whom a query is about: who shares all that it asks for, at a level that it allows, and fits its condition.

use std::collections::{HashMap, HashSet};
use std::fmt;

use nest_release::{Bucket, PersonToken};

use super::Market;
use crate::account::{Account, AccountNumber, Accounts};
use crate::evaluate::{Candidate, Selection};
use crate::level::{Level, Levels};
use crate::offer::OfferError;
use crate::people::PersonLevels;
use crate::query::{Plan, Query};

/// How many people's readings are opened at once.
const AT_ONCE: usize = 256;

/// The people whom a query is about, with what they say in it. `Debug` shows how many there are, coarsely.
pub struct Eligible {
    /// What they say.
    pub(crate) selection: Selection,
    /// Who they are.
    pub(crate) accounts: HashMap<PersonToken, Account>,
    /// At which levels.
    pub(crate) levels: HashMap<AccountNumber, Levels>,
}

impl fmt::Debug for Eligible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Eligible").field("people", &self.bucket()).finish_non_exhaustive()
    }
}

impl Eligible {
    /// How many they are, coarsely.
    pub fn bucket(&self) -> Bucket {
        self.selection.bucket()
    }

    /// Who they are, in the order of their numbers.
    pub(crate) fn people(&self) -> Vec<&Account> {
        let mut people: Vec<_> =
            self.selection.people().filter_map(|token| self.accounts.get(token)).collect();
        people.sort_by_key(|account| account.id);
        people
    }
}

impl Market {
    /// The people whom a query is about, among those of `only` where that is given.
    pub(crate) async fn eligible(
        &self,
        query: &Query,
        plan: &Plan,
        max_level: Level,
        only: Option<&HashSet<AccountNumber>>,
    ) -> Result<Eligible, OfferError> {
        let mut tx = self.inner.database.snapshot().await?;
        let mut people = Accounts::people(&mut tx).await?;
        people.retain(|account| only.is_none_or(|only| only.contains(&account.id)));
        let numbers: Vec<_> = people.iter().map(|account| account.id).collect();
        let levels = PersonLevels::of_many(&mut tx, &numbers).await?;
        drop(tx);
        // Whoever does not share is left out before anything of theirs is opened.
        people.retain(|account| {
            let level = levels.get(&account.id).map(|levels| levels.strictest(query.attributes()));
            level.is_some_and(|level| level.is_shared() && level <= max_level)
        });
        let mut candidates = Vec::with_capacity(people.len());
        let purpose = crate::people::purpose("evaluate")?;
        for part in people.chunks(AT_ONCE) {
            let pseudonyms: Vec<_> = part.iter().map(|account| account.pseudonym).collect();
            let keeper = &self.inner.keeper;
            let series = keeper.series(&pseudonyms, query.attributes(), plan.window(), &purpose).await?;
            for (account, series) in part.iter().zip(&series) {
                let Some(levels) = levels.get(&account.id) else { continue };
                candidates.push(Candidate::new(account.budget, levels, query, plan, |attribute| {
                    let place = query.attributes().iter().position(|known| known == attribute)?;
                    series.get(place)
                }));
            }
        }
        let selection = Selection::of(query, max_level, candidates);
        let accounts = people.into_iter().map(|account| (account.budget, account)).collect();
        Ok(Eligible { selection, accounts, levels })
    }

    /// Those of a selection who have enough budget left for this processor.
    pub(crate) async fn with_budget(
        &self,
        eligible: &Eligible,
        processor: &str,
    ) -> Result<HashSet<PersonToken>, OfferError> {
        let mut enough = HashSet::new();
        for candidate in eligible.selection.candidates() {
            let needed = self.inner.profile.epsilon(candidate.level()).unwrap_or_default();
            let left = self.inner.budget.left(candidate.person(), processor).await?;
            if left.available() >= needed {
                enough.insert(*candidate.person());
            }
        }
        Ok(enough)
    }
}

//! What is collected for a question: each person in the class of the ε that was reserved for them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::noised::Class;
use crate::{MicroEpsilon, PersonToken, RawAggregate, Shape, Tally, TallyError};

/// The right to answer one question once, from the people for whom a budget was reserved.
///
/// It lapses after the budget's lease, and then what was reserved is given back. Its `Debug` shows nothing.
pub struct Reservation<S: Shape> {
    pub(crate) question: [u8; 32],
    pub(crate) id: [u8; 16],
    pub(crate) bounds: S::Bounds,
    pub(crate) period_days: u32,
    /// Classes that are there even if nobody is in them.
    pub(crate) classes: Vec<MicroEpsilon>,
    pub(crate) people: Arc<HashMap<PersonToken, MicroEpsilon>>,
}

impl<S: Shape> Reservation<S> {
    /// Everybody who takes part: those with enough budget left. What others have must not be added.
    pub fn people(&self) -> impl Iterator<Item = &PersonToken> {
        self.people.keys()
    }

    /// Whether this person takes part.
    pub fn includes(&self, person: &PersonToken) -> bool {
        self.people.contains_key(person)
    }

    /// Where the rows of these people are collected.
    pub fn pool(&self) -> Pool<S> {
        let mut tallies = BTreeMap::new();
        for epsilon in self.people.values().chain(&self.classes) {
            tallies.entry(*epsilon).or_insert_with(|| Tally::new(self.bounds.clone()));
        }
        Pool { reservation: self.id, people: Arc::clone(&self.people), tallies, parts: BTreeMap::new() }
    }
}

impl<S: Shape> std::fmt::Debug for Reservation<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reservation").finish_non_exhaustive()
    }
}

/// Collects the rows of the people of one reservation, each in the class of their ε.
///
/// Like a [`RawAggregate`], it cannot be printed, copied or looked into.
pub struct Pool<S: Shape> {
    reservation: [u8; 16],
    people: Arc<HashMap<PersonToken, MicroEpsilon>>,
    /// One for each class, also where no person in it has a value: which classes are empty must not show.
    tallies: BTreeMap<MicroEpsilon, Tally<S>>,
    parts: BTreeMap<MicroEpsilon, RawAggregate<S>>,
}

impl<S: Shape> Pool<S> {
    /// Adds one row of a person, as [`Tally::add`] does.
    ///
    /// # Errors
    /// Nothing was reserved for the person, or the schema does not declare this value.
    pub fn add(&mut self, person: &PersonToken, row: S::Row) -> Result<(), TallyError> {
        let epsilon = self.people.get(person).ok_or(TallyError::NotReserved)?;
        self.tallies.get_mut(epsilon).ok_or(TallyError::NotReserved)?.add(person, row)
    }

    /// Adds what a protocol has summed over people of one class. Single people are not seen here.
    ///
    /// The caller answers for two things: they are people of this reservation, and they were not already added by
    /// [`add`](Self::add).
    ///
    /// # Errors
    /// No class has this ε, or the part is of another field.
    pub fn add_part(&mut self, epsilon: MicroEpsilon, part: RawAggregate<S>) -> Result<(), TallyError> {
        if !self.tallies.contains_key(&epsilon) {
            return Err(TallyError::NotReserved);
        }
        let merged = match self.parts.remove(&epsilon) {
            Some(known) => known.merge_other_people(part)?,
            None => part,
        };
        self.parts.insert(epsilon, merged);
        Ok(())
    }

    pub(crate) fn belongs_to(&self, reservation: &Reservation<S>) -> bool {
        self.reservation == reservation.id
    }

    /// The sums of each class.
    pub(crate) fn classes(mut self) -> Result<Vec<Class<S>>, TallyError> {
        let mut classes = Vec::new();
        for (epsilon, tally) in self.tallies {
            let mut raw = tally.finish()?;
            if let Some(part) = self.parts.remove(&epsilon) {
                raw = raw.merge_other_people(part)?;
            }
            let reserved = self.people.values().filter(|reserved| **reserved == epsilon).count();
            if raw.contributors() as usize > reserved {
                return Err(TallyError::Mismatch);
            }
            classes.push((epsilon, raw));
        }
        Ok(classes)
    }
}

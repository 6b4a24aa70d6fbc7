//! A person's readings of one attribute over time, and the one value that they come to in a query.
//!
//! A query takes one number of a person for each attribute, however many readings there are: else a person with a
//! million readings would weigh a million times as much, and no noise could hide them.

mod align;
#[cfg(test)]
mod tests;
mod value;

pub use align::{MAX_GAP_MILLIS, MAX_MISSING_PER_MILLE};
pub use value::Value;

use std::collections::BTreeMap;

use crate::catalogue::{Attribute, Cadence};
use crate::query::Window;

/// The readings of one attribute of one person, by time.
///
/// A reading of a time that is known takes the place of the one before: the last write wins. The order in which readings
/// arrive does not matter otherwise. Its `Debug` shows how many there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Series {
    readings: BTreeMap<i64, Value>,
}

impl std::fmt::Debug for Series {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Series").field("readings", &self.len()).finish_non_exhaustive()
    }
}

impl Series {
    /// A series without readings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a reading; the time is in milliseconds since 1970. Gives the value that it takes the place of.
    pub fn insert(&mut self, time: i64, value: Value) -> Option<Value> {
        self.readings.insert(time, value)
    }

    /// The readings by time.
    pub fn readings(&self) -> impl Iterator<Item = (i64, &Value)> {
        self.readings.iter().map(|(time, value)| (*time, value))
    }

    /// The number of readings.
    pub fn len(&self) -> usize {
        self.readings.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.readings.is_empty()
    }

    /// The one value of the person in an interval; none where too much is missing.
    ///
    /// Of a steady attribute, it is the latest before the interval ends. Of a series, readings are aligned: each step of
    /// the interval's granularity has the mean of its readings, or for labels and texts the most frequent. At most 21 %
    /// of the steps may be missing, and no gap may be longer than two hours; what is missing is filled in a straight
    /// line, or for labels and texts with the last. The value is the mean of all steps, rounded to a step of the
    /// attribute and within its bounds, or the most frequent label or text.
    pub fn value(&self, attribute: &Attribute, window: Window) -> Option<Value> {
        match attribute.cadence() {
            Cadence::Steady => self.readings.range(..window.to()).next_back().map(|(_, value)| value.clone()),
            Cadence::Series => align::value(&self.readings, attribute, window),
        }
    }
}

impl FromIterator<(i64, Value)> for Series {
    fn from_iter<I: IntoIterator<Item = (i64, Value)>>(readings: I) -> Self {
        Self { readings: readings.into_iter().collect() }
    }
}

impl Extend<(i64, Value)> for Series {
    fn extend<I: IntoIterator<Item = (i64, Value)>>(&mut self, readings: I) {
        self.readings.extend(readings);
    }
}

//! What is worked out once for each record type in this process.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::schema::Schema;

/// One value for each schema, kept for as long as the process runs.
pub(crate) struct PerSchema<T>(LazyLock<Mutex<HashMap<usize, T>>>);

impl<T: Clone> PerSchema<T> {
    pub(crate) const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// The value of a schema, worked out on first use.
    pub(crate) fn of(&self, schema: &'static Schema, work_out: impl FnOnce() -> T) -> T {
        // A schema is a constant: what stands at its place never changes. The compiler may give it several, a few for
        // each type of the program, and then the value is worked out for each.
        let place = std::ptr::from_ref(schema).addr();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(place).or_insert_with(work_out).clone()
    }
}

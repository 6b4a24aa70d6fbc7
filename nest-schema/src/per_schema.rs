//! What is worked out once in a process for each declaration.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::fingerprint::Fingerprint;
use crate::schema::Schema;

/// One value for each declaration, kept for as long as the process runs.
///
/// Declarations are told apart by their content. One declaration may stand at several places in memory: the compiler
/// copies constants, and a manifest of a compiled record is a second copy. Each place is looked at once.
pub struct PerSchema<T>(LazyLock<Mutex<Known<T>>>);

struct Known<T> {
    by_place: HashMap<usize, T>,
    by_content: HashMap<Fingerprint, T>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { by_place: HashMap::new(), by_content: HashMap::new() }
    }
}

impl<T: Clone> PerSchema<T> {
    /// Nothing is known yet.
    #[allow(clippy::new_without_default, reason = "it is a static, which a default cannot fill")]
    pub const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// The value of a declaration, worked out on first use.
    pub fn of(&self, schema: &'static Schema, work_out: impl FnOnce() -> T) -> T {
        let place = place(schema);
        let find = |known: &Known<T>| known.by_place.get(&place).cloned();
        if let Some(value) = find(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return value;
        }
        let content = schema.content_fingerprint();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = known.by_content.entry(content).or_insert_with(work_out).clone();
        known.by_place.insert(place, value.clone());
        value
    }
}

/// A schema lives for as long as the process, and never changes: its address stands for it.
fn place(schema: &'static Schema) -> usize {
    std::ptr::from_ref(schema).addr()
}

/// The fingerprints of one declaration.
#[derive(Clone, Copy)]
pub(crate) struct Fingerprints {
    pub(crate) shape: Fingerprint,
    pub(crate) meaning: Fingerprint,
    pub(crate) content: Fingerprint,
}

/// The fingerprints of a declaration, worked out once for each place.
pub(crate) fn fingerprints(schema: &'static Schema) -> Fingerprints {
    static KNOWN: LazyLock<Mutex<HashMap<usize, Fingerprints>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    *known.entry(place(schema)).or_insert_with(|| Fingerprints {
        shape: Fingerprint::shape(schema),
        meaning: Fingerprint::meaning(schema),
        content: Fingerprint::content(schema),
    })
}

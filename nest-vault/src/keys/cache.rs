//! Unwrapped keys in memory: so many at most, and for so long at most. They are wiped when they go.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::envelope::PersonKey;
use crate::id::KeyId;

/// A bounded cache.
pub(crate) struct Cache {
    known: Mutex<Known>,
}

struct Known {
    time: Duration,
    most: usize,
    keys: HashMap<KeyId, (PersonKey, Instant)>,
    /// Goes up with each key that was forgotten on purpose: what was read before must not be put in after.
    forgotten: u64,
}

impl Cache {
    pub(crate) fn new(time: Duration, most: usize) -> Self {
        Self { known: Mutex::new(Known { time, most, keys: HashMap::new(), forgotten: 0 }) }
    }

    pub(crate) fn limit(&self, time: Duration, most: usize) {
        let mut known = self.known();
        (known.time, known.most) = (time, most);
        known.keys.clear();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, id: KeyId) -> Option<PersonKey> {
        let mut known = self.known();
        match known.keys.get(&id) {
            Some((key, since)) if since.elapsed() < known.time => Some(key.clone()),
            Some(_) => {
                known.keys.remove(&id);
                None
            }
            None => None,
        }
    }

    /// To be taken before a key is read from the store, and given back with it.
    pub(crate) fn ticket(&self) -> u64 {
        self.known().forgotten
    }

    /// Keeps keys that were read since the ticket was taken, unless some were forgotten since.
    pub(crate) fn put(&self, ticket: u64, keys: impl IntoIterator<Item = PersonKey>) {
        let mut known = self.known();
        if known.forgotten != ticket || known.time.is_zero() {
            return;
        }
        let now = Instant::now();
        for key in keys {
            if known.keys.len() >= known.most {
                let time = known.time;
                known.keys.retain(|_, (_, since)| since.elapsed() < time);
                // All are young: some of them go, whichever come first.
                if known.keys.len() >= known.most {
                    let some: Vec<_> = known.keys.keys().take(1 + known.most / 8).copied().collect();
                    some.iter().for_each(|id| drop(known.keys.remove(id)));
                }
            }
            known.keys.insert(key.id(), (key, now));
        }
    }

    pub(crate) fn forget(&self, keys: &[KeyId]) {
        let mut known = self.known();
        known.forgotten += 1;
        keys.iter().for_each(|id| drop(known.keys.remove(id)));
    }

    pub(crate) fn forget_all(&self) {
        let mut known = self.known();
        known.forgotten += 1;
        known.keys.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Suite;

    #[test]
    fn keys_go_by_time_by_number_and_on_purpose() {
        let key = || PersonKey::random(Suite::Aes128Ccm);
        let cache = Cache::new(Duration::from_secs(60), 8);
        let (first, second) = (key(), key());
        cache.put(cache.ticket(), [first.clone(), second.clone()]);
        assert!(cache.get(first.id()).is_some());
        let ticket = cache.ticket();
        cache.forget(&[first.id()]);
        assert!(cache.get(first.id()).is_none());
        // It was read before it was forgotten.
        cache.put(ticket, [first.clone()]);
        assert!(cache.get(first.id()).is_none());
        cache.put(cache.ticket(), (0..100).map(|_| key()));
        assert!(cache.known().keys.len() <= 8);
        let none = Cache::new(Duration::ZERO, 8);
        none.put(none.ticket(), [second.clone()]);
        assert!(none.get(second.id()).is_none());
    }
}

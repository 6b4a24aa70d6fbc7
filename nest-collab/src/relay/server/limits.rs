//! How many requests an organisation may make in a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::identity::OrgName;

/// Counts the requests of each organisation in the present minute.
#[derive(Debug)]
pub(super) struct Rates {
    most: u32,
    counts: Mutex<HashMap<OrgName, (Instant, u32)>>,
}

impl Rates {
    pub(super) fn new(most: u32) -> Self {
        Self { most, counts: Mutex::default() }
    }

    /// Counts a request; `false` where it is one too many.
    pub(super) fn count(&self, org: &OrgName) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (since, count) = counts.entry(org.clone()).or_insert((now, 0));
        if now.duration_since(*since) > Duration::from_secs(60) {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_too_many_is_refused_and_others_are_not_touched() {
        let (a, b) = (OrgName::new("a").unwrap(), OrgName::new("b").unwrap());
        let rates = Rates::new(2);
        assert!(rates.count(&a) && rates.count(&a) && !rates.count(&a));
        assert!(rates.count(&b));
    }
}

//! The places of the requests that are answered at once, and each caller's share of them. One caller cannot take the
//! places of all.
//!
//! A place is taken when the body is there. Until then a request counts among the arriving requests of its caller. A
//! slow body delays only requests of the same caller.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Code;

/// How long a request waits for a place among all before it is refused.
const QUEUE_TIME: Duration = Duration::from_secs(2);

/// How long a request waits for other requests of its own caller.
const OWN_QUEUE_TIME: Duration = Duration::from_secs(20);

/// How many bytes of a body count as one request in its caller's share: some 100 questions. All cores and the
/// transcryptors work at a batch of thousands, so a few such batches are enough. Many would keep others waiting.
const BYTES_OF_ONE: usize = 16 * 1024;

/// How many requests of a caller may arrive or wait, for each place.
const ARRIVING: usize = 2;

/// All places, and the callers that have them.
pub(crate) struct Shares {
    total: usize,
    places: Arc<Semaphore>,
    callers: Mutex<HashMap<Arc<str>, Arc<Own>>>,
}

/// The share of one caller.
struct Own {
    arriving: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// A request that arrives or waits for its place.
#[must_use = "dropped, it arrives no longer"]
pub(crate) struct Arriving {
    own: Arc<Own>,
    _arriving: OwnedSemaphorePermit,
}

/// A request's place among those that are answered at once.
#[must_use = "dropped, it is free"]
pub(crate) struct Place {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// The share of one caller while there are others: three of four. Something is always left to the others.
pub(crate) fn share_of(total: usize) -> usize {
    total - total / 4
}

impl Shares {
    pub(crate) fn new(total: usize) -> Self {
        Self { total, places: Arc::new(Semaphore::new(total)), callers: Mutex::default() }
    }

    /// Takes in a request. Its body is still to come.
    ///
    /// # Errors
    ///
    /// [`Code::Overloaded`] where the caller has too many requests under way; [`Code::ShuttingDown`] where no new
    /// requests are taken.
    pub(crate) async fn arrive(&self, caller: &Arc<str>) -> Result<Arriving, Code> {
        if self.is_closed() {
            return Err(Code::ShuttingDown);
        }
        let own = self.own(caller);
        let arriving = Arc::clone(&own.arriving).acquire_owned();
        let arriving = tokio::time::timeout(QUEUE_TIME, arriving).await.map_err(|_| Code::Overloaded)?;
        Ok(Arriving { own, _arriving: arriving.map_err(|_| Code::ShuttingDown)? })
    }

    /// Takes a place for a request whose body is there. `others` says whether there are other callers.
    ///
    /// # Errors
    ///
    /// As [`arrive`](Self::arrive), where no place becomes free in time.
    pub(crate) async fn take(&self, arriving: Arriving, bytes: usize, others: bool) -> Result<Place, Code> {
        let own = Arc::clone(&arriving.own.places);
        let own = own.acquire_many_owned(self.weight(bytes, others));
        let own = tokio::time::timeout(OWN_QUEUE_TIME, own).await;
        let own = own.map_err(|_| Code::Overloaded)?.map_err(|_| Code::ShuttingDown)?;
        let place = tokio::time::timeout(QUEUE_TIME, Arc::clone(&self.places).acquire_owned());
        let place = place.await.map_err(|_| Code::Overloaded)?.map_err(|_| Code::ShuttingDown)?;
        Ok(Place { _own: own, _of_all: place })
    }

    /// How much of its caller's share a request takes. While there are other callers, each request takes a third
    /// more, and a large request counts as several small ones.
    fn weight(&self, bytes: usize, others: bool) -> u32 {
        let whole = self.total * UNIT;
        let one = if others { whole / share_of(self.total) } else { UNIT };
        let many = if others { 1 + bytes / BYTES_OF_ONE } else { 1 };
        u32::try_from(one.saturating_mul(many).min(whole)).unwrap_or(u32::MAX)
    }

    fn own(&self, caller: &Arc<str>) -> Arc<Own> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let own = callers.entry(Arc::clone(caller)).or_insert_with(|| {
            let arriving = (self.total * ARRIVING).min(Semaphore::MAX_PERMITS);
            let own = Own {
                arriving: Arc::new(Semaphore::new(arriving)),
                places: Arc::new(Semaphore::new(self.total * UNIT)),
            };
            Arc::new(own)
        });
        Arc::clone(own)
    }

    /// Takes no new requests from now on.
    pub(crate) fn close(&self) {
        self.places.close();
        for own in self.callers.lock().unwrap_or_else(PoisonError::into_inner).values() {
            own.arriving.close();
            own.places.close();
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.places.is_closed()
    }

    /// Whether no request has a place.
    pub(crate) fn is_idle(&self) -> bool {
        self.places.available_permits() >= self.total
    }
}

/// How many units a place has.
const UNIT: usize = 12;

/// The most places that there can be.
pub(crate) const MOST: usize = 1 << 16;

impl fmt::Debug for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shares").field("total", &self.total).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// A place, where one is free at once.
    async fn take(shares: &Shares, caller: &str, bytes: usize, others: bool) -> Result<Place, Code> {
        let arriving = shares.arrive(&caller.into()).now_or_never().unwrap_or(Err(Code::Overloaded))?;
        shares.take(arriving, bytes, others).now_or_never().unwrap_or(Err(Code::Overloaded))
    }

    #[tokio::test]
    async fn one_caller_leaves_places_to_the_others() {
        let shares = Shares::new(8);
        let mut mine = Vec::new();
        for _ in 0..6 {
            mine.push(take(&shares, "a", 100, true).await.unwrap());
        }
        assert_eq!(take(&shares, "a", 100, true).await.err(), Some(Code::Overloaded));
        let theirs =
            [take(&shares, "b", 100, true).await.unwrap(), take(&shares, "c", 100, true).await.unwrap()];
        assert_eq!(take(&shares, "b", 100, true).await.err(), Some(Code::Overloaded), "there are eight");
        drop((mine, theirs));
        assert!(shares.is_idle());
        // Alone, it has them all.
        for _ in 0..8 {
            std::mem::forget(take(&shares, "a", 1 << 30, false).await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_large_request_takes_the_places_of_many_of_its_own_caller() {
        let shares = Shares::new(32);
        let large = take(&shares, "a", 20 * BYTES_OF_ONE, true).await.unwrap();
        assert_eq!(take(&shares, "a", 20 * BYTES_OF_ONE, true).await.err(), Some(Code::Overloaded));
        let small = take(&shares, "a", 0, true).await.unwrap();
        let others = take(&shares, "b", usize::MAX, true).await.unwrap();
        drop((large, small, others));
        assert!(shares.is_idle());
    }

    #[tokio::test]
    async fn bodies_that_do_not_come_are_in_the_way_of_their_caller_only() {
        let shares = Shares::new(2);
        let mut slow = Vec::new();
        for _ in 0..4 {
            slow.push(shares.arrive(&"a".into()).await.unwrap());
        }
        assert!(shares.arrive(&"a".into()).now_or_never().is_none());
        assert!(take(&shares, "b", 0, true).await.is_ok());
    }

    #[tokio::test]
    async fn nothing_is_taken_once_it_is_closed() {
        let shares = Shares::new(2);
        let arriving = shares.arrive(&"a".into()).await.unwrap();
        shares.close();
        assert_eq!(shares.take(arriving, 0, true).await.err(), Some(Code::ShuttingDown));
        assert_eq!(shares.arrive(&"b".into()).await.err(), Some(Code::ShuttingDown));
        assert!(shares.is_idle());
    }
}

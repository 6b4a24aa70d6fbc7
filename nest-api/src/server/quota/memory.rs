//! The bytes of requests and answers that are under way. They are bounded for each caller and in all, so that no
//! caller can use up the memory of the machine.
//!
//! A request counts with the bytes that it announces, from before they are read. Its answer counts until it is sent.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::Code;
use crate::server::quota::shares::share_of;

/// How long a request waits for room before it is refused.
const QUEUE_TIME: Duration = Duration::from_secs(2);

/// The bytes that there are, and how many each caller has.
pub(crate) struct Memory {
    total: usize,
    used: Mutex<Used>,
    freed: Notify,
}

#[derive(Default)]
struct Used {
    all: usize,
    of_caller: HashMap<Arc<str>, usize>,
}

impl Memory {
    pub(crate) fn new(total: usize) -> Arc<Self> {
        Arc::new(Self { total, used: Mutex::default(), freed: Notify::new() })
    }

    /// Room for so many bytes of a caller. `others` says whether there are other callers.
    ///
    /// # Errors
    ///
    /// [`Code::Overloaded`] where there is no room in time.
    pub(crate) async fn charge(
        self: &Arc<Self>,
        caller: &Arc<str>,
        bytes: usize,
        others: bool,
    ) -> Result<Charge, Code> {
        let mut charge = Charge { memory: Arc::clone(self), caller: Arc::clone(caller), bytes: 0, others };
        let room = async {
            loop {
                let freed = self.freed.notified();
                tokio::pin!(freed);
                freed.as_mut().enable();
                if charge.grow(bytes) {
                    return;
                }
                freed.await;
            }
        };
        tokio::time::timeout(QUEUE_TIME, room).await.map_err(|_| Code::Overloaded)?;
        Ok(charge)
    }

    /// How many bytes are under way.
    pub(crate) fn used(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of one request or of its answer. When this is dropped, they are no longer counted.
#[must_use = "dropped, the bytes are not counted"]
pub(crate) struct Charge {
    memory: Arc<Memory>,
    caller: Arc<str>,
    bytes: usize,
    others: bool,
}

impl Charge {
    /// Counts so many bytes more, if there is room for them.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let total = self.memory.total;
        let share = if self.others { share_of(total) } else { total };
        let mut used = self.memory.lock();
        let own = used.of_caller.get(&self.caller).copied().unwrap_or(0);
        let fits = own.saturating_add(bytes) <= share && used.all.saturating_add(bytes) <= total;
        if fits {
            used.all += bytes;
            used.of_caller.insert(Arc::clone(&self.caller), own + bytes);
            self.bytes += bytes;
        }
        fits
    }

    /// Counts so many instead, whether there is room for them or not: they are there.
    pub(crate) fn replace(&mut self, bytes: usize) {
        let mut used = self.memory.lock();
        used.all = (used.all - self.bytes).saturating_add(bytes);
        let own = used.of_caller.get(&self.caller).copied().unwrap_or(0);
        match own.saturating_sub(self.bytes).saturating_add(bytes) {
            0 => drop(used.of_caller.remove(&self.caller)),
            own => drop(used.of_caller.insert(Arc::clone(&self.caller), own)),
        }
        drop(used);
        let fewer = bytes < self.bytes;
        self.bytes = bytes;
        if fewer {
            self.memory.freed.notify_waiters();
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.replace(0);
    }
}

impl fmt::Debug for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Charge").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("total", &self.total).field("used", &self.used()).finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_caller_leaves_room_to_the_others() {
        let memory = Memory::new(400);
        let charge = async |caller: &str, bytes| {
            memory.charge(&caller.into(), bytes, true).now_or_never().unwrap_or(Err(Code::Overloaded))
        };
        let mut mine = charge("a", 300).await.unwrap();
        assert_eq!(charge("a", 1).await.err(), Some(Code::Overloaded));
        let theirs = charge("b", 100).await.unwrap();
        assert_eq!(charge("c", 1).await.err(), Some(Code::Overloaded), "there are 400");
        drop(theirs);
        assert!(charge("c", 100).await.is_ok());
        // An answer is counted however large it is.
        mine.replace(1000);
        assert_eq!(memory.used(), 1000);
        drop(mine);
        assert_eq!((memory.used(), memory.lock().of_caller.len()), (0, 0));
        assert!(memory.charge(&"a".into(), 400, false).await.is_ok(), "alone it has all");
    }

    #[tokio::test]
    async fn a_request_waits_a_little_for_room() {
        let memory = Memory::new(100);
        let first = memory.charge(&"a".into(), 100, false).await.unwrap();
        let waiting = tokio::spawn({
            let memory = Arc::clone(&memory);
            async move { memory.charge(&"b".into(), 50, false).await.map(|charge| charge.bytes) }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(first);
        assert_eq!(waiting.await.unwrap(), Ok(50));
    }
}

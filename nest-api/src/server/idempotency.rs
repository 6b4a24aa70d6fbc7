//! Requests that may be sent twice and must not be carried out twice: each has a key, and its answer is kept.
//!
//! The header is that of the draft *The Idempotency-Key HTTP Header Field*
//! (draft-ietf-httpapi-idempotency-key-header). What is kept is in memory: it is gone when the process ends, and
//! is not shared with another one.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use sha2::{Digest, Sha256};

use crate::Code;

/// The value of the header `Idempotency-Key`: 1 to 255 visible ASCII characters, taken as they are sent, so
/// quotes are a part of it.
///
/// # Privacy
///
/// Its sender chooses it and may have made it of anything, so it is not shown in `Debug`, and the store keeps its
/// hash only.
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    /// `None` where the text is no key.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (visible && (1..=255).contains(&text.len())).then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// How much is kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    /// How long an answer is kept after it was given.
    pub(crate) time: Duration,
    /// How many bytes of answers are kept before no new key is taken. The answers to requests that are under way
    /// at that moment are kept on top of it.
    pub(crate) bytes: usize,
    /// How many keys are known at once.
    pub(crate) keys: usize,
}

impl Default for Retention {
    fn default() -> Self {
        Self { time: Duration::from_secs(24 * 60 * 60), bytes: 256 * 1024 * 1024, keys: 100_000 }
    }
}

/// What is known of the keys that callers have sent. Clones share it.
#[derive(Clone)]
pub(crate) struct IdempotencyStore {
    shared: Arc<Shared>,
}

struct Shared {
    retention: Retention,
    now: fn() -> Instant,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    requests: HashMap<Name, Request>,
    /// The kept ones with the time at which they are forgotten, earliest first: all are kept for equally long.
    forget: VecDeque<(Instant, Name)>,
    /// How many bytes the kept answers have together.
    bytes: usize,
}

/// The hash of a caller and a key of theirs.
type Name = [u8; 32];

struct Request {
    /// The hash of path and body.
    asked: [u8; 32],
    /// `None` while it is under way.
    answer: Option<Answer>,
}

/// How a request ended that is not to be carried out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It succeeded, with this body.
    Body(Bytes),
    /// It failed, when something may already have been written.
    Failed(Code),
}

impl Answer {
    fn len(&self) -> usize {
        match self {
            Answer::Body(body) => body.len(),
            Answer::Failed(_) => 0,
        }
    }
}

/// What is to be done about a request with a key.
#[derive(Debug)]
pub(crate) enum Begin {
    /// Carry it out: the key is new.
    First(Pending),
    /// Answer this: it was carried out before.
    Repeat(Answer),
    /// Refuse it: the same one is being carried out at this moment.
    InProgress,
    /// Refuse it: the key was sent before with another path or body.
    OtherBody,
    /// Refuse it: there is no room to remember its answer. Nothing is forgotten before its time, because then it
    /// could be carried out twice.
    Full,
}

impl IdempotencyStore {
    pub(crate) fn new(retention: Retention) -> Self {
        Self::with_clock(retention, Instant::now)
    }

    fn with_clock(retention: Retention, now: fn() -> Instant) -> Self {
        Self { shared: Arc::new(Shared { retention, now, known: Mutex::default() }) }
    }

    /// Looks up the key of this caller. `path` names operation and activity.
    pub(crate) fn begin(&self, caller: &str, key: &IdempotencyKey, path: &str, body_hash: [u8; 32]) -> Begin {
        let name = hash_of(&[caller.as_bytes(), key.0.as_bytes()]);
        let asked = hash_of(&[path.as_bytes(), &body_hash]);
        let mut known = self.shared.known();
        known.forget_until((self.shared.now)());
        match known.requests.get(&name) {
            Some(request) if request.asked != asked => Begin::OtherBody,
            Some(Request { answer: None, .. }) => Begin::InProgress,
            Some(Request { answer: Some(answer), .. }) => Begin::Repeat(answer.clone()),
            None => {
                let Retention { bytes, keys, .. } = self.shared.retention;
                if known.requests.len() >= keys || known.bytes >= bytes {
                    return Begin::Full;
                }
                known.requests.insert(name, Request { asked, answer: None });
                let shared = Arc::clone(&self.shared);
                Begin::First(Pending { shared, name, if_dropped: None, ended: false })
            }
        }
    }
}

impl fmt::Debug for IdempotencyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotencyStore").field("retention", &self.shared.retention).finish_non_exhaustive()
    }
}

/// The hash of these parts, each with its length, so that none runs into the next.
fn hash_of(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

impl Shared {
    /// What is known is whole between any two statements that change it, so a panic elsewhere spoils nothing.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn forget_until(&mut self, now: Instant) {
        while let Some((_, name)) = self.forget.pop_front_if(|(time, _)| *time <= now) {
            let answer = self.requests.remove(&name).and_then(|request| request.answer);
            self.bytes -= answer.map_or(0, |answer| answer.len());
        }
    }
}

/// A request that is carried out under its key.
///
/// Dropped, it gives the key free again, or from [`source_called`](Self::source_called) on is remembered as
/// failed.
#[must_use = "dropped, it gives the key free again"]
pub(crate) struct Pending {
    shared: Arc<Shared>,
    name: Name,
    if_dropped: Option<Code>,
    ended: bool,
}

impl Pending {
    /// The source is about to be called, and may write: from here on a request that ends without an answer, be
    /// it given up, is remembered as failed with [`Code::Internal`].
    pub(crate) fn source_called(&mut self) {
        self.if_dropped = Some(Code::Internal);
    }

    /// Keeps the body of the answer.
    pub(crate) fn finish(mut self, answer: Bytes) {
        self.keep(Answer::Body(answer));
    }

    /// Remembers that it failed when something may have been written: a repeat is told the same, and nothing is
    /// written twice.
    pub(crate) fn keep_failed(mut self, code: Code) {
        self.keep(Answer::Failed(code));
    }

    fn keep(&mut self, answer: Answer) {
        self.ended = true;
        let mut known = self.shared.known();
        let now = (self.shared.now)();
        // A time so long that it cannot be counted is a year.
        let time = now.checked_add(self.shared.retention.time).unwrap_or(now + YEAR);
        if let Some(request) = known.requests.get_mut(&self.name) {
            let len = answer.len();
            request.answer = Some(answer);
            known.bytes += len;
            known.forget.push_back((time, self.name));
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        match self.if_dropped {
            _ if self.ended => {}
            Some(code) => self.keep(Answer::Failed(code)),
            None => drop(self.shared.known().requests.remove(&self.name)),
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending(…)")
    }
}

#[cfg(test)]
mod tests;

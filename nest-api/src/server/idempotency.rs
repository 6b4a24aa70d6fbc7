//! Requests that may be sent twice and must not be carried out twice: each has a key, and its answer is kept.
//!
//! The header is that of the draft *The Idempotency-Key HTTP Header Field*
//! (draft-ietf-httpapi-idempotency-key-header). What is kept is in memory: it is gone when the process ends, and
//! is not shared with another one.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use nest_source::repetition::{Begun, BoxFuture, KeyedRequest, Repetitions, StoreUnavailable};

use crate::Code;

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
    Failed(&'static str),
}

impl Answer {
    fn len(&self) -> usize {
        match self {
            Answer::Body(body) => body.len(),
            Answer::Failed(_) => 0,
        }
    }
}

impl IdempotencyStore {
    pub(crate) fn new(retention: Retention) -> Self {
        Self::with_clock(retention, Instant::now)
    }

    fn with_clock(retention: Retention, now: fn() -> Instant) -> Self {
        Self { shared: Arc::new(Shared { retention, now, known: Mutex::default() }) }
    }

    fn keep(&self, request: &KeyedRequest, answer: Answer) {
        let Shared { retention, now, .. } = *self.shared;
        let mut known = self.shared.known();
        let now = now();
        // A time so long that it cannot be counted is a year.
        let time = now.checked_add(retention.time).unwrap_or(now + YEAR);
        if let Some(kept) = known.requests.get_mut(request.name()).filter(|kept| kept.answer.is_none()) {
            let len = answer.len();
            kept.answer = Some(answer);
            known.bytes += len;
            known.forget.push_back((time, *request.name()));
        }
    }
}

impl Repetitions for IdempotencyStore {
    fn begin<'a>(&'a self, request: &'a KeyedRequest) -> BoxFuture<'a, Result<Begun, StoreUnavailable>> {
        let mut known = self.shared.known();
        known.forget_until((self.shared.now)());
        let begun = match known.requests.get(request.name()) {
            Some(kept) if kept.asked != *request.asked() => Begun::OtherRequest,
            Some(Request { answer: None, .. }) => Begun::InProgress,
            Some(Request { answer: Some(Answer::Body(body)), .. }) => Begun::Answered(body.clone()),
            Some(Request { answer: Some(Answer::Failed(code)), .. }) => Begun::Failed((*code).to_owned()),
            None => {
                let Retention { bytes, keys, .. } = self.shared.retention;
                if known.requests.len() >= keys || known.bytes >= bytes {
                    Begun::Full
                } else {
                    known.requests.insert(*request.name(), Request { asked: *request.asked(), answer: None });
                    Begun::First
                }
            }
        };
        Box::pin(ready(Ok(begun)))
    }

    fn answered<'a>(&'a self, request: &'a KeyedRequest, answer: Bytes) -> BoxFuture<'a, ()> {
        self.keep(request, Answer::Body(answer));
        Box::pin(ready(()))
    }

    fn failed<'a>(&'a self, request: &'a KeyedRequest, code: &'static str) -> BoxFuture<'a, ()> {
        self.keep(request, Answer::Failed(code));
        Box::pin(ready(()))
    }

    fn release(&self, request: &KeyedRequest, source_called: bool) {
        if source_called {
            self.keep(request, Answer::Failed(Code::Internal.as_str()));
        } else {
            self.shared.known().requests.remove(request.name());
        }
    }
}

impl fmt::Debug for IdempotencyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotencyStore").field("retention", &self.shared.retention).finish_non_exhaustive()
    }
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

#[cfg(test)]
mod tests;

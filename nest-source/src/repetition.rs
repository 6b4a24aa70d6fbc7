//! Requests that may come twice and must be carried out once, and the store that knows them.
//!
//! A request that writes may carry the header `Idempotency-Key` of the draft *The Idempotency-Key HTTP Header Field*
//! (draft-ietf-httpapi-idempotency-key-header). A server asks its [`Repetitions`] store about each of these:
//!
//! 1. [`begin`](Repetitions::begin) says whether the request is new, and reserves its key if so.
//! 2. [`source_called`](Repetitions::source_called) comes before the source is called, which may write from then on.
//! 3. The source writes. The outcome of each item is a success or a [`RecordError`].
//! 4. [`answered`](Repetitions::answered) brings the sealed answer, or [`failed`](Repetitions::failed) says that there
//!    is none.
//!
//! The process may end between any two of these steps. What a repetition is told then depends on what was kept:
//!
//! | last step done | a repetition is told |
//! | --- | --- |
//! | 1 | nothing was written: it is carried out |
//! | 2, in a store of its own | something may have been written: it has failed |
//! | 3, in a store that commits with the source | the same outcomes, [sealed anew](Begun::Written) |
//! | 4 | the same answer, byte for byte |
//!
//! # A source that writes in transactions
//!
//! Such a source should be its own store. In the transaction that writes, it also inserts a row with
//! [`KeyedRequest::name`], [`KeyedRequest::asked`] and the [statuses](RecordError::status) of all items, in the order
//! in which it was given them. It takes the request from [`Context::keyed_request`](crate::Context::keyed_request).
//! The name is unique in that table, so where two processes carry out one request, the second cannot commit.
//! [`begin`](Repetitions::begin) finds the row, and [`answered`](Repetitions::answered) adds the answer to it. Such a
//! store has no step 2: the row alone says whether the request was carried out.
//!
//! A request with a key is given to the source in one call with all its items, or with its one item in
//! [`Mode::Single`](crate::Mode). A repetition has the same order of items. A source without its own methods for
//! batches is called once for each item, and cannot commit the outcomes as a whole.
//!
//! # Privacy
//!
//! Outcomes and answers are about people. An answer is sealed for the caller, in a session that ends. Outcomes are in
//! clear, one byte for each item, and hold no pseudonym. A store deletes both when their time is over.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
pub use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::RecordError;

/// The value of the header `Idempotency-Key`: 1 to 255 visible ASCII characters, as they are sent. Quotes are a part
/// of it.
///
/// # Privacy
///
/// Its sender chooses it, and may have made it from personal data. It is not shown in `Debug`, and a store keeps only
/// [a hash of it](KeyedRequest::name).
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(Arc<str>);

impl IdempotencyKey {
    /// The key in a text; `None` where the text is not a key.
    pub fn parse(text: &str) -> Option<Self> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (visible && (1..=255).contains(&text.len())).then(|| Self(text.into()))
    }

    /// The text as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

/// A request with an idempotency key, as a store knows it.
#[derive(Debug, Clone)]
pub struct KeyedRequest {
    caller: Arc<str>,
    key: IdempotencyKey,
    name: [u8; 32],
    asked: [u8; 32],
}

impl KeyedRequest {
    /// The request of this caller. `path` names operation and activity; `body_hash` is the SHA-256 hash of the body.
    pub fn new(caller: impl Into<Arc<str>>, key: IdempotencyKey, path: &str, body_hash: [u8; 32]) -> Self {
        let caller = caller.into();
        let name = hash_of(&[caller.as_bytes(), key.as_str().as_bytes()]);
        let asked = hash_of(&[path.as_bytes(), &body_hash]);
        Self { caller, key, name, asked }
    }

    /// The caller, for a store that keeps a share for each caller.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// The key as it was sent.
    pub fn key(&self) -> &IdempotencyKey {
        &self.key
    }

    /// The name under which it is kept: a SHA-256 hash of the caller and the key. Each repetition has the same name.
    /// The same key of another caller has another name.
    pub fn name(&self) -> &[u8; 32] {
        &self.name
    }

    /// A SHA-256 hash of path and body. A request with the same name and another hash is not a repetition.
    pub fn asked(&self) -> &[u8; 32] {
        &self.asked
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

/// What came of one item of a request that writes.
pub type Outcome = Result<(), RecordError>;

/// What to do with a request that has a key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Begun {
    /// Carry it out: the key is new. It is reserved until [`Repetitions::answered`], [`Repetitions::failed`] or
    /// [`Repetitions::release`]. All other variants reserve nothing.
    First,
    /// Answer this: it was carried out before.
    Answered(Bytes),
    /// Seal these outcomes anew: it was carried out before, and its answer was lost. There is one for each item that
    /// the source was given, in that order. The new answer goes to [`Repetitions::answered`].
    Written(Vec<Outcome>),
    /// Tell it that it has failed, with this code of a problem: something may have been written.
    Failed(String),
    /// Refuse it: the same one is being carried out at this moment.
    InProgress,
    /// Refuse it: the key was sent before with another path or body.
    OtherRequest,
    /// Refuse it: there is no room to remember its answer. An older request is not forgotten for it, since that could
    /// then be carried out twice.
    Full,
}

impl fmt::Debug for Begun {
    /// Shows no answer and no outcome.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Begun::First => f.write_str("First"),
            Begun::Answered(_) => f.write_str("Answered(…)"),
            Begun::Written(_) => f.write_str("Written(…)"),
            Begun::Failed(code) => f.debug_tuple("Failed").field(code).finish(),
            Begun::InProgress => f.write_str("InProgress"),
            Begun::OtherRequest => f.write_str("OtherRequest"),
            Begun::Full => f.write_str("Full"),
        }
    }
}

/// A store cannot be read or written at this moment. The request must not begin, and may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreUnavailable;

impl fmt::Display for StoreUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store of idempotency keys cannot be read or written")
    }
}

impl std::error::Error for StoreUnavailable {}

/// A store of what came of requests with an idempotency key.
///
/// Methods are called for several requests at the same time. They return boxed futures, so that a server can hold any
/// store; `Box::pin(async move { … })` makes one.
pub trait Repetitions: Send + Sync + 'static {
    /// Looks the request up, and reserves its key where it is new.
    ///
    /// # Errors
    ///
    /// [`StoreUnavailable`] where the store cannot tell.
    fn begin<'a>(&'a self, request: &'a KeyedRequest) -> BoxFuture<'a, Result<Begun, StoreUnavailable>>;

    /// Notes that the source is about to be called, and may write from here on. A store that does not share the
    /// source's transactions makes a durable note. It tells a crash from a request that never began. A store that
    /// shares them has nothing to do.
    ///
    /// # Errors
    ///
    /// [`StoreUnavailable`] where the note cannot be made. The source is not called then.
    fn source_called<'a>(&'a self, request: &'a KeyedRequest) -> BoxFuture<'a, Result<(), StoreUnavailable>> {
        let _ = request;
        Box::pin(async { Ok(()) })
    }

    /// Keeps the sealed answer for its repetitions, and ends the reservation. The answer is sent in any case. A store
    /// that cannot keep it logs that, and a repetition is told what was known before.
    fn answered<'a>(&'a self, request: &'a KeyedRequest, answer: Bytes) -> BoxFuture<'a, ()>;

    /// Remembers that the request failed as a whole after the source was called, with this code of a problem, and
    /// ends the reservation. A store that has the outcomes keeps them instead, so that a repetition is answered.
    fn failed<'a>(&'a self, request: &'a KeyedRequest, code: &'static str) -> BoxFuture<'a, ()>;

    /// Ends the reservation of a request that is given up. `source_called` says whether the source may have written.
    /// If not, the key is free again. This is called while a request is dropped, and must not wait.
    fn release(&self, request: &KeyedRequest, source_called: bool);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_can_be_sent_and_does_not_show() {
        for text in ["a", "\"8e03978e\"", &"k".repeat(255)] {
            assert_eq!(IdempotencyKey::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a b", "a\n", "é", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(text), None, "{text}");
        }
        let key = IdempotencyKey::parse("anna-1234").unwrap();
        let request = KeyedRequest::new("nest", key, "/walk/create", [0; 32]);
        assert!(!format!("{request:?}").contains("anna"));
    }

    #[test]
    fn callers_and_bodies_are_told_apart() {
        let request = |caller: &str, key: &str, path: &str, body: u8| {
            KeyedRequest::new(caller, IdempotencyKey::parse(key).unwrap(), path, [body; 32])
        };
        let one = request("nest", "key", "/walk/create", 1);
        let same = request("nest", "key", "/walk/create", 1);
        assert_eq!((one.name(), one.asked()), (same.name(), same.asked()));
        // The parts do not run into each other.
        assert_ne!(one.name(), request("nestk", "ey", "/walk/create", 1).name());
        assert_ne!(one.name(), request("other", "key", "/walk/create", 1).name());
        assert_ne!(one.asked(), request("nest", "key", "/walk/update", 1).asked());
        assert_ne!(one.asked(), request("nest", "key", "/walk/create", 2).asked());
    }
}

//! The store of repetitions of an API that serves a vault: outcomes are in the transaction of what they are of.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use nest_core::PepRecord;
use nest_source::Repetitions;
use nest_source::repetition::{Begun, BoxFuture, KeyedRequest, StoreUnavailable};

use super::SqlVault;

/// The requests that this process is carrying out.
#[derive(Default)]
pub(super) struct Reserved(Mutex<HashSet<[u8; 32]>>);

impl Reserved {
    fn enter(&self, request: &KeyedRequest) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(*request.name())
    }

    fn leave(&self, request: &KeyedRequest) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(request.name());
    }
}

/// Give a clone of the vault to the API builder's `repetitions`, and what was written once is not written twice, also
/// after a restart or at another instance. Answers are not kept: a repetition gets the same outcomes, sealed anew. What
/// was not committed is not remembered, and may be tried again. Outcomes are kept for two days.
impl<P: PepRecord + Send + Sync + 'static> Repetitions for SqlVault<P> {
    fn begin<'a>(&'a self, request: &'a KeyedRequest) -> BoxFuture<'a, Result<Begun, StoreUnavailable>> {
        Box::pin(async move {
            if !self.inner.repetitions.enter(request) {
                return Ok(Begun::InProgress);
            }
            let begun = match self.inner.store.outcomes(request).await {
                Ok(None) => return Ok(Begun::First),
                Ok(Some(Ok(outcomes))) => Ok(Begun::Written(outcomes)),
                Ok(Some(Err(()))) => Ok(Begun::OtherRequest),
                Err(_) => Err(StoreUnavailable),
            };
            self.inner.repetitions.leave(request);
            begun
        })
    }

    fn answered<'a>(&'a self, request: &'a KeyedRequest, _: Bytes) -> BoxFuture<'a, ()> {
        self.inner.repetitions.leave(request);
        Box::pin(async {})
    }

    fn failed<'a>(&'a self, request: &'a KeyedRequest, _: &'static str) -> BoxFuture<'a, ()> {
        self.inner.repetitions.leave(request);
        Box::pin(async {})
    }

    fn release(&self, request: &KeyedRequest, _: bool) {
        self.inner.repetitions.leave(request);
    }
}

//! A request with an idempotency key, while it is carried out.

use std::fmt;
use std::sync::Arc;

use actix_web::web::Bytes;
use nest_source::repetition::{Begun, KeyedRequest, Outcome, Repetitions, StoreUnavailable};

use crate::Code;

/// What to do with a request that has a key.
#[derive(Debug)]
pub(crate) enum Entered {
    /// Carry it out: the key is new.
    First(Pending),
    /// Seal these outcomes anew: the source has written, and the answer was lost.
    Written(Pending, Vec<Outcome>),
    /// Answer this: it was carried out before.
    Answered(Bytes),
}

/// A request that is carried out under its key.
///
/// Dropped before [`source_called`](Self::source_called), it gives the key free again. Dropped after it, the request
/// has failed.
#[must_use = "dropped, it gives the key free again"]
pub(crate) struct Pending {
    store: Arc<dyn Repetitions>,
    request: Arc<KeyedRequest>,
    /// Whether the key is reserved. Dropping this then releases it.
    reserved: bool,
    source_called: bool,
}

impl Pending {
    /// Asks the store about a request.
    pub(crate) async fn enter(
        store: &Arc<dyn Repetitions>,
        request: &Arc<KeyedRequest>,
    ) -> Result<Entered, Code> {
        let begun = store.begin(request).await?;
        let pending = |reserved| {
            let (store, request) = (Arc::clone(store), Arc::clone(request));
            Self { store, request, reserved, source_called: false }
        };
        Ok(match begun {
            Begun::First => Entered::First(pending(true)),
            Begun::Written(outcomes) => Entered::Written(pending(false), outcomes),
            Begun::Answered(body) => Entered::Answered(body),
            Begun::Failed(code) => return Err(Code::parse(&code).unwrap_or(Code::Internal)),
            Begun::InProgress => return Err(Code::InProgress),
            Begun::OtherRequest => return Err(Code::IdempotencyKeyReused),
            Begun::Full => return Err(Code::Overloaded),
            _ => return Err(Code::Internal),
        })
    }

    /// Notes that the source is about to be called and may write. From here on a request that ends without an answer
    /// has failed with [`Code::Internal`].
    pub(crate) async fn source_called(&mut self) -> Result<(), Code> {
        self.store.source_called(&self.request).await?;
        self.source_called = true;
        Ok(())
    }

    /// Keeps the answer for repetitions. Where there is none, it remembers the failure, because something may have
    /// been written. So nothing is written twice.
    pub(crate) async fn end(mut self, answer: &Result<Bytes, Code>) {
        match answer {
            Ok(body) => self.store.answered(&self.request, body.clone()).await,
            // Sealing an old answer anew can be tried again.
            Err(_) if !self.reserved => {}
            Err(code) => self.store.failed(&self.request, code.as_str()).await,
        }
        self.reserved = false;
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.reserved {
            self.store.release(&self.request, self.source_called);
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending(…)")
    }
}

impl From<StoreUnavailable> for Code {
    fn from(_: StoreUnavailable) -> Self {
        tracing::error!("the store of idempotency keys cannot be read or written");
        Code::RepetitionsUnavailable
    }
}

//! A write of which it is not known whether it was carried out, kept to ask again for its answer.

use std::fmt;
use std::sync::Arc;

use actix_web::web::Bytes;

use super::answer::Key;
use crate::operation::Route;

/// A write that was sent, and whose answer did not come: perhaps it was carried out.
///
/// [`NestClient::ask_again`](crate::NestClient::ask_again) sends it once more as it was, under its key. The data source
/// knows the key: it carries the write out if it has not yet, and otherwise gives the answer that was lost. A new call
/// would have another key, and could write a second time.
///
/// # Privacy
///
/// It holds what was sent, which is sealed, and whom it was about. `Debug` shows its key only.
#[derive(Clone)]
pub struct Again {
    sent: Arc<Sent>,
}

struct Sent {
    key: String,
    route: Route,
    body: Bytes,
    asked: Vec<Key>,
}

impl Again {
    pub(crate) fn new(key: String, route: Route, body: Bytes, asked: Vec<Key>) -> Self {
        Self { sent: Arc::new(Sent { key, route, body, asked }) }
    }

    /// The `Idempotency-Key` that it was sent with.
    pub fn key(&self) -> &str {
        &self.sent.key
    }

    pub(crate) fn route(&self) -> Route {
        self.sent.route
    }

    pub(crate) fn body(&self) -> Bytes {
        self.sent.body.clone()
    }

    pub(crate) fn asked(&self) -> Vec<Key> {
        self.sent.asked.clone()
    }
}

impl PartialEq for Again {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Again {}

impl fmt::Debug for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Again").field(&self.key()).finish()
    }
}

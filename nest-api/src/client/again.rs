//! A write that may have been carried out, kept to ask again for its answer.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use nest_core::schema::Schema;

use super::answer::Asked;
use crate::operation::Route;

/// A write that was sent and whose answer did not come. Perhaps it was carried out.
///
/// [`NestClient::ask_again`](crate::NestClient::ask_again) sends it once more under its key. The data source knows
/// the key. It carries the write out if it has not yet, and otherwise gives the lost answer. A new call would have
/// another key, and could write a second time.
///
/// # Privacy
///
/// It holds the sealed request, and the participants that it is about. `Debug` shows its key only.
#[derive(Clone)]
pub struct Again {
    sent: Arc<Sent>,
}

struct Sent {
    key: String,
    route: Route,
    about: &'static Schema,
    body: Bytes,
    asked: Vec<Asked>,
}

impl Again {
    pub(crate) fn new(
        key: String,
        route: Route,
        about: &'static Schema,
        body: Bytes,
        asked: Vec<Asked>,
    ) -> Self {
        Self { sent: Arc::new(Sent { key, route, about, body, asked }) }
    }

    /// The `Idempotency-Key` that it was sent with.
    pub fn key(&self) -> &str {
        &self.sent.key
    }

    pub(crate) fn route(&self) -> Route {
        self.sent.route
    }

    /// The declaration of the records that it is about.
    pub(crate) fn about(&self) -> &'static Schema {
        self.sent.about
    }

    pub(crate) fn body(&self) -> Bytes {
        self.sent.body.clone()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
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

//! Who asks, and in which request: what a source is told besides the participant.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nest_core::Domain;

/// The request that a call belongs to.
///
/// It holds nothing about participants, so all of it may be logged.
#[derive(Debug, Clone)]
pub struct Context {
    caller: Arc<str>,
    caller_domain: Domain,
    domain: Domain,
    request_id: RequestId,
    pace: Pace,
    deadline: Deadline,
}

/// When a request has to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) fn after(time: Duration) -> Self {
        let now = Instant::now();
        // A time so long that it cannot be counted is a day.
        Self(now.checked_add(time).unwrap_or(now + Duration::from_secs(24 * 60 * 60)))
    }

    /// How long there is until then.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// How much of a source one request may use at once, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) calls_at_once: usize,
    pub(crate) call_timeout: Duration,
}

impl Context {
    pub(crate) fn new(
        caller: Arc<str>,
        caller_domain: Domain,
        domain: Domain,
        request_id: RequestId,
        pace: Pace,
        deadline: Deadline,
    ) -> Self {
        Self { caller, caller_domain, domain, request_id, pace, deadline }
    }

    /// The name of the caller, as registered here with its token.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// The domain that the caller knows participants in.
    pub fn caller_domain(&self) -> &Domain {
        &self.caller_domain
    }

    /// The domain of this source that the request is about, in which its participants have the pseudonyms
    /// that the source is given. The same person in two domains is two participants.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The id of the request, which its answer carries as well.
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// How many calls of the source one request may have under way.
    pub(crate) fn calls_at_once(&self) -> usize {
        self.pace.calls_at_once.max(1)
    }

    /// When one call of the source that begins now has to have ended.
    pub(crate) fn call_deadline(&self) -> Deadline {
        Deadline::after(self.pace.call_timeout.min(self.deadline.left()))
    }

    #[cfg(test)]
    #[allow(clippy::unwrap_used)]
    pub(crate) fn for_tests(calls_at_once: usize, call_timeout: Duration) -> Self {
        let domain = |name| Domain::new(name).unwrap();
        let pace = Pace { calls_at_once, call_timeout };
        let deadline = Deadline::after(Duration::from_secs(60));
        Self::new("nest".into(), domain("nest"), domain("school"), RequestId::random(), pace, deadline)
    }
}

/// A random number for each request, in its answer and in the logs of both ends: 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(u128);

impl RequestId {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// Reads back what [`Display`](fmt::Display) writes, and nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(Self)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// In the one form that logs and answers have, so that it can be searched for.
impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_comes_back_and_nothing_else_is_one() {
        let id = RequestId::random();
        assert_eq!(RequestId::parse(&id.to_string()), Some(id));
        assert_eq!(format!("{id:?}"), id.to_string());
        for text in ["", "1", "+0000000000000000000000000000001", "00000000-0000-0000-0000-000000000001"] {
            assert_eq!(RequestId::parse(text), None, "{text}");
        }
    }
}

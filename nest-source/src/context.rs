//! What a source is told about a request: who asks, and for what.

use std::fmt;
use std::sync::Arc;

use nest_core::Domain;

use crate::bounds::{Deadline, Pace};
use crate::repetition::KeyedRequest;
use crate::{IdempotencyKey, Mode, Operation, Purpose};

/// The request that a call belongs to.
///
/// It holds nothing about participants, so its `Debug` may be logged. The caller chose the idempotency key, which is
/// not shown.
#[derive(Debug, Clone)]
pub struct Context {
    caller: Arc<str>,
    caller_domain: Domain,
    domain: Domain,
    activity: Arc<str>,
    operation: Operation,
    mode: Mode,
    request_id: RequestId,
    keyed: Option<Arc<KeyedRequest>>,
    pace: Pace,
    deadline: Deadline,
}

impl Context {
    /// The context of a request, for a server that calls a source, or for the source's own tests.
    ///
    /// `activity` is the name of the activity, or [`PARTICIPANTS`](crate::PARTICIPANTS). The request has a random id,
    /// no idempotency key, and a deadline of one day. It is in batch mode.
    ///
    /// ```
    /// use nest_core::Domain;
    /// use nest_source::{Context, Operation};
    ///
    /// let (platform, school) = (Domain::new("platform")?, Domain::new("school")?);
    /// let ctx = Context::new("nest", platform, school, "walk", Operation::Read);
    /// assert_eq!(ctx.purpose().as_str(), "api:nest:walk:read");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        caller: impl Into<Arc<str>>,
        caller_domain: Domain,
        domain: Domain,
        activity: impl Into<Arc<str>>,
        operation: Operation,
    ) -> Self {
        Self {
            caller: caller.into(),
            caller_domain,
            domain,
            activity: activity.into(),
            operation,
            mode: Mode::Batch,
            request_id: RequestId::random(),
            keyed: None,
            pace: Pace::default(),
            deadline: Deadline::after(std::time::Duration::MAX),
        }
    }

    /// Sets whether it came as one item or as many.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Gives it this id.
    #[must_use]
    pub fn with_request_id(mut self, request_id: RequestId) -> Self {
        self.request_id = request_id;
        self
    }

    /// Sets the key by which a repetition is recognised.
    #[must_use]
    pub fn with_key(mut self, keyed: Option<Arc<KeyedRequest>>) -> Self {
        self.keyed = keyed;
        self
    }

    /// Sets how much of the source it may use.
    #[must_use]
    pub fn with_bounds(mut self, pace: Pace, deadline: Deadline) -> Self {
        (self.pace, self.deadline) = (pace, deadline);
        self
    }

    /// The name of the caller, as registered here with its token.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// The domain that the caller knows participants in.
    pub fn caller_domain(&self) -> &Domain {
        &self.caller_domain
    }

    /// The domain of this source that the request is about. The pseudonyms that the source is given are of this
    /// domain. One person in two domains is two participants.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The name of the activity that the request is about; [`PARTICIPANTS`](crate::PARTICIPANTS) where it is about
    /// participants. It tells a source that serves one record type under several names which one is asked.
    pub fn activity(&self) -> &str {
        &self.activity
    }

    /// What is asked for.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Whether it came as one item or as many.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Why it asks, for the log of a store: `api:<caller>:<activity>:<operation>`, in the letters of a [`Purpose`].
    /// Two callers whose names differ only in other letters have the same purpose.
    pub fn purpose(&self) -> Purpose {
        Purpose::of_request(&self.caller, &self.activity, self.operation)
    }

    /// The id of the request. Its answer carries it too.
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// The key by which a repetition is recognised; `None` where there is none. Requests that only read have none.
    pub fn idempotency_key(&self) -> Option<&IdempotencyKey> {
        self.keyed.as_deref().map(KeyedRequest::key)
    }

    /// The request under which a source that writes in transactions commits its outcomes: see
    /// [`repetition`](crate::repetition).
    pub fn keyed_request(&self) -> Option<&KeyedRequest> {
        self.keyed.as_deref()
    }

    /// How many calls of the source one request may have under way.
    pub(crate) fn calls_at_once(&self) -> usize {
        self.pace.calls_at_once.max(1)
    }

    /// The deadline of a call of the source that begins now.
    pub(crate) fn call_deadline(&self) -> Deadline {
        Deadline::after(self.pace.call_timeout.min(self.deadline.left()))
    }
}

/// A random number for each request: 32 hexadecimal digits. It is in the answer and in the logs of both ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(u128);

impl RequestId {
    /// A new one.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// Reads back what [`Display`](fmt::Display) writes, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(Self)
    }
}

/// The same form as in logs and answers, so that it can be searched for.
impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
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

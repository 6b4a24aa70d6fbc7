//! Who asks, and in which request: what a source is told besides the participant.

use std::fmt;
use std::sync::Arc;

use nest_core::Domain;

/// The request that a call belongs to.
///
/// It holds nothing about participants, so all of it may be logged.
#[derive(Debug, Clone)]
pub struct Context {
    caller: Arc<str>,
    domain: Domain,
    request_id: RequestId,
}

impl Context {
    pub(crate) fn new(caller: Arc<str>, domain: Domain, request_id: RequestId) -> Self {
        Self { caller, domain, request_id }
    }

    /// The name of the caller, as registered here with its token.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    /// The domain that the caller knows participants in.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The id of the request, which its answer carries as well.
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }
}

/// A random number for each request, in its answer and in the logs of both ends: 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_comes_back_and_nothing_else_is_one() {
        let id = RequestId::random();
        assert_eq!(RequestId::parse(&id.to_string()), Some(id));
        for text in ["", "1", "+0000000000000000000000000000001", "00000000-0000-0000-0000-000000000001"] {
            assert_eq!(RequestId::parse(text), None, "{text}");
        }
    }
}

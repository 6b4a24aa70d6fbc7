//! Why a record is read: a short word that a store of records writes into its log.

use std::fmt;
use std::str::FromStr;

use crate::Operation;

/// Why a record is read or written: 1 to 256 characters of `a-z`, `0-9`, `-`, `_`, `.` and `:`.
///
/// ```
/// use nest_source::Purpose;
///
/// let purpose = Purpose::new("report:2026-q1")?;
/// assert_eq!(purpose.as_str(), "report:2026-q1");
/// assert!(Purpose::new("for Anna").is_err());
/// # Ok::<(), nest_source::PurposeError>(())
/// ```
///
/// # Privacy
///
/// It is written into logs in clear. It must not say who the records are about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purpose(String);

/// The text is no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurposeError;

impl Purpose {
    /// The purpose of this text.
    ///
    /// # Errors
    ///
    /// A [`PurposeError`] where it is empty, has more than 256 characters, or has one that is not allowed.
    pub fn new(text: impl Into<String>) -> Result<Self, PurposeError> {
        let text = text.into();
        let allowed =
            (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte == b':' || is_plain(byte));
        if allowed { Ok(Self(text)) } else { Err(PurposeError) }
    }

    /// The purpose of a request: `api:<caller>:<activity>:<operation>`. Capital letters become small, and characters
    /// that a purpose cannot hold become `_`. No part has more than 100 characters.
    pub(crate) fn of_request(caller: &str, activity: &str, operation: Operation) -> Self {
        let part = |name: &str| -> String {
            let small = name.bytes().take(100).map(|byte| byte.to_ascii_lowercase());
            small.map(|byte| if is_plain(byte) { char::from(byte) } else { '_' }).collect()
        };
        Self(format!("api:{}:{}:{operation}", part(caller), part(activity)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether it may stand in a part of a purpose. `:` separates the parts.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')
}

impl FromStr for Purpose {
    type Err = PurposeError;

    fn from_str(text: &str) -> Result<Self, PurposeError> {
        Self::new(text)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PurposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a purpose is 1 to 256 characters of `a-z`, `0-9`, `-`, `_`, `.` and `:`")
    }
}

impl std::error::Error for PurposeError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert, proptest};

    use super::*;

    #[test]
    fn only_what_is_allowed_is_a_purpose() {
        for text in ["a", "api:nest:walk:read", "0.1_x-y", &"a".repeat(256)] {
            assert!(Purpose::new(text).is_ok(), "{text}");
        }
        for text in ["", "A", "a b", "a/b", "é", "a\n", &"a".repeat(257)] {
            assert_eq!(Purpose::new(text), Err(PurposeError), "{text}");
        }
        let purpose = Purpose::of_request("Nest:1", "wave-2", Operation::Results);
        assert_eq!(purpose.as_str(), "api:nest_1:wave-2:results");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn that_of_every_request_is_one(caller: String, activity in "[a-z0-9_-]{1,64}") {
            let purpose = Purpose::of_request(&caller, &activity, Operation::Create);
            prop_assert!(Purpose::new(purpose.as_str()).is_ok());
        }
    }
}

//! Why somebody is erased: a short name, never free text, since it stands beside a person.

use std::fmt;

/// Why a word was refused: it has no or too many characters, or others than `a` to `z`, `0` to `9` and `-_.:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordError;

impl fmt::Display for WordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reason has 1 to 256 characters of a-z, 0-9, `-`, `_`, `.` and `:`")
    }
}

impl std::error::Error for WordError {}

/// Why somebody is erased: `request`, `consent-withdrawn`. It stands in the erasure ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason(String);

impl Reason {
    /// The word, if it is one.
    ///
    /// # Errors
    ///
    /// [`WordError`] where it could be a sentence.
    pub fn new(word: &str) -> Result<Self, WordError> {
        let allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b':');
        let fits = (1..=256).contains(&word.len()) && word.bytes().all(allowed);
        if fits { Ok(Self(word.to_owned())) } else { Err(WordError) }
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_no_word() {
        assert!(Reason::new("consent-withdrawn").is_ok());
        for word in ["", "Anna asked", "a\nb", "ä", &"a".repeat(257)] {
            assert_eq!(Reason::new(word), Err(WordError), "{word}");
        }
    }
}

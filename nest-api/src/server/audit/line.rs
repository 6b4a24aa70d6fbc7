//! One line of the audit log. It can hold nothing about a participant.

use std::fmt;
use std::io;
use std::sync::Arc;

use nest_core::Domain;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::second::Second;
use crate::RequestId;

/// The most bytes of a line, with its newline. Every part of an [`Entry`] is bounded, so none is longer.
pub(super) const LONGEST: u64 = 2048;

/// How many bytes of a name in the program's own code are kept. All names are shorter.
const LONGEST_WORD: usize = 64;

/// How every line begins.
pub(super) const BEGIN: &[u8] = br#"{"at":""#;

/// The SHA-256 hash of a line, without its newline.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LineHash([u8; 32]);

impl LineHash {
    /// The hash that the first line names as the one before: 64 zeros.
    pub const START: LineHash = LineHash([0; 32]);

    /// The hash of this line.
    pub(super) fn of(line: &[u8]) -> Self {
        Self(Sha256::digest(line).into())
    }

    pub(super) fn finish(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// Reads 64 hexadecimal digits; `None` for anything else.
    pub fn parse(hex: &str) -> Option<Self> {
        let mut hash = [0; 32];
        hex::decode_to_slice(hex, &mut hash).ok()?;
        Some(Self(hash))
    }
}

impl fmt::Display for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LineHash({self})")
    }
}

impl Serialize for LineHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LineHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        LineHash::parse(&text).ok_or_else(|| de::Error::custom("no SHA-256 hash in hex"))
    }
}

/// The name of a caller in a log: 1 to 100 visible ASCII characters, as in the name of a [`Domain`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallerName(Arc<str>);

impl CallerName {
    /// `None` where the text is no such name.
    pub(crate) fn new(name: &str) -> Option<Self> {
        Domain::new(name).is_ok().then(|| Self(name.into()))
    }
}

/// What is known of an operation before it begins.
#[derive(Debug, Clone)]
pub(crate) struct Begun {
    /// The request, as its answer names it.
    pub(crate) request: RequestId,
    /// Who asks.
    pub(crate) caller: CallerName,
    /// The operation, a name in this program's code.
    pub(crate) operation: &'static str,
    /// The activity, or `None` for participants.
    pub(crate) activity: Option<&'static str>,
}

/// All that a line says of an operation.
///
/// # Privacy
///
/// It holds counts, names in the program's own code, and names that were checked. None of these can be a pseudonym or
/// a value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) begun: Begun,
    pub(super) domain: Option<Domain>,
    pub(super) records: u64,
    pub(super) failed: u64,
    pub(super) outcome: &'static str,
}

/// A line as it stands in the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    Operation(OperationLine),
    Torn(TornLine),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationLine {
    at: Second,
    request: String,
    caller: String,
    operation: String,
    activity: Option<String>,
    domain: Option<Domain>,
    records: u64,
    failed: u64,
    outcome: String,
    pub(super) previous: LineHash,
}

/// Says that the text between the line before and this one was left by a crash in the middle of writing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TornLine {
    at: Second,
    /// The hash of that text, without its last newline.
    pub(super) torn: LineHash,
    /// The hash of the last whole line, which is before that text.
    pub(super) previous: LineHash,
}

impl Line {
    pub(super) fn operation(entry: &Entry, previous: LineHash) -> Self {
        let Entry { begun, domain, records, failed, outcome } = entry;
        Line::Operation(OperationLine {
            at: Second::now(),
            request: begun.request.to_string(),
            caller: begun.caller.0.to_string(),
            operation: word(begun.operation),
            activity: begun.activity.map(word),
            domain: domain.clone(),
            records: *records,
            failed: *failed,
            outcome: word(outcome),
            previous,
        })
    }

    pub(super) fn torn(torn: LineHash, previous: LineHash) -> Self {
        Line::Torn(TornLine { at: Second::now(), torn, previous })
    }

    /// Reads a whole line, without its newline: exactly what [`to_json`](Self::to_json) writes, byte by byte.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let line: Self = serde_json::from_slice(bytes).ok()?;
        line.to_json().is_ok_and(|json| json == bytes).then_some(line)
    }

    /// The line without a newline.
    pub(super) fn to_json(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }
}

/// The name. A name that is too long is cut, since a shortened line is better than a lost one.
fn word(name: &str) -> String {
    name.split_at(name.floor_char_boundary(LONGEST_WORD)).0.to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn line(entry: &Entry) -> String {
        String::from_utf8(Line::operation(entry, LineHash::START).to_json().unwrap()).unwrap()
    }

    #[test]
    fn a_line_says_who_did_what_in_which_request_and_no_more() {
        let request = RequestId::random();
        let caller = CallerName::new("nest").unwrap();
        let begun = Begun { request, caller, operation: "results", activity: Some("reading-test") };
        let domain = Some(Domain::new("platform").unwrap());
        let entry = Entry { begun, domain, records: 10, failed: 2, outcome: "ok" };
        let line = line(&entry);
        let (at, rest) = line.split_at(28);
        assert!(at.starts_with(r#"{"at":"20"#) && at.as_bytes().starts_with(BEGIN), "{at}");
        let zeros = "0".repeat(64);
        assert_eq!(
            rest,
            format!(
                r#","request":"{request}","caller":"nest","operation":"results","activity":"reading-test","domain":"platform","records":10,"failed":2,"outcome":"ok","previous":"{zeros}"}}"#
            )
        );
    }

    #[test]
    fn no_line_is_longer_than_the_longest() {
        const LONG: &str = "\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\
            \u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\
            \u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\
            \u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}ëëë";
        let begun = Begun {
            request: RequestId::random(),
            caller: CallerName::new(&"\"".repeat(100)).unwrap(),
            operation: LONG,
            activity: Some(LONG),
        };
        let domain = Some(Domain::new("\\".repeat(100)).unwrap());
        let entry = Entry { begun, domain, records: u64::MAX, failed: u64::MAX, outcome: LONG };
        let line = line(&entry);
        assert!(line.len() as u64 > LONGEST * 9 / 10 - 200, "{}", line.len());
        assert!((line.len() as u64) < LONGEST, "{}", line.len());
        assert!(Line::parse(line.as_bytes()).is_some());
    }

    #[test]
    fn a_line_is_read_byte_by_byte() {
        let begun = Begun {
            request: RequestId::random(),
            caller: CallerName::new("nest").unwrap(),
            operation: "create",
            activity: None,
        };
        let line = line(&Entry { begun, domain: None, records: 1, failed: 0, outcome: "ok" });
        assert!(Line::parse(line.as_bytes()).is_some());
        for (from, to) in [
            (":1,", ": 1,"),
            (":1,", ":1.0,"),
            (r#","domain":null"#, ""),
            (r#""activity":null"#, r#""activity":"""#),
            (r#"{"at""#, r#"{"who":"Anna","at""#),
            (r#"{"at""#, r#" {"at""#),
            (r#""nest""#, r#""nes\u0074""#),
        ] {
            let changed = line.replacen(from, to, 1);
            assert_ne!(changed, line, "{from}");
            let read = Line::parse(changed.as_bytes());
            assert_eq!(read.is_some(), to == r#""activity":"""#, "{changed}");
        }
        for len in 0..line.len() {
            assert!(Line::parse(line.as_bytes().get(..len).unwrap()).is_none(), "{len}");
        }
    }

    #[test]
    fn a_name_of_a_caller_is_short_and_visible() {
        assert!(CallerName::new(&"x".repeat(100)).is_some());
        for name in ["", "a b", "a\n", "é", &"x".repeat(101)] {
            assert!(CallerName::new(name).is_none(), "{name:?}");
        }
    }
}

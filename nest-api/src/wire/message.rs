//! The message in the body of a request and of its answer.

use std::borrow::Cow;

use nest_core::{Batch, Domain, Fingerprint, PepRecord, SessionIds};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use crate::wire::minute::Minute;

/// A batch on its way, with what its receiver needs to open it.
///
/// ```json
/// {"activity": "assessment", "at": "2026-03-15T14:30:00Z", "to": "school", "meaning": "7c41…",
///  "batch": {"domain": "nest", "sessions": {"transcryptor-1": "…"}, "shape": "fe09…", "records": ["q83v…", "…"]}}
/// ```
///
/// Each record is one text: its ciphertexts, 64 bytes for each block, in the order of the declaration and in the
/// base64 of URLs without padding. `shape` is the [`Fingerprint`] of that declaration. A message of another shape is
/// refused, because its sender declares other fields or another order. `meaning` is the [fingerprint of the
/// meaning](nest_core::schema::Schema::meaning_fingerprint) of the record that is asked for or given. Two ends whose
/// ranges, labels or versions differ would misread each other, so they refuse each other.
///
/// A message may also be written without text, as `application/vnd.nest.message`, in three quarters of the bytes: the
/// length of a head in four bytes, the highest first; the head, which is the JSON above with `domain`, `sessions`,
/// `shape` and the number of `records` in the place of `batch`; then the ciphertexts. Both forms say the same.
///
/// # Privacy
///
/// In clear are the activity, the minute, both domains, the sessions, the number of records, their shape and their
/// meaning, both as fingerprints of what is declared.
/// Who the records are about is sealed inside them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound = "R: PepRecord", deny_unknown_fields)]
pub struct Message<R> {
    activity: String,
    at: Minute,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    to: Option<Domain>,
    meaning: Fingerprint,
    batch: Batch<R>,
}

/// Why bytes are not a message. It quotes nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageError {
    /// No JSON.
    Json,
    /// JSON of another shape.
    Shape,
    /// A message about another activity.
    Activity,
    /// A message about records that are declared differently.
    Meaning,
}

impl<R: PepRecord> Message<R> {
    /// A message of this minute, about the records in it.
    #[doc(hidden)]
    pub fn new(activity: impl Into<String>, batch: Batch<R>) -> Self {
        let meaning = R::SCHEMA.meaning_fingerprint();
        Self { activity: activity.into(), at: Minute::now(), to: None, meaning, batch }
    }

    /// Sets the meaning of the records that it is about.
    #[must_use]
    #[doc(hidden)]
    pub fn about(mut self, meaning: Fingerprint) -> Self {
        self.meaning = meaning;
        self
    }

    /// The meaning of the record that is asked for or given.
    pub fn meaning(&self) -> Fingerprint {
        self.meaning
    }

    /// Names the domain that the batch is meant for.
    #[must_use]
    #[doc(hidden)]
    pub fn addressed_to(mut self, domain: Domain) -> Self {
        self.to = Some(domain);
        self
    }

    /// The domain that the batch is meant for. A request that names none is for the first domain of the
    /// data source.
    pub fn to(&self) -> Option<&Domain> {
        self.to.as_ref()
    }

    /// The activity that the batch belongs to.
    pub fn activity(&self) -> &str {
        &self.activity
    }

    /// When it was made.
    pub fn at(&self) -> Minute {
        self.at
    }

    /// The sealed records.
    pub fn batch(&self) -> &Batch<R> {
        &self.batch
    }

    /// The sealed records.
    pub fn into_batch(self) -> Batch<R> {
        self.batch
    }

    /// Reads a message strictly: nothing is missing or extra, every record has the shape of `R`, and activity and
    /// meaning are the expected ones.
    pub(crate) fn read(
        form: Form,
        body: &[u8],
        activity: &str,
        meaning: Fingerprint,
    ) -> Result<Self, MessageError> {
        let message = match form {
            Form::Json => parse(body)?,
            Form::Compact => Self::from_compact(body).ok_or(MessageError::Shape)?,
        };
        if message.activity != activity {
            Err(MessageError::Activity)
        } else if message.meaning != meaning {
            Err(MessageError::Meaning)
        } else {
            Ok(message)
        }
    }

    /// About how many bytes it takes in its longer form.
    pub(crate) fn size(&self) -> usize {
        self.batch.len().saturating_mul(R::BLOCKS).saturating_mul(128)
    }

    /// `None` cannot happen with what is sealed here.
    pub(crate) fn write(&self, form: Form) -> Option<Vec<u8>> {
        match form {
            Form::Json => serde_json::to_vec(self).ok(),
            Form::Compact => self.to_compact(),
        }
    }

    fn from_compact(body: &[u8]) -> Option<Self> {
        let (head, blocks) = head_and_blocks(body)?;
        let Head { activity, at, to, meaning, domain, sessions, shape, records } = head;
        if shape != R::SCHEMA.shape_fingerprint() {
            return None;
        }
        let batch = Batch::from_bytes(domain.into_owned(), sessions.into_owned(), blocks)?;
        (batch.len() == records).then(|| Self {
            activity: activity.into_owned(),
            at,
            to: to.map(Cow::into_owned),
            meaning,
            batch,
        })
    }

    fn to_compact(&self) -> Option<Vec<u8>> {
        let head = Head {
            activity: Cow::Borrowed(&self.activity),
            at: self.at,
            to: self.to.as_ref().map(Cow::Borrowed),
            meaning: self.meaning,
            domain: Cow::Borrowed(self.batch.domain()),
            sessions: Cow::Borrowed(self.batch.sessions()),
            shape: R::SCHEMA.shape_fingerprint(),
            records: self.batch.len(),
        };
        let head = serde_json::to_vec(&head).ok()?;
        let len = u32::try_from(head.len()).ok()?;
        Some([len.to_be_bytes().as_slice(), &head, &self.batch.to_bytes()].concat())
    }
}

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Compact,
}

impl Form {
    /// The form of this content type, without its parameters.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        [Form::Json, Form::Compact]
            .into_iter()
            .find(|form| form.content_type().eq_ignore_ascii_case(content_type))
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Form::Json => "application/json",
            Form::Compact => "application/vnd.nest.message",
        }
    }
}

/// The head of a compact message, before its blocks.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head<'a> {
    activity: Cow<'a, str>,
    at: Minute,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    to: Option<Cow<'a, Domain>>,
    meaning: Fingerprint,
    domain: Cow<'a, Domain>,
    sessions: Cow<'a, SessionIds>,
    shape: Fingerprint,
    records: usize,
}

/// A field that is there has a value. `null` is not a value.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn head_and_blocks(body: &[u8]) -> Option<(Head<'_>, &[u8])> {
    let (len, rest) = body.split_first_chunk()?;
    let (head, blocks) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
    Some((serde_json::from_slice(head).ok()?, blocks))
}

/// The number of records of a compact message, and the bytes that all of them take.
pub(crate) fn compact_size(body: &[u8]) -> Option<(usize, usize)> {
    head_and_blocks(body).map(|(head, blocks)| (head.records, blocks.len()))
}

/// Whether the values of a JSON text are nested no deeper than this.
pub(crate) fn is_within_depth(json: &[u8], most: usize) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    json.iter().all(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth <= most
    })
}

/// Reads JSON, and tells invalid JSON from JSON of another shape.
pub(crate) fn parse<'a, M: Deserialize<'a>>(json: &'a [u8]) -> Result<M, MessageError> {
    serde_json::from_slice(json).map_err(|_| {
        // The place of the error does not tell this.
        match serde_json::from_slice::<IgnoredAny>(json) {
            Ok(IgnoredAny) => MessageError::Shape,
            Err(_) => MessageError::Json,
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nest_core::prelude::*;
    use nest_core::{InProcess, Transcryption};

    use super::*;
    use crate::operation::{Mode, Operation, Route};
    use crate::wire::item::Ask;
    use crate::wire::mark::Mark;

    fn meaning() -> Fingerprint {
        Ask::SCHEMA.meaning_fingerprint()
    }

    async fn message() -> String {
        let session = InProcess::new(2).session().await.unwrap();
        let route = Route::new("assessment", Operation::Read, Mode::Batch);
        let asks = [Ask::new(Mark::new(route, Ask::SCHEMA), Pseudonym::random(), 0, 0)];
        let batch = Batch::seal(&Domain::new("nest").unwrap(), &session, &asks).unwrap();
        let message = Message::new("assessment", batch).addressed_to(Domain::new("school").unwrap());
        serde_json::to_string(&message).unwrap()
    }

    fn read(message: &str) -> Result<Message<Ask>, MessageError> {
        Message::read(Form::Json, message.as_bytes(), "assessment", meaning())
    }

    #[tokio::test]
    async fn a_message_is_read_strictly() {
        let message = message().await;
        assert_eq!(read(&message).unwrap().batch().len(), 1);

        let fault = |from: &str, to: &str| {
            assert!(message.contains(from), "{from}");
            read(&message.replacen(from, to, 1)).err()
        };
        assert_eq!(fault(r#""assessment""#, r#""another""#), Some(MessageError::Activity));
        assert_eq!(fault(":00Z", ":01Z"), Some(MessageError::Shape));
        assert_eq!(fault(r#""nest""#, r#""""#), Some(MessageError::Shape));
        assert_eq!(fault(r#""school""#, r#""""#), Some(MessageError::Shape));
        assert_eq!(fault(r#""shape""#, r#""shapes""#), Some(MessageError::Shape));
        assert_eq!(fault(r#""meaning""#, r#""meanings""#), Some(MessageError::Shape));
        assert_eq!(fault(r#""meaning":""#, r#""meaning":"0"#), Some(MessageError::Shape));
        let turned = Turned::SCHEMA.meaning_fingerprint().to_string();
        assert_eq!(fault(&meaning().to_string(), &turned), Some(MessageError::Meaning));
        assert_eq!(fault(r#""shape":""#, r#""shape":"0"#), Some(MessageError::Shape));
        assert_eq!(fault(r#"records":[""#, r#"records":["A"#), Some(MessageError::Shape));
        assert_eq!(fault(r#""]}}"#, r#"="]}}"#), Some(MessageError::Shape));
        assert_eq!(fault(r#"{"activity""#, r#"{"name": "Anna", "activity""#), Some(MessageError::Shape));
        assert_eq!(fault(r#"{"activity""#, r#"{"activity": "x", "activity""#), Some(MessageError::Shape));
        for len in [0, 1, message.len() / 2, message.len() - 1] {
            assert_eq!(read(message.get(..len).unwrap()).err(), Some(MessageError::Json), "{len}");
        }
        assert_eq!(read(&format!("{message},")).err(), Some(MessageError::Json));
        assert_eq!(read(&"[".repeat(100_000)).err(), Some(MessageError::Json));
    }

    fn read_compact(body: &[u8]) -> Result<Message<Ask>, MessageError> {
        Message::read(Form::Compact, body, "assessment", meaning())
    }

    /// As a question, the fields in another order: taken for one, a number would be somebody.
    #[derive(PepRecord)]
    #[pep(max_blocks = 2)]
    struct Turned {
        #[pep(range = 0..=0x7fff_ffff_ffff)]
        tag: u64,
        #[pep(pseudonym)]
        who: Pseudonym,
    }

    #[tokio::test]
    async fn a_message_of_another_shape_is_refused_in_both_forms() {
        let session = InProcess::new(2).session().await.unwrap();
        for records in [vec![], vec![Turned { tag: 7, who: Pseudonym::random() }]] {
            let batch = Batch::seal(&Domain::new("nest").unwrap(), &session, &records).unwrap();
            let turned = Message::new("assessment", batch);
            for form in [Form::Json, Form::Compact] {
                let body = turned.write(form).unwrap();
                let own = Turned::SCHEMA.meaning_fingerprint();
                assert!(Message::<Turned>::read(form, &body, "assessment", own).is_ok());
                let other = Message::<Turned>::read(form, &body, "assessment", meaning());
                assert_eq!(other.err(), Some(MessageError::Meaning), "{form:?}");
                let read = Message::<Ask>::read(form, &body, "assessment", own);
                assert_eq!(read.err(), Some(MessageError::Shape), "{form:?}");
            }
        }
    }

    #[test]
    fn depth_is_counted_outside_of_texts() {
        assert!(is_within_depth(br#"[{"a[[[\"[[": []}, []]"#, 3));
        assert!(!is_within_depth(br#"[{"a[[[\"[[": []}, []]"#, 2));
        assert!(is_within_depth("[]".repeat(1000).as_bytes(), 1));
        assert!(!is_within_depth("[".repeat(1000).as_bytes(), 999));
    }

    #[tokio::test]
    async fn a_compact_message_says_the_same_and_is_read_as_strictly() {
        let json = message().await;
        let message = read(&json).unwrap();
        let body = message.write(Form::Compact).unwrap();
        assert!(body.len() < json.len(), "{} of {}", body.len(), json.len());
        let back = read_compact(&body).unwrap();
        assert_eq!(String::from_utf8(back.write(Form::Json).unwrap()).unwrap(), json);

        for len in [0, 3, 4, 40, body.len() - 64, body.len() - 1] {
            assert_eq!(read_compact(body.get(..len).unwrap()).err(), Some(MessageError::Shape), "{len}");
        }
        for more in [1, 64, 128] {
            assert_eq!(
                read_compact(&[body.as_slice(), &vec![0; more]].concat()).err(),
                Some(MessageError::Shape)
            );
        }
        let fault = |from: &str, to: &str| {
            let place = body.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
            let mut changed = body.clone();
            changed.splice(place..place + from.len(), to.bytes());
            read_compact(&changed).err()
        };
        assert_eq!(fault("assessment", "assessmenu"), Some(MessageError::Activity));
        assert_eq!(fault(r#""records":1"#, r#""records":2"#), Some(MessageError::Shape));
        assert_eq!(fault(r#""records":1"#, r#""recordz":1"#), Some(MessageError::Shape));
        assert_eq!(fault(r#""shape""#, r#""shapz""#), Some(MessageError::Shape));
        let turned = Turned::SCHEMA.meaning_fingerprint().to_string();
        assert_eq!(fault(&meaning().to_string(), &turned), Some(MessageError::Meaning));
        let shape = Ask::SCHEMA.shape_fingerprint().to_string();
        assert_eq!(fault(&shape, &Turned::SCHEMA.shape_fingerprint().to_string()), Some(MessageError::Shape));
        assert_eq!(fault(&shape, &shape.to_uppercase()), Some(MessageError::Shape));
        assert_eq!(fault(":00Z", ":01Z"), Some(MessageError::Shape));
        let huge = [u32::MAX.to_be_bytes().as_slice(), body.get(4..).unwrap()].concat();
        assert_eq!(read_compact(&huge).err(), Some(MessageError::Shape));
    }
}

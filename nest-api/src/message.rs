//! What travels in the body of a request and of its answer.

use nest_core::{Batch, Domain, PepRecord};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::minute::Minute;

/// A batch on its way, with what its receiver must know to open it.
///
/// ```json
/// {"activity": "assessment", "at": "2026-03-15T14:30:00Z", "to": "school",
///  "batch": {"domain": "nest", "sessions": {"transcryptor-1": "…"}, "records": [ … ]}}
/// ```
///
/// # Privacy
///
/// In clear are the activity, the minute, both domains, the sessions, the number of records and their shape.
/// Who the records are about is sealed inside them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(serialize = "", deserialize = "R: PepRecord"), deny_unknown_fields)]
pub struct Message<R> {
    activity: String,
    at: Minute,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Domain>,
    batch: Batch<R>,
}

/// Why bytes are no message. It quotes nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageError {
    /// No JSON.
    Json,
    /// JSON, of something else.
    Shape,
    /// A message about another activity.
    Activity,
}

impl<R: PepRecord> Message<R> {
    /// A message of this minute.
    pub fn new(activity: impl Into<String>, batch: Batch<R>) -> Self {
        Self { activity: activity.into(), at: Minute::now(), to: None, batch }
    }

    /// Names the domain that the batch is meant for.
    #[must_use]
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

    /// Reads a message strictly: nothing missing, nothing extra, every record in the shape of `R`.
    pub(crate) fn from_json(json: &[u8], activity: &str) -> Result<Self, MessageError> {
        let message: Self = parse(json)?;
        if message.activity == activity { Ok(message) } else { Err(MessageError::Activity) }
    }

    /// `None` cannot happen with what is sealed here.
    pub(crate) fn to_json(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }
}

/// Reads JSON, and tells what is none from what is JSON of something else.
pub(crate) fn parse<'a, M: Deserialize<'a>>(json: &'a [u8]) -> Result<M, MessageError> {
    serde_json::from_slice(json).map_err(|_| {
        // Where it failed is not always where it is wrong.
        match serde_json::from_slice::<IgnoredAny>(json) {
            Ok(IgnoredAny) => MessageError::Shape,
            Err(_) => MessageError::Json,
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nest_core::{InProcess, Pseudonym, Transcryption};

    use super::*;
    use crate::item::Ask;
    use crate::operation::{Mode, Operation, Route};

    async fn message() -> String {
        let session = InProcess::new(2).session().await.unwrap();
        let route = Route::new("assessment", Operation::Read, Mode::Batch);
        let asks = [Ask::new(route, Pseudonym::random(), 0, 0)];
        let batch = Batch::seal(&Domain::new("nest").unwrap(), &session, &asks).unwrap();
        let message = Message::new("assessment", batch).addressed_to(Domain::new("school").unwrap());
        serde_json::to_string(&message).unwrap()
    }

    fn read(message: &str) -> Result<Message<Ask>, MessageError> {
        Message::from_json(message.as_bytes(), "assessment")
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
        assert_eq!(fault(r#""tag""#, r#""page""#), Some(MessageError::Shape));
        assert_eq!(fault(r#"{"activity""#, r#"{"name": "Anna", "activity""#), Some(MessageError::Shape));
        assert_eq!(fault(r#"{"activity""#, r#"{"activity": "x", "activity""#), Some(MessageError::Shape));
        for len in [0, 1, message.len() / 2, message.len() - 1] {
            assert_eq!(read(message.get(..len).unwrap()).err(), Some(MessageError::Json), "{len}");
        }
        assert_eq!(read(&format!("{message},")).err(), Some(MessageError::Json));
        assert_eq!(read(&"[".repeat(100_000)).err(), Some(MessageError::Json));
    }
}

//! What a program can ask for, as the node answers it.

use async_trait::async_trait;
use nest_core::value::{PlainRecord, Value};
use serde_json::{Map, Value as Json, json};

/// Why a request is refused: told to the program, and never with a value of a record in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

impl Refusal {
    /// A refusal with this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// What a node does for the program of a step.
#[async_trait]
pub trait Steps: Send {
    /// Sends a message of a step to another party.
    async fn send(&mut self, step: u16, to: &str, message: Json) -> Result<(), Refusal>;

    /// Waits for the message of a step from another party.
    async fn receive(&mut self, step: u16, from: &str) -> Result<Json, Refusal>;

    /// Keeps a value in the store of the run; its version.
    async fn put(&mut self, name: &str, value: Json) -> Result<u64, Refusal>;

    /// What was kept.
    async fn take(&mut self, name: &str) -> Result<Option<Json>, Refusal>;
}

/// The records that a program may read, and the fields of them.
pub struct StepRecords {
    records: Vec<PlainRecord>,
    fields: Vec<String>,
}

/// Some records, and where the next page begins.
type Page = (Vec<Map<String, Json>>, Option<u64>);

/// The most records of one answer.
const MOST: u64 = 10_000;

impl StepRecords {
    /// Records, and the fields of them that a program may read.
    pub fn new(records: Vec<PlainRecord>, fields: impl IntoIterator<Item = String>) -> Self {
        Self { records, fields: fields.into_iter().collect() }
    }

    /// A page of records, with the fields that are asked for.
    pub(crate) fn read(&self, fields: &[String], after: u64, limit: u64) -> Result<Page, Refusal> {
        if let Some(field) = fields.iter().find(|field| !self.fields.contains(field)) {
            return Err(Refusal(format!("the policy of this node lets no program read `{field}`")));
        }
        let limit = limit.clamp(1, MOST);
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let mut page = Vec::new();
        for record in self.records.iter().skip(skip).take(limit as usize) {
            let mut entries = Map::new();
            for field in fields {
                let value = record.get(field).map_err(|_| Refusal(format!("there is no field `{field}`")))?;
                let value = json_of(&value);
                entries.insert(
                    field.clone(),
                    value.ok_or_else(|| Refusal(format!("`{field}` is a list or a record")))?,
                );
            }
            page.push(entries);
        }
        let read = after.saturating_add(page.len() as u64);
        Ok((page, (read < self.records.len() as u64).then_some(read)))
    }
}

/// A value in JSON: numbers as numbers, times and labels as texts, absence as `null`.
fn json_of(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Absent => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Integer(value) => json!(i64::try_from(*value).ok()?),
        Value::Decimal { steps, decimals } => json!(*steps as f64 / 10_f64.powi(i32::from(*decimals))),
        Value::Time { unit, count } => json!(unit.format(*count)),
        Value::Label(text) | Value::Text(text) => json!(text),
        Value::Pseudonym(pseudonym) => {
            Json::String(pseudonym.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
        }
        _ => return None,
    })
}

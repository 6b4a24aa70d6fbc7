//! Everything that is kept about a person, in one file: articles 15 and 20 of the GDPR.

use nest_core::value::Value;
use serde_json::{Map, Value as Json, json};

use super::Store;
use super::read::{Found, Raw};
use crate::database::Param;
use crate::day;
use crate::error::VaultError;
use crate::id::{Lookup, RowId};
use nest_source::Purpose;

impl Store {
    /// Everything that is kept about somebody. Other people's pseudonyms are left out; of records about others that
    /// name them, it says that they do.
    pub(crate) async fn export(&self, person: Lookup, purpose: &Purpose) -> Result<Json, VaultError> {
        let mut records = Vec::new();
        let mut mentions = Vec::new();
        for table in self.tables() {
            let mut ids: Vec<RowId> = Vec::new();
            let who = [Param::from(person.0)];
            let sql = format!("SELECT row_id FROM {} WHERE owner = $1", table.quoted());
            let named = format!("SELECT row_id FROM party WHERE lookup = $1 AND tab = {}", table.number);
            for sql in [&sql, &named] {
                for row in self.db.query(sql, &who).await? {
                    let id = RowId(row.array(0)?);
                    if !ids.contains(&id) {
                        ids.push(id);
                    }
                }
            }
            let rows = self.by_rows(&table, &ids).await?;
            let (own, others): (Vec<Raw>, Vec<Raw>) =
                rows.into_iter().partition(|row| row.subject() == person);
            let manifest = super::declared::to_text(table.layout.schema);
            let manifest: Json = serde_json::from_str(&manifest).unwrap_or(Json::Null);
            let opened =
                if own.is_empty() { Vec::new() } else { self.open_for(purpose, &table, &own).await? };
            for (row, found) in own.iter().zip(opened) {
                let Found::Open(opened) = found? else { continue };
                let is_own = |path: &str| {
                    table.subject().is_some_and(|slot| slot.path == path)
                        || row.parties.get(path).is_some_and(|party| party.lookup == person)
                };
                let value = opened.record.to_value();
                let value = value.map_err(|_| VaultError::Tampered { table: table.name.clone() })?;
                records.push(json!({
                    "kind": table.content.as_str(),
                    "activity": table.activity,
                    "version": opened.version,
                    "values": to_json(&value, "", &is_own),
                    "declaration": manifest,
                }));
            }
            for row in others {
                let named = row.parties.iter().filter(|(_, party)| party.lookup == person);
                mentions.push(json!({
                    "kind": table.content.as_str(),
                    "activity": table.activity,
                    "as": named.map(|(slot, _)| slot).collect::<Vec<_>>(),
                }));
            }
        }
        Ok(json!({
            "format": "nest-vault-export-1",
            "day": day::to_text(day::today()),
            "records": records,
            "named_in_records_about_others": mentions,
        }))
    }
}

/// A value for people and programs: numbers that JSON holds exactly as numbers, everything else as its text.
fn to_json(value: &Value, path: &str, is_own: &impl Fn(&str) -> bool) -> Json {
    const EXACT: i128 = 1 << 53;
    match value {
        Value::Absent => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) if (-EXACT..=EXACT).contains(value) => {
            i64::try_from(*value).map_or(Json::Null, Json::from)
        }
        Value::Integer(value) => value.to_string().into(),
        Value::Decimal { steps, decimals } => decimal(*steps, *decimals).into(),
        Value::Time { unit, count } => unit.format(*count).into(),
        Value::Label(text) | Value::Reason(text) | Value::Text(text) => text.as_str().into(),
        Value::Pseudonym(who) if is_own(path) => who.to_hex().into(),
        Value::Pseudonym(_) => "another person".into(),
        Value::List(items) => {
            let items = items.iter().enumerate();
            items.map(|(place, item)| to_json(item, &format!("{path}[{place}]"), is_own)).collect()
        }
        Value::Record(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                (name.clone(), to_json(value, &path, is_own))
            });
            Json::Object(fields.collect::<Map<_, _>>())
        }
        _ => Json::Null,
    }
}

/// Steps of a grid as a decimal number.
fn decimal(steps: i64, decimals: u8) -> String {
    let sign = if steps < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", steps.unsigned_abs(), width = usize::from(decimals) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(decimals));
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn steps_are_written_as_decimal_numbers() {
        for (steps, decimals, text) in [(215, 1, "21.5"), (-5, 2, "-0.05"), (7, 0, "7"), (0, 1, "0.0")] {
            assert_eq!(decimal(steps, decimals), text);
        }
    }
}

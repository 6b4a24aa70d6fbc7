//! The table of one declaration, and its statements.

use nest_core::schema::Schema;
use nest_core::value::PlainRecord;

use super::layout::{Layout, column};
use crate::database::{Database, Kind, Param, Tx, quoted};
use crate::day::{self, Day};
use crate::error::VaultError;

/// A row is as it was written.
pub(crate) const LIVE: i64 = 0;
/// A row is on hold, sealed with a key of its own.
pub(crate) const HELD: i64 = 1;
/// The person whose record it was is erased, and nothing is left of it.
pub(crate) const ERASED: i64 = 2;
/// As [`HELD`], and the person is erased: it goes when it is released.
pub(crate) const HELD_ERASED: i64 = 3;

/// What the records of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// What is said of participants.
    Participant,
    /// The record of an activity that a participant was given.
    Given,
    /// The outcomes of an activity.
    Outcome,
}

impl Content {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Content::Participant => "participant",
            Content::Given => "activity",
            Content::Outcome => "outcome",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Content::Participant, Content::Given, Content::Outcome]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// For how long the records of an activity are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Retention {
    /// Until somebody removes them.
    #[default]
    Unlimited,
    /// To this day, included, and no longer.
    Until(nest_core::time::Day),
    /// For so many days after the day on which a record was first written.
    Days(u32),
}

impl Retention {
    /// The last day on which a record may have been made that is to be removed today; `None` where none is.
    pub(crate) fn made_until(self, today: Day) -> Option<Day> {
        match self {
            Retention::Unlimited => None,
            Retention::Until(day) => (day.count() < today).then_some(today),
            Retention::Days(days) => Some(today - i64::from(days) - 1),
        }
    }
}

/// One table of records.
pub(crate) struct Table {
    pub(crate) number: i64,
    /// The name of the table, to which its envelopes are bound.
    pub(crate) name: String,
    pub(crate) content: Content,
    pub(crate) activity: String,
    pub(crate) layout: Layout,
    pub(crate) retention: Retention,
    /// Every column beside the fixed ones, also of declarations before this one.
    pub(crate) extra: Vec<String>,
}

/// The fixed columns, in the order in which rows are written.
pub(crate) const FIXED: &str = "row_id, owner, page, own, version, declared, day, state, sealed";

impl Table {
    /// Finds the table of a declaration, and makes it or its new columns where `make` allows it.
    pub(super) async fn register(
        db: &Database,
        content: Content,
        activity: &str,
        schema: &'static Schema,
        retention: Retention,
        make: bool,
    ) -> Result<Self, VaultError> {
        let layout = Layout::of(schema)?;
        let name = match content {
            Content::Participant => "participant".to_owned(),
            other => column(other.as_str(), activity),
        };
        let wanted: Vec<(String, &str)> = layout
            .alone
            .iter()
            .map(|(path, _)| (column("alone", path), bytes_of(db.kind())))
            .chain(
                layout
                    .plain
                    .iter()
                    .map(|plain| (plain.column(), if plain.is_text { "TEXT" } else { "BIGINT" })),
            )
            .collect();
        let refused = || {
            VaultError::Settings(format!(
                "table {name} is not that of this declaration: run `nest-vault migrate`"
            ))
        };
        let mut tx = db.begin().await?;
        if tx.kind() == Kind::Postgres {
            // Two instances that start together.
            tx.query("SELECT pg_advisory_xact_lock(7305)::text", &[]).await?;
        }
        let find = "SELECT tab, extra FROM record_table WHERE name = $1";
        let found = tx.query(find, &[name.as_str().into()]).await?;
        let (number, mut extra) = match found.first() {
            Some(row) => (row.int(0)?, words(&row.text(1)?)),
            None if !make => return Err(refused()),
            None => {
                let rows = tx.query("SELECT COALESCE(MAX(tab), 0) + 1 FROM record_table", &[]).await?;
                let number = rows.first().map_or(Ok(1), |row| row.int(0))?;
                let bytes = bytes_of(db.kind());
                let suffix = if db.kind() == Kind::Sqlite { " WITHOUT ROWID" } else { "" };
                let sql = format!(
                    "CREATE TABLE {0} (row_id {bytes} NOT NULL PRIMARY KEY, owner {bytes} NOT NULL, page BIGINT NOT NULL, \
                     own BIGINT NOT NULL, version BIGINT NOT NULL, declared {bytes} NOT NULL, day BIGINT NOT NULL, \
                     state BIGINT NOT NULL, sealed {bytes}){suffix}",
                    quoted(&name)
                );
                tx.execute(&sql, &[]).await?;
                let index = quoted(&column("of", &name));
                tx.execute(&format!("CREATE UNIQUE INDEX {index} ON {} (owner, page)", quoted(&name)), &[])
                    .await?;
                let row = vec![
                    number.into(),
                    name.as_str().into(),
                    content.as_str().into(),
                    activity.into(),
                    "".into(),
                ];
                tx.insert("INSERT INTO record_table (tab, name, kind, activity, extra)", &[row], "").await?;
                (number, Vec::new())
            }
        };
        let before = extra.len();
        for (column, kind) in &wanted {
            if !extra.contains(column) {
                if !make {
                    return Err(refused());
                }
                let sql = format!("ALTER TABLE {} ADD COLUMN {} {kind}", quoted(&name), quoted(column));
                tx.execute(&sql, &[]).await?;
                extra.push(column.clone());
            }
        }
        if extra.len() > before {
            let sql = "UPDATE record_table SET extra = $1 WHERE tab = $2";
            tx.execute(sql, &[extra.join("\n").as_str().into(), number.into()]).await?;
        }
        let declared = schema.content_fingerprint().to_bytes();
        let row = vec![
            declared.into(),
            number.into(),
            day::today().into(),
            super::declared::to_text(schema).as_str().into(),
        ];
        let head = "INSERT INTO declaration (fingerprint, tab, day, manifest)";
        tx.insert(head, &[row], "ON CONFLICT DO NOTHING").await?;
        let sql =
            "UPDATE record_table SET declared = $1 WHERE tab = $2 AND (declared IS NULL OR declared <> $1)";
        tx.execute(sql, &[declared.into(), number.into()]).await?;
        tx.commit().await?;
        let activity = activity.to_owned();
        Ok(Self { number, name, content, activity, layout, retention, extra })
    }

    pub(crate) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    pub(crate) fn declared(&self) -> [u8; 16] {
        self.layout.declared
    }

    /// The names of the columns after the fixed ones, in the order of [`values`](Self::values).
    pub(crate) fn columns(&self) -> Vec<String> {
        let alone = self.layout.alone.iter().map(|(path, _)| column("alone", path));
        alone.chain(self.layout.plain.iter().map(super::layout::Plain::column)).collect()
    }

    /// The values of the readable columns.
    pub(crate) fn plain_params(&self, record: &PlainRecord) -> Vec<Param> {
        self.layout.plain.iter().map(|plain| plain.param(record)).collect()
    }

    /// The path of the field that says whom a record is about, where there is one.
    pub(crate) fn subject(&self) -> Option<&super::layout::Slot> {
        self.layout.people.iter().find(|slot| slot.is_subject)
    }
}

pub(super) fn cleared(extra: &[String]) -> String {
    let extra: String = extra.iter().map(|column| format!(", {} = NULL", quoted(column))).collect();
    format!("sealed = NULL{extra}")
}

pub(super) fn words(text: &str) -> Vec<String> {
    text.split('\n').filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

fn bytes_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "BLOB",
        Kind::Postgres => "BYTEA",
    }
}

/// Lets an erasure wait for those that are writing, and those that come later for the erasure.
pub(super) async fn lock(
    tx: &mut Tx,
    deployment: crate::id::Deployment,
    alone: bool,
) -> Result<(), VaultError> {
    if tx.kind() == Kind::Postgres {
        let function = if alone { "pg_advisory_xact_lock" } else { "pg_advisory_xact_lock_shared" };
        let lock = crate::keys::lock_of(deployment, 2);
        tx.query(&format!("SELECT {function}($1)::text"), &[lock.into()]).await?;
    }
    Ok(())
}

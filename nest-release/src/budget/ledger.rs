//! The statements of the budget: what was charged to whom, and what is left.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::{Left, Limits, Spend};
use crate::sql::{StorageError, Transaction, Value, places};
use crate::{MicroEpsilon, PersonToken};

/// The tables. A reservation and an answer differ only in whether the answer is there, so both count alike.
pub(super) const MIGRATIONS: &[(&str, &str)] = &[(
    "budget",
    "CREATE TABLE release_question (
        id {bytes} PRIMARY KEY,
        reservation {bytes} NOT NULL,
        answer TEXT NOT NULL,
        lease BIGINT NOT NULL,
        expires BIGINT NOT NULL
    );
    CREATE TABLE release_charge (
        reservation {bytes} NOT NULL,
        person {bytes} NOT NULL,
        processor TEXT NOT NULL,
        micros BIGINT NOT NULL,
        day BIGINT NOT NULL,
        PRIMARY KEY (reservation, person)
    );
    CREATE INDEX release_charge_of_person ON release_charge (person, day);
    CREATE TABLE release_person (person {bytes} PRIMARY KEY);
    CREATE TABLE release_data_set (
        name TEXT PRIMARY KEY,
        fields TEXT NOT NULL,
        answer TEXT NOT NULL,
        expires BIGINT NOT NULL
    );",
)];

/// People in one statement: SQLite takes at most 32,766 values.
const CHUNK: usize = 1_000;

/// Makes sure that no other transaction charges these people until this one ends.
///
/// All transactions lock people in the same order, so none waits for another in a circle.
pub(super) async fn lock(tx: &mut Transaction, sorted: &[Spend]) -> Result<(), StorageError> {
    if !tx.locks_rows() {
        return Ok(());
    }
    for chunk in sorted.chunks(CHUNK) {
        let people = || chunk.iter().map(|spend| Value::Bytes(spend.person.to_vec())).collect::<Vec<_>>();
        let rows = places(0, chunk.len(), 1);
        let insert =
            format!("INSERT INTO release_person (person) VALUES {rows} ON CONFLICT (person) DO NOTHING");
        tx.execute(AssertSqlSafe(insert), people()).await?;
        let list = places(0, 1, chunk.len());
        let select = format!("SELECT person FROM release_person WHERE person IN {list} ORDER BY person");
        tx.fetch_locked(&select, people()).await?;
    }
    Ok(())
}

/// What each of these people has left for a processor.
pub(super) async fn left(
    tx: &mut Transaction,
    people: impl Iterator<Item = PersonToken>,
    processor: &str,
    today: i64,
    limits: &Limits,
) -> Result<HashMap<PersonToken, Left>, StorageError> {
    let whole = Left { processor: limits.per_processor, person: limits.per_person };
    let mut left: HashMap<_, _> = people.map(|person| (person, whole)).collect();
    let people: Vec<_> = left.keys().copied().collect();
    for chunk in people.chunks(CHUNK) {
        let list = places(2, 1, chunk.len());
        // Days to come count too: a clock that was set back must not give budget back.
        let sql = format!(
            "SELECT person,
                CAST(SUM(CASE WHEN processor = $1 THEN micros ELSE 0 END) AS BIGINT),
                CAST(SUM(micros) AS BIGINT)
            FROM release_charge WHERE day > $2 AND person IN {list} GROUP BY person"
        );
        let mut values = vec![processor.into(), (today - i64::from(limits.days)).into()];
        values.extend(chunk.iter().map(|person| Value::Bytes(person.to_vec())));
        for row in tx.fetch(AssertSqlSafe(sql), values).await? {
            let person = PersonToken::from_slice(&row.bytes(0)?);
            if let Some(left) = person.and_then(|person| left.get_mut(&person)) {
                left.processor = left.processor.saturating_sub(MicroEpsilon::from_sum(row.int(1)?));
                left.person = left.person.saturating_sub(MicroEpsilon::from_sum(row.int(2)?));
            }
        }
    }
    Ok(left)
}

/// Charges people for a reservation.
pub(super) async fn charge(
    tx: &mut Transaction,
    reservation: &[u8],
    processor: &str,
    today: i64,
    spends: &[Spend],
) -> Result<(), StorageError> {
    for chunk in spends.chunks(CHUNK) {
        let row = |row: usize| format!("($1, ${}, $2, ${}, $3)", 4 + 2 * row, 5 + 2 * row);
        let rows: Vec<_> = (0..chunk.len()).map(row).collect();
        let sql = format!(
            "INSERT INTO release_charge (reservation, person, processor, micros, day) VALUES {}",
            rows.join(", ")
        );
        let mut values: Vec<Value> = vec![reservation.into(), processor.into(), today.into()];
        for spend in chunk {
            values.push(spend.person.to_vec().into());
            values.push(i64::from(spend.epsilon.micros()).into());
        }
        tx.execute(AssertSqlSafe(sql), values).await?;
    }
    Ok(())
}

/// Takes back what a reservation charged.
pub(super) async fn uncharge(tx: &mut Transaction, reservation: &[u8]) -> Result<(), StorageError> {
    tx.execute("DELETE FROM release_charge WHERE reservation = $1", vec![reservation.into()]).await?;
    Ok(())
}

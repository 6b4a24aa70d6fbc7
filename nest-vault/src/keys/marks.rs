//! The marks of erasures: begun, carried out, settled.

use std::collections::HashMap;

use super::sql::Inner;
use super::tables::SECRET;
use super::{KeyError, Mark, MarkState};
use crate::database::{DatabaseError, Kind, Param, Tx, signed};
use crate::day::Day;
use crate::id::{KeyId, Lookup};
use crate::reason::Reason;

impl Inner {
    pub(super) async fn mark(&self, person: Lookup, reason: &Reason, day: Day) -> Result<Mark, KeyError> {
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx, true).await?;
        let who = [Param::from(person.0)];
        let rows = tx.query("SELECT id, life FROM person_key WHERE lookup = $1", &who).await?;
        let keys = rows.iter().map(|row| Ok((KeyId(row.array(0)?), row.count(1)?)));
        let keys = keys.collect::<Result<Vec<_>, DatabaseError>>()?;
        let before = erased_lives(&mut tx, &who).await?.get(&person).copied().unwrap_or(0);
        let life = keys.iter().map(|(_, life)| *life).max().unwrap_or(0);
        if life <= before && before > 0 {
            drop(tx);
            let mark = self.marks(false).await?.into_iter().find(|mark| mark.person == person);
            return mark.ok_or(KeyError::Damaged);
        }
        let life = life.max(1);
        let sql = "INSERT INTO erased (lookup, life, state, reason, day) VALUES ($1, $2, 'intended', $3, $4) \
                   ON CONFLICT (lookup) DO UPDATE SET life = excluded.life, state = excluded.state, \
                   reason = excluded.reason, day = excluded.day";
        let params = [person.0.into(), signed(life).into(), reason.as_str().into(), day.into()];
        tx.execute(sql, &params).await?;
        tx.commit().await?;
        let keys: Vec<_> = keys.into_iter().map(|(id, _)| id).collect();
        self.cache.forget(&keys);
        Ok(Mark { person, life, keys, reason: reason.clone(), day, state: MarkState::Intended })
    }

    pub(super) async fn destroy(&self, mark: &Mark) -> Result<(), KeyError> {
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx, true).await?;
        let life = Param::from(signed(mark.life));
        let who = [Param::from(mark.person.0), life.clone()];
        // From a ledger, or of a store that was restored: the mark may be missing or older.
        let sql = "INSERT INTO erased (lookup, life, state, reason, day) VALUES ($1, $2, 'destroyed', $3, $4) \
                   ON CONFLICT (lookup) DO UPDATE SET life = excluded.life, state = excluded.state, \
                   reason = excluded.reason, day = excluded.day \
                   WHERE erased.life < excluded.life OR (erased.life = excluded.life AND erased.state = 'intended')";
        let params = [mark.person.0.into(), life, mark.reason.as_str().into(), mark.day.into()];
        tx.execute(sql, &params).await?;
        let rows = tx.query("SELECT id, life FROM person_key WHERE lookup = $1 AND life <= $2", &who).await?;
        let mut gone: Vec<(KeyId, u64)> = Vec::new();
        for row in &rows {
            gone.push((KeyId(row.array(0)?), row.count(1)?));
        }
        tx.execute("DELETE FROM person_key WHERE lookup = $1 AND life <= $2", &who).await?;
        for id in &mark.keys {
            if !gone.iter().any(|(gone, _)| gone == id) {
                gone.push((*id, mark.life));
            }
        }
        let rows: Vec<_> = gone
            .iter()
            .map(|(id, life)| vec![id.0.into(), mark.person.0.into(), signed(*life).into()])
            .collect();
        tx.insert("INSERT INTO destroyed (id, lookup, life)", &rows, "ON CONFLICT DO NOTHING").await?;
        if tx.kind() == Kind::Postgres {
            for (id, _) in &gone {
                let notice = [Param::from(self.channel().as_str()), id.to_string().as_str().into()];
                tx.query("SELECT pg_notify($1, $2)::text", &notice).await?;
            }
        }
        tx.commit().await?;
        self.cache.forget(&gone.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        Ok(self.db.scrub(SECRET).await?)
    }

    pub(super) async fn settle(&self, mark: &Mark) -> Result<(), KeyError> {
        let mut tx = self.db.begin().await?;
        let sql =
            "UPDATE erased SET state = 'settled' WHERE lookup = $1 AND life = $2 AND state = 'destroyed'";
        tx.execute(sql, &[mark.person.0.into(), signed(mark.life).into()]).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn marks(&self, unsettled: bool) -> Result<Vec<Mark>, KeyError> {
        let mut tx = self.db.snapshot().await?;
        let filter = if unsettled { "WHERE state IN ('intended', 'destroyed')" } else { "" };
        let sql = format!("SELECT lookup, life, state, reason, day FROM erased {filter}");
        let mut marks = Vec::new();
        for row in tx.query(&sql, &[]).await? {
            let (state, reason) = (row.text(2)?, row.text(3)?);
            marks.push(Mark {
                person: Lookup(row.array(0)?),
                life: row.count(1)?,
                keys: Vec::new(),
                reason: Reason::new(&reason).map_err(|_| KeyError::Damaged)?,
                day: row.int(4)?,
                state: MarkState::parse(&state).ok_or(KeyError::Damaged)?,
            });
        }
        let people: Vec<Param> = marks.iter().map(|mark| mark.person.0.into()).collect();
        let mut keys: HashMap<Lookup, Vec<KeyId>> = HashMap::new();
        for table in ["person_key", "destroyed"] {
            let sql = format!("SELECT id, lookup FROM {table} WHERE lookup IN ({{among}})");
            for row in tx.query_among(&sql, &[], &people).await? {
                keys.entry(Lookup(row.array(1)?)).or_default().push(KeyId(row.array(0)?));
            }
        }
        for mark in &mut marks {
            mark.keys = keys.remove(&mark.person).unwrap_or_default();
        }
        Ok(marks)
    }
}

/// The last life of each of these people that was erased.
pub(super) async fn erased_lives(
    tx: &mut Tx,
    people: &[Param],
) -> Result<HashMap<Lookup, u64>, DatabaseError> {
    let sql = "SELECT lookup, life FROM erased WHERE lookup IN ({among})";
    let rows = tx.query_among(sql, &[], people).await?;
    rows.iter().map(|row| Ok((Lookup(row.array(0)?), row.count(1)?))).collect()
}

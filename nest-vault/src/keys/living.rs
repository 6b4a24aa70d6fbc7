//! The keys of people who are there: made where they are missing, and unwrapped.

use std::collections::{HashMap, HashSet};

use super::marks::erased_lives;
use super::sql::Inner;
use super::wrapping::Stored;
use super::{Erased, KeyError, Living, Unwrapped};
use crate::database::{Param, Row, signed};
use crate::day;
use crate::envelope::{PersonKey, Suite};
use crate::id::{KeyId, Lookup, MasterId};

impl Inner {
    pub(super) async fn ensure(
        &self,
        people: &[Lookup],
        suite: Suite,
        erased: Erased,
    ) -> Result<Vec<Option<Living>>, KeyError> {
        let distinct: Vec<_> = people.iter().copied().collect::<HashSet<_>>().into_iter().collect();
        let params: Vec<Param> = distinct.iter().map(|person| person.0.into()).collect();
        let first = [Param::from(i64::from(suite.code()))];
        let sql = "SELECT k.id, k.lookup, k.suite, k.life, k.master, k.wrapped, e.life FROM person_key k \
                   LEFT JOIN erased e ON e.lookup = k.lookup WHERE k.suite = $1 AND k.lookup IN ({among})";
        let live = |rows: Vec<Row>| -> Result<HashMap<Lookup, Stored>, KeyError> {
            let mut live = HashMap::with_capacity(rows.len());
            for row in &rows {
                let stored = Stored::read(row)?;
                if signed(stored.life) > row.int_or_null(6)?.unwrap_or(0) {
                    live.insert(stored.person, stored);
                }
            }
            Ok(live)
        };
        let ticket = self.cache.ticket();
        // Most are there, and reading needs no lock.
        let mut known = live(self.db.query_among(sql, &first, &params).await?)?;
        if known.len() < distinct.len() {
            let mut tx = self.db.begin().await?;
            self.lock(&mut tx, false).await?;
            let absent: Vec<Param> =
                distinct.iter().filter(|who| !known.contains_key(who)).map(|who| who.0.into()).collect();
            let gone = erased_lives(&mut tx, &absent).await?;
            let rows = tx.query("SELECT id FROM master WHERE state = 'current'", &[]).await?;
            let current = MasterId(rows.first().ok_or(KeyError::Damaged)?.array(0)?);
            let masters = self.wrappings();
            let wrapping = masters
                .iter()
                .find(|wrapping| wrapping.master.id() == current)
                .ok_or(KeyError::WrongMaster { needed: current })?;
            let day = day::today();
            let mut rows = Vec::new();
            for person in distinct.iter().filter(|who| !known.contains_key(who)) {
                if erased == Erased::Refuse && gone.contains_key(person) {
                    continue;
                }
                let life = gone.get(person).copied().unwrap_or(0) + 1;
                let living = Living { key: PersonKey::random(suite), life };
                rows.push(vec![
                    living.key.id().0.into(),
                    person.0.into(),
                    i64::from(suite.code()).into(),
                    signed(life).into(),
                    current.0.into(),
                    self.wrap(*person, &living, wrapping)?.into(),
                    day.into(),
                ]);
            }
            // Where another was faster, its key is the one.
            let head = "INSERT INTO person_key (id, lookup, suite, life, master, wrapped, day)";
            tx.insert(head, &rows, "ON CONFLICT DO NOTHING").await?;
            known.extend(live(tx.query_among(sql, &first, &absent).await?)?);
            tx.commit().await?;
        }
        // After the rows were read: a rotation makes its master known here before any row has it.
        let masters = self.wrappings();
        let mut living = HashMap::new();
        for (person, stored) in &known {
            let key = match self.cache.get(stored.id) {
                Some(key) => Living { key, life: stored.life },
                None => self.unwrap(stored, &masters)?,
            };
            living.insert(*person, key);
        }
        self.cache.put(ticket, living.values().map(|living| living.key.clone()));
        Ok(people.iter().map(|person| living.get(person).cloned()).collect())
    }

    pub(super) async fn unwrap_many(&self, keys: &[KeyId]) -> Result<HashMap<KeyId, Unwrapped>, KeyError> {
        let mut found = HashMap::with_capacity(keys.len());
        let mut missing = HashSet::new();
        for id in keys {
            match self.cache.get(*id) {
                Some(key) => drop(found.insert(*id, Unwrapped::Key(key))),
                None => drop(missing.insert(*id)),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let ticket = self.cache.ticket();
        let params: Vec<Param> = missing.iter().map(|id| id.0.into()).collect();
        let mut tx = self.db.snapshot().await?;
        let sql = "SELECT k.id, k.lookup, k.suite, k.life, k.master, k.wrapped, e.life FROM person_key k \
                   LEFT JOIN erased e ON e.lookup = k.lookup WHERE k.id IN ({among})";
        let mut fresh = Vec::new();
        let rows = tx.query_among(sql, &[], &params).await?;
        // After the rows were read, as in `ensure`.
        let masters = self.wrappings();
        for row in rows {
            let stored = Stored::read(&row)?;
            let erased = row.int_or_null(6)?.unwrap_or(0);
            // The mark wins, also over a key that somebody has put back.
            if signed(stored.life) <= erased {
                found.insert(stored.id, Unwrapped::Destroyed);
            } else {
                let key = self.unwrap(&stored, &masters)?.key;
                fresh.push(key.clone());
                found.insert(stored.id, Unwrapped::Key(key));
            }
        }
        let rest: Vec<Param> =
            missing.iter().filter(|id| !found.contains_key(id)).map(|id| id.0.into()).collect();
        let sql = "SELECT id FROM destroyed WHERE id IN ({among})";
        for row in tx.query_among(sql, &[], &rest).await? {
            found.insert(KeyId(row.array(0)?), Unwrapped::Destroyed);
        }
        self.cache.put(ticket, fresh);
        Ok(found)
    }
}

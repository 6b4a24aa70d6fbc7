//! A new master key: every key is wrapped anew, page by page, while others read and write.

use std::path::PathBuf;
use std::sync::PoisonError;

use super::sql::Inner;
use super::tables::SECRET;
use super::wrapping::{STORED, Stored, Wrapping};
use super::{KeyError, KeyHealth};
use crate::database::{DatabaseError, Param};
use crate::day;
use crate::id::MasterId;
use crate::master::Master;
use crate::secret;

/// How many keys are wrapped in one transaction.
const PAGE: i64 = 1000;

/// What has to be destroyed so that no copy of the key store opens what was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finality {
    /// The master keys that wrap nothing any more, with the file of each where this process read it from one.
    pub destroy: Vec<(MasterId, Option<PathBuf>)>,
    /// How many erasures are final once those are destroyed.
    pub erasures: u64,
}

impl Inner {
    pub(super) async fn rewrap_page(&self, to: &Master) -> Result<u64, KeyError> {
        let key = to.keys().next().ok_or(KeyError::Damaged)?;
        self.begin_rotation(to).await?;
        let new = Wrapping::new(key.clone(), self.deployment).ok_or(KeyError::Damaged)?;
        let masters = self.wrappings();
        let mut tx = self.db.begin().await?;
        let older = "SELECT id FROM master WHERE state <> 'current'";
        let sql = format!("{STORED} WHERE master IN ({older}) LIMIT {PAGE}");
        let rows = tx.query(&sql, &[]).await?;
        let mut fresh: Vec<Vec<Param>> = Vec::with_capacity(rows.len());
        for row in &rows {
            let stored = Stored::read(row)?;
            let living = self.unwrap(&stored, &masters)?;
            let wrapped = self.wrap(stored.person, &living, &new)?;
            fresh.push(vec![stored.id.0.into(), wrapped.into(), new.master.id().0.into()]);
        }
        // A key that was destroyed meanwhile is not there any more, and stays so.
        let sql = "WITH fresh (id, wrapped, master) AS ({rows}) UPDATE person_key SET wrapped = fresh.wrapped, \
                   master = fresh.master FROM fresh WHERE person_key.id = fresh.id AND person_key.master <> fresh.master";
        tx.with_rows(sql, &fresh).await?;
        tx.commit().await?;
        Ok(rows.len() as u64)
    }

    /// Makes the new master the current one, unless it is.
    async fn begin_rotation(&self, to: &Master) -> Result<(), KeyError> {
        let key = to.keys().next().ok_or(KeyError::Damaged)?;
        if self.wrappings().first().is_some_and(|first| first.master.id() == key.id()) {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        let known = tx.query("SELECT state FROM master WHERE id = $1", &[key.id().0.into()]).await?;
        match known.first().map(|row| row.text(0)).transpose()?.as_deref() {
            Some("current") => {}
            Some(_) => {
                return Err(KeyError::Setup("this master key was the current one before: make a new one"));
            }
            None => {
                let wrapped = secret::wrap(&self.secret, key, self.deployment).ok_or(KeyError::Damaged)?;
                tx.execute("UPDATE master SET state = 'previous'", &[]).await?;
                let row = vec![
                    key.id().0.into(),
                    key.check_value(self.deployment).into(),
                    wrapped.into(),
                    "current".into(),
                    day::today().into(),
                ];
                tx.insert("INSERT INTO master (id, check_value, index_secret, state, day)", &[row], "")
                    .await?;
            }
        }
        // Known here before others can see it in the store: from then on keys are wrapped with it. If the commit fails,
        // it wraps nothing.
        let new = Wrapping::new(key.clone(), self.deployment).ok_or(KeyError::Damaged)?;
        {
            let mut masters = self.masters.write().unwrap_or_else(PoisonError::into_inner);
            masters.retain(|wrapping| wrapping.master.id() != key.id());
            masters.push(new);
        }
        tx.commit().await?;
        // The first one is the current one.
        let mut masters = self.masters.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = masters.iter().position(|wrapping| wrapping.master.id() == key.id()) {
            let new = masters.remove(place);
            masters.insert(0, new);
        }
        Ok(())
    }

    pub(super) async fn retire_masters(&self) -> Result<Finality, KeyError> {
        let masters = self.wrappings();
        let mut tx = self.db.begin().await?;
        let rows = tx.query("SELECT id FROM master WHERE state = 'current'", &[]).await?;
        let current = MasterId(rows.first().ok_or(KeyError::Damaged)?.array(0)?);
        let sql = "SELECT COUNT(*) FROM person_key WHERE master <> $1";
        let left = tx.query(sql, &[current.0.into()]).await?;
        let left = left.first().map_or(Ok(0), |row| row.count(0))?;
        if left > 0 {
            return Err(KeyError::NotRotated { left });
        }
        let rows = tx.query("SELECT id FROM master WHERE state <> 'current'", &[]).await?;
        let mut destroy = Vec::new();
        for row in &rows {
            let id = MasterId(row.array(0)?);
            let held = masters.iter().find(|wrapping| wrapping.master.id() == id);
            destroy.push((id, held.and_then(|held| held.master.path().map(ToOwned::to_owned))));
        }
        let erasures = if destroy.is_empty() {
            0
        } else {
            tx.execute("DELETE FROM master WHERE state <> 'current'", &[]).await?;
            tx.execute("UPDATE erased SET state = 'final' WHERE state = 'settled'", &[]).await?
        };
        tx.commit().await?;
        self.db.scrub(SECRET).await?;
        self.db.scrub(&["master"]).await?;
        let mut masters = self.masters.write().unwrap_or_else(PoisonError::into_inner);
        masters.retain(|wrapping| wrapping.master.id() == current);
        Ok(Finality { destroy, erasures })
    }

    pub(super) async fn health(&self) -> Result<KeyHealth, KeyError> {
        let mut tx = self.db.snapshot().await?;
        let sql = "SELECT m.id, (SELECT COUNT(*) FROM person_key k WHERE k.master = m.id) FROM master m ORDER BY m.state";
        let rows = tx.query(sql, &[]).await?;
        let masters = rows.iter().map(|row| Ok((MasterId(row.array(0)?), row.count(1)?)));
        let masters = masters.collect::<Result<_, DatabaseError>>()?;
        let sql =
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN state = 'final' THEN 1 ELSE 0 END), 0) FROM erased";
        let rows = tx.query(sql, &[]).await?;
        let erased =
            rows.first().map_or(Ok((0, 0)), |row| Ok::<_, DatabaseError>((row.count(0)?, row.count(1)?)))?;
        Ok(KeyHealth { masters, erased })
    }
}

//! Whether everything opens, and both databases, the ledger and the files agree.

use std::collections::{BTreeMap, HashSet};

use super::Store;
use super::read::{Found, Opened};
use super::table::{ERASED, HELD_ERASED, Table};
use crate::access::Opening;
use crate::database::{Kind, quoted};
use crate::envelope::Envelope;
use crate::error::VaultError;
use crate::id::{KeyId, RowId};
use crate::keys::MarkState;
use crate::ledger::{Ledger, lives};
use nest_source::Purpose;

/// How many rows of each table are looked at where not all are.
const SAMPLE: usize = 1_000;

/// What a check found. Without any fault the vault is whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// Records that were opened.
    pub opened: u64,
    /// Records that are erased and empty.
    pub erased: u64,
    /// Records that were written by a declaration before the present one.
    pub earlier: u64,
    /// Keys that seal nothing: of calls that were stopped. They do no harm.
    pub unused_keys: u64,
    /// What is wrong, with how often.
    pub faults: BTreeMap<String, u64>,
}

impl Store {
    /// Opens a sample of the rows, or all of them, and compares what belongs together.
    pub(crate) async fn verify(
        &self,
        all: bool,
        mut progress: impl FnMut(u64),
    ) -> Result<Verified, VaultError> {
        let mut verified = Verified::default();
        let mut named: HashSet<KeyId> = HashSet::new();
        let purpose = Purpose::new("verify").map_err(|_| VaultError::NotFound)?;
        for table in self.tables() {
            let name = &table.name;
            let mut after: Option<RowId> = None;
            let mut opening = Opening::default();
            let mut seen = 0;
            while all || seen < SAMPLE {
                let rows = self.rows_after(&table, after, 250).await?;
                let Some(last) = rows.last() else { break };
                after = Some(last.row);
                seen += rows.len();
                progress(rows.len() as u64);
                for row in &rows {
                    named.extend(row.envelopes().filter_map(|bytes| Some(Envelope::read(bytes).ok()?.key)));
                    verified.earlier += u64::from(row.declared != table.declared());
                }
                for (row, found) in rows.iter().zip(self.open_raw(&table, &rows).await?) {
                    let fault = match found {
                        Ok(Found::Open(opened)) => {
                            opening.opened += 1;
                            if self.columns_agree(&table, &opened).await? {
                                continue;
                            }
                            format!("a readable column of {name} does not say what is sealed")
                        }
                        Ok(Found::Erased) => {
                            opening.erased += 1;
                            if row.state == ERASED || row.state == HELD_ERASED {
                                continue;
                            }
                            format!("a record of {name} is sealed with a destroyed key")
                        }
                        Err(VaultError::Tampered { .. }) => {
                            opening.failed += 1;
                            format!("a record of {name} was changed and does not open")
                        }
                        Err(VaultError::UnknownFormat) => {
                            opening.failed += 1;
                            format!("a record of {name} is of an unknown format")
                        }
                        Err(VaultError::Declaration { .. }) => {
                            opening.failed += 1;
                            format!("a record of {name} was declared otherwise")
                        }
                        Err(error) => return Err(error),
                    };
                    verified.fault(fault);
                }
            }
            verified.opened += opening.opened as u64;
            verified.erased += opening.erased as u64;
            self.access.note(&purpose, name, opening).await.map_err(VaultError::AccessLog)?;
        }
        if all {
            let mut after = None;
            loop {
                let page = self.keys.page(after, 1_000).await?;
                let Some((last, _)) = page.last() else { break };
                after = Some(*last);
                verified.unused_keys += page.iter().filter(|(key, _)| !named.contains(key)).count() as u64;
            }
        }
        self.compare_erasures(&mut verified).await?;
        self.check_files(&mut verified);
        Ok(verified)
    }

    async fn columns_agree(&self, table: &Table, opened: &Opened) -> Result<bool, VaultError> {
        if table.layout.plain.is_empty() {
            return Ok(true);
        }
        let columns: Vec<_> = table.layout.plain.iter().map(|plain| quoted(&plain.column())).collect();
        let sql = format!("SELECT {} FROM {} WHERE row_id = $1", columns.join(", "), table.quoted());
        let rows = self.db.query(&sql, &[opened.row.0.into()]).await?;
        let Some(row) = rows.first() else { return Ok(true) };
        let mut plain = table.layout.plain.iter().enumerate();
        Ok(plain.all(|(place, plain)| plain.agrees(&opened.record, row, place)))
    }

    /// Whether the ledger, the key store and the records know of the same erasures.
    async fn compare_erasures(&self, verified: &mut Verified) -> Result<(), VaultError> {
        let faults = self.db.faults().clone();
        let (_, erasures) = Ledger::open(self.ledger.path(), self.deployment(), None, faults)?;
        let lives = lives(&erasures);
        let here = self.erased_here().await?;
        let marks = self.keys.marks(false).await?;
        for mark in &marks {
            if lives.get(&mark.person).copied().unwrap_or(0) < mark.life {
                verified.fault("an erasure is not in the ledger".to_owned());
            }
            if here.get(&mark.person).copied().unwrap_or(0) < mark.life {
                verified.fault("an erasure is not known to the records".to_owned());
            }
            if mark.state < MarkState::Settled {
                verified.fault("an erasure is not complete: open the vault once".to_owned());
            }
        }
        for (person, life) in &lives {
            if !marks.iter().any(|mark| mark.person == *person && mark.life >= *life) {
                verified.fault("an erasure of the ledger is not known to the key store".to_owned());
            }
        }
        Ok(())
    }

    /// Whether others may read the files.
    fn check_files(&self, verified: &mut Verified) {
        #[cfg(unix)]
        if self.db.kind() == Kind::Sqlite {
            use std::os::unix::fs::PermissionsExt as _;
            for file in self.db.path().into_iter().chain([self.ledger.path()]) {
                if std::fs::metadata(file).is_ok_and(|file| file.permissions().mode() & 0o077 != 0) {
                    verified.fault(format!("others may read {}: run `chmod 600`", file.display()));
                }
            }
        }
    }
}

impl Verified {
    fn fault(&mut self, what: String) {
        *self.faults.entry(what).or_insert(0) += 1;
    }

    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

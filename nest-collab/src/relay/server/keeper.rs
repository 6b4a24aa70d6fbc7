//! What a relay keeps: organisations, the directory, runs, and envelopes until they are taken.

use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use super::audit::now;
use super::caller::Caller;
use super::config::{RelayLimits, RelayOrganization};
use super::database::{Database, Param, Row, StoreError};
use super::problem::Refusal;
use crate::directory::{Entry, Head};
use crate::envelope::{CollabId, Header, RunId};
use crate::identity::{IdentityKey, KeyStatement, OrgId, OrgName, RunName};
use crate::relay::{Collaboration, DirectoryPage, Organization, Outcome, RunRecord, RunState};

/// The most parties of a collaboration.
const MOST_PARTIES: usize = 64;

/// The most entries of the directory in one answer.
const PAGE: u64 = 500;

/// The most bytes of envelopes in one answer, beside the first.
const MAIL_BYTES: u64 = 8 << 20;

const RUN_COLUMNS: &str = "id, collab, name, starter, parties, state, ended_by, ended_at, expires";

/// What a relay keeps.
pub(super) struct Keeper {
    pub(super) database: Database,
    limits: RelayLimits,
    /// Entries are added to the directory one after the other.
    appending: Mutex<()>,
}

impl Keeper {
    pub(super) fn new(database: Database, limits: RelayLimits) -> Self {
        Self { database, limits, appending: Mutex::new(()) }
    }

    /// Admits an organisation. The same one again changes its token.
    pub(super) async fn admit(&self, name: &OrgName, org: &RelayOrganization) -> Result<(), Refusal> {
        let id = OrgId::of(name, &org.identity);
        let rows = self.query("SELECT fingerprint FROM organization WHERE name = $1", &[text(name)]).await?;
        match rows.first() {
            Some(row) if row.array(0)? != id.0 => {
                return Err(Refusal::new(
                    409,
                    "other_identity",
                    "the organisation is known by another identity",
                ));
            }
            Some(_) => {
                let sql = "UPDATE organization SET token = $1 WHERE name = $2";
                self.execute(sql, &[org.token_sha256.0.into(), text(name)]).await?;
            }
            None => {
                let sql =
                    "INSERT INTO organization (name, identity, fingerprint, token) VALUES ($1, $2, $3, $4)";
                let params = [text(name), org.identity.0.into(), id.0.into(), org.token_sha256.0.into()];
                self.execute(sql, &params).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn organizations(&self) -> Result<Vec<Organization>, Refusal> {
        let rows =
            self.query("SELECT name, identity, fingerprint FROM organization ORDER BY name", &[]).await?;
        let read = |row: &Row| -> Result<Organization, Refusal> {
            Ok(Organization {
                name: org_name(&row.text(0)?)?,
                identity: IdentityKey(row.array(1)?),
                fingerprint: OrgId(row.array(2)?),
            })
        };
        rows.iter().map(read).collect()
    }

    async fn head(&self) -> Result<Head, Refusal> {
        let rows = self.query("SELECT entry FROM directory ORDER BY number DESC LIMIT 1", &[]).await?;
        rows.first().map_or(Ok(Head::EMPTY), |row| Ok(entry(row)?.head()))
    }

    pub(super) async fn directory(&self, after: u64) -> Result<DirectoryPage, Refusal> {
        let head = self.head().await?;
        let sql = "SELECT entry FROM directory WHERE number > $1 AND number <= $2 ORDER BY number LIMIT $3";
        let rows = self.query(sql, &[after.into(), head.number.into(), PAGE.into()]).await?;
        let entries: Result<Vec<Entry>, Refusal> = rows.iter().map(entry).collect();
        Ok(DirectoryPage { head, entries: entries? })
    }

    /// The newest statement about each node and user of an organisation.
    pub(super) async fn keys(&self, org: &OrgName) -> Result<Vec<KeyStatement>, Refusal> {
        let rows = self.query("SELECT entry FROM directory ORDER BY number", &[]).await?;
        let mut newest: Vec<KeyStatement> = Vec::new();
        for row in &rows {
            let statement = entry(row)?.statement;
            if statement.org == *org {
                newest.retain(|known| known.device != statement.device);
                newest.push(statement);
            }
        }
        Ok(newest)
    }

    /// Adds a statement to the directory; nothing happens where it is the newest already.
    pub(super) async fn publish(&self, caller: &Caller, statement: KeyStatement) -> Result<Head, Refusal> {
        if statement.org != caller.name || statement.identity != caller.identity || !statement.is_signed() {
            return Err(Refusal::new(
                422,
                "unsigned_key",
                "the key is not signed by the identity of the caller",
            ));
        }
        let _guard = self.appending.lock().await;
        let known = self.keys(&caller.name).await?;
        match known.iter().find(|known| known.device == statement.device) {
            Some(known) if *known == statement => return self.head().await,
            Some(known) if known.epoch >= statement.epoch => {
                return Err(Refusal::new(409, "old_epoch", "there is a key of this epoch or a later one"));
            }
            _ => {}
        }
        let entry = Entry::after(self.head().await?, statement);
        let json = serde_json::to_string(&entry).map_err(|_| StoreError::Other("json".to_owned()))?;
        let sql = "INSERT INTO directory (number, entry) VALUES ($1, $2)";
        self.execute(sql, &[entry.number.into(), json.into()]).await?;
        Ok(entry.head())
    }

    pub(super) async fn collaborate(&self, caller: &Caller, new: &Collaboration) -> Result<(), Refusal> {
        let distinct = new
            .parties
            .iter()
            .enumerate()
            .all(|(place, party)| new.parties.iter().skip(place + 1).all(|other| other != party));
        if !new.parties.contains(&caller.name) || !distinct || new.parties.len() > MOST_PARTIES {
            let message = "name each party once, at most 64, and the caller among them";
            return Err(Refusal::new(422, "parties", message));
        }
        for party in &new.parties {
            let rows = self.query("SELECT 1 FROM organization WHERE name = $1", &[text(party)]).await?;
            if rows.is_empty() {
                let message = format!("`{party}` is not admitted at this relay");
                return Err(Refusal::new(422, "unknown_party", message));
            }
        }
        let sql = "INSERT INTO collaboration (id, parties) VALUES ($1, $2)";
        match self.database.execute(sql, &[new.id.0.into(), json(&new.parties)?]).await {
            Ok(_) => Ok(()),
            Err(StoreError::Exists) if self.parties(new.id).await? == new.parties => Ok(()),
            Err(StoreError::Exists) => {
                Err(Refusal::new(409, "other_parties", "the collaboration is known with other parties"))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn parties(&self, collab: CollabId) -> Result<Vec<OrgName>, Refusal> {
        let rows = self.query("SELECT parties FROM collaboration WHERE id = $1", &[collab.0.into()]).await?;
        let row = rows.first().ok_or_else(Refusal::not_found)?;
        from_json(&row.text(0)?)
    }

    pub(super) async fn start(&self, caller: &Caller, run: &RunRecord) -> Result<(), Refusal> {
        let members = self.parties(run.collab).await?;
        let within = run.parties.iter().all(|party| members.contains(party));
        if run.starter != caller.name
            || !run.parties.contains(&caller.name)
            || !within
            || run.parties.is_empty()
        {
            let message = "a run is started by a party, with parties of its collaboration";
            return Err(Refusal::new(422, "parties", message));
        }
        self.expire().await?;
        let sql = "SELECT COUNT(*) FROM run WHERE starter = $1 AND state = 'open'";
        let open = self.query(sql, &[text(&caller.name)]).await?;
        if open.first().map_or(Ok(0), |row| row.number(0))? >= self.limits.open_runs {
            return Err(Refusal::new(
                429,
                "too_many_runs",
                "too many open runs: end some, or wait until they expire",
            ));
        }
        let now = now();
        let expires = run.expires.clamp(now, now.saturating_add(self.limits.run_seconds));
        let sql = "INSERT INTO run (id, collab, name, starter, parties, state, ended_by, ended_at, made, expires) \
                   VALUES ($1, $2, $3, $4, $5, 'open', '', 0, $6, $7)";
        let params = [
            run.id.0.into(),
            run.collab.0.into(),
            Param::Text(run.name.to_string()),
            text(&caller.name),
            json(&run.parties)?,
            now.into(),
            expires.into(),
        ];
        match self.database.execute(sql, &params).await {
            Ok(_) => Ok(()),
            Err(StoreError::Exists) => {
                Err(Refusal::new(409, "known_run", "there is a run of this number: draw another one"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Cancels the runs whose time is over, and forgets their messages.
    async fn expire(&self) -> Result<(), Refusal> {
        let now = now();
        let over = "SELECT id FROM run WHERE state = 'open' AND expires < $1";
        let sql = format!("DELETE FROM message WHERE run IN ({over})");
        self.execute(&sql, &[now.into()]).await?;
        let sql = "UPDATE run SET state = 'cancelled' WHERE state = 'open' AND expires < $1";
        self.execute(sql, &[now.into()]).await?;
        Ok(())
    }

    /// A run that the caller is a party of.
    pub(super) async fn run(&self, caller: &Caller, run: RunId) -> Result<RunRecord, Refusal> {
        let sql = format!("SELECT {RUN_COLUMNS} FROM run WHERE id = $1");
        let rows = self.query(&sql, &[run.0.into()]).await?;
        let mut record = read_run(rows.first().ok_or_else(Refusal::not_found)?)?;
        if !record.parties.contains(&caller.name) {
            return Err(Refusal::not_found());
        }
        if record.state == RunState::Open && record.expires < now() {
            self.expire().await?;
            record.state = RunState::Cancelled;
        }
        Ok(record)
    }

    pub(super) async fn open_runs(
        &self,
        caller: &Caller,
        collab: CollabId,
        name: Option<&RunName>,
    ) -> Result<Vec<RunRecord>, Refusal> {
        let mut params = vec![collab.0.into(), now().into()];
        params.extend(name.map(|name| Param::Text(name.to_string())));
        let of_name = if name.is_some() { " AND name = $3" } else { "" };
        let sql = format!(
            "SELECT {RUN_COLUMNS} FROM run WHERE collab = $1 AND state = 'open' AND expires >= $2{of_name} \
             ORDER BY made DESC LIMIT 100"
        );
        let rows = self.query(&sql, &params).await?;
        let runs: Result<Vec<RunRecord>, Refusal> = rows.iter().map(read_run).collect();
        let mut runs = runs?;
        runs.retain(|run| run.parties.contains(&caller.name));
        Ok(runs)
    }

    /// Ends a run for the caller. It is done when every party said so; one failure or cancellation ends it for all.
    pub(super) async fn end(
        &self,
        caller: &Caller,
        run: RunId,
        outcome: Outcome,
    ) -> Result<RunRecord, Refusal> {
        let record = self.run(caller, run).await?;
        let state = match outcome.state {
            RunState::Open => {
                return Err(Refusal::new(422, "state", "a run ends as done, failed or cancelled"));
            }
            RunState::Done => {
                let sql = "INSERT INTO finished (run, party) VALUES ($1, $2)";
                match self.database.execute(sql, &[run.0.into(), text(&caller.name)]).await {
                    Ok(_) | Err(StoreError::Exists) => {}
                    Err(error) => return Err(error.into()),
                }
                let rows =
                    self.query("SELECT COUNT(*) FROM finished WHERE run = $1", &[run.0.into()]).await?;
                let finished = rows.first().map_or(Ok(0), |row| row.number(0))?;
                if finished < u64::try_from(record.parties.len()).unwrap_or(u64::MAX) {
                    return Ok(record);
                }
                "done"
            }
            RunState::Failed => "failed",
            RunState::Cancelled => "cancelled",
        };
        let sql = "UPDATE run SET state = $1, ended_by = $2, ended_at = $3 WHERE id = $4 AND state = 'open'";
        let step = u64::from(outcome.step);
        let params = [Param::Text(state.to_owned()), text(&caller.name), step.into(), run.0.into()];
        if self.execute(sql, &params).await? > 0 && state != "done" {
            self.execute("DELETE FROM message WHERE run = $1", &[run.0.into()]).await?;
        }
        self.run(caller, run).await
    }

    /// Keeps an envelope. `false` where it is here already.
    pub(super) async fn keep(
        &self,
        caller: &Caller,
        header: &Header,
        envelope: Vec<u8>,
    ) -> Result<bool, Refusal> {
        let run = self.run(caller, header.run).await?;
        if run.state != RunState::Open {
            return Err(Refusal::new(410, "run_ended", "the run has ended"));
        }
        if run.collab != header.collab {
            return Err(Refusal::new(
                422,
                "other_run",
                "the envelope names another collaboration than that of the run",
            ));
        }
        let receiver = "SELECT name FROM organization WHERE fingerprint = $1";
        let rows = self.query(receiver, &[header.receiver.0.into()]).await?;
        let receiver = rows.first().map(|row| row.text(0)).transpose()?;
        if !receiver.is_some_and(|name| run.parties.iter().any(|party| party.as_str() == name)) {
            return Err(Refusal::new(422, "unknown_receiver", "the receiver is no party of the run"));
        }
        let size = u64::try_from(envelope.len()).unwrap_or(u64::MAX);
        let sql = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM message WHERE receiver = $1";
        let rows = self.query(sql, &[header.receiver.0.into()]).await?;
        let waiting = rows.first().map_or(Ok(0), |row| row.number(0))?;
        if waiting.saturating_add(size) > self.limits.mailbox_bytes {
            return Err(Refusal::new(
                507,
                "mailbox_full",
                "the mailbox of the receiver is full: try again later",
            ));
        }
        let hash: [u8; 32] = Sha256::digest(&envelope).into();
        let sql = "INSERT INTO message (receiver, run, step, sender, seq, hash, size, envelope) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let params = [
            header.receiver.0.into(),
            header.run.0.into(),
            u64::from(header.step).into(),
            header.sender.0.into(),
            header.seq.into(),
            hash.into(),
            size.into(),
            Param::Bytes(envelope),
        ];
        match self.database.execute(sql, &params).await {
            Ok(_) => Ok(true),
            Err(StoreError::Exists) => {
                let sql = "SELECT hash FROM message WHERE receiver = $1 AND run = $2 AND step = $3 AND sender = $4 \
                           AND seq = $5";
                let rows = self.query(sql, params.get(..5).unwrap_or_default()).await?;
                match rows.first() {
                    Some(row) if row.array(0)? != hash => {
                        let message = "another envelope has this place: one place is used once";
                        Err(Refusal::new(409, "other_envelope", message))
                    }
                    _ => Ok(false),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The oldest messages for the caller, up to some megabytes.
    pub(super) async fn mail(
        &self,
        caller: &Caller,
        run: Option<RunId>,
        after: u64,
    ) -> Result<Vec<(u64, Vec<u8>)>, Refusal> {
        let (of_run, mut params) = (run.is_some(), vec![Param::from(caller.id.0), after.into()]);
        params.extend(run.map(|run| Param::from(run.0)));
        let condition = if of_run { " AND run = $3" } else { "" };
        let sql = format!(
            "SELECT id, size FROM message WHERE receiver = $1 AND id > $2{condition} ORDER BY id LIMIT 1000"
        );
        let (mut last, mut bytes) = (None, 0_u64);
        for row in &self.query(&sql, &params).await? {
            bytes = bytes.saturating_add(row.number(1)?);
            if last.is_some() && bytes > MAIL_BYTES {
                break;
            }
            last = Some(row.number(0)?);
        }
        let Some(last) = last else { return Ok(Vec::new()) };
        let place = params.len() + 1;
        params.push(last.into());
        let sql = format!(
            "SELECT id, envelope FROM message WHERE receiver = $1 AND id > $2{condition} AND id <= ${place} ORDER BY id"
        );
        let rows = self.query(&sql, &params).await?;
        rows.iter().map(|row| Ok((row.number(0)?, row.bytes(1)?))).collect()
    }

    pub(super) async fn forget(&self, caller: &Caller, message: u64) -> Result<bool, Refusal> {
        let sql = "DELETE FROM message WHERE id = $1 AND receiver = $2";
        Ok(self.execute(sql, &[message.into(), caller.id.0.into()]).await? > 0)
    }

    async fn query(&self, sql: &str, params: &[Param]) -> Result<Vec<Row>, Refusal> {
        Ok(self.database.query(sql, params).await?)
    }

    async fn execute(&self, sql: &str, params: &[Param]) -> Result<u64, Refusal> {
        Ok(self.database.execute(sql, params).await?)
    }
}

fn text(name: &OrgName) -> Param {
    Param::Text(name.to_string())
}

fn org_name(name: &str) -> Result<OrgName, StoreError> {
    OrgName::new(name).map_err(|_| StoreError::Other("name".to_owned()))
}

fn json(parties: &[OrgName]) -> Result<Param, StoreError> {
    serde_json::to_string(parties).map(Param::Text).map_err(|_| StoreError::Other("json".to_owned()))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|_| StoreError::Other("json".to_owned()).into())
}

fn entry(row: &Row) -> Result<Entry, Refusal> {
    from_json(&row.text(0)?)
}

fn read_run(row: &Row) -> Result<RunRecord, Refusal> {
    let state = match row.text(5)?.as_str() {
        "open" => RunState::Open,
        "done" => RunState::Done,
        "failed" => RunState::Failed,
        _ => RunState::Cancelled,
    };
    let ended_by = row.text(6)?;
    let ended_by = if ended_by.is_empty() { None } else { Some(org_name(&ended_by)?) };
    Ok(RunRecord {
        id: RunId(row.array(0)?),
        collab: CollabId(row.array(1)?),
        name: RunName::new(&row.text(2)?).map_err(|_| StoreError::Other("name".to_owned()))?,
        starter: org_name(&row.text(3)?)?,
        parties: from_json(&row.text(4)?)?,
        state,
        ended_at: ended_by
            .as_ref()
            .map(|_| u16::try_from(row.number(7)?).map_err(|_| StoreError::Other("step".to_owned())))
            .transpose()?,
        ended_by,
        expires: row.number(8)?,
    })
}

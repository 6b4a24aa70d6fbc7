//! How a node trusts keys, starts and joins runs, and ends them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::audit::Audit;
use super::past::Past;
use super::policy::Policy;
use crate::directory::{Directory, Entry};
use crate::envelope::{CollabId, RunId, SizeClass};
use crate::error::CollabError;
use crate::identity::{KeyStatement, Org, OrgName, Pins, RunName, write_private};
use crate::relay::{Collaboration, Relay, RunRecord, RunState};
use crate::run::{ANSWER, INVITATION, Invitation, Journal, Link, Party, Run, Terms};

/// The size of invitations.
const INVITATION_CLASS: SizeClass = SizeClass::LARGEST;

/// The node of an organisation.
pub struct Node {
    org: Arc<Org>,
    relay: Arc<dyn Relay>,
    policy: Policy,
    folder: PathBuf,
    past: Past,
    audit: Audit,
    trust: Mutex<Trust>,
}

struct Trust {
    pins: Pins,
    directory: Directory,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("org", self.org.name()).finish_non_exhaustive()
    }
}

/// What a party answers to an invitation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    accepted: bool,
}

impl Node {
    /// The node of an organisation, which keeps its state in a folder. It fetches the directory, checks it against the
    /// pins and against what it saw before, and publishes its own key where the directory does not have it.
    ///
    /// # Errors
    ///
    /// [`CollabError::Damaged`] where the relay lies about a key, [`CollabError::Unavailable`] where it does not answer,
    /// and [`CollabError::Settings`] where the folder cannot be used.
    pub async fn join(
        relay: Arc<dyn Relay>,
        org: Org,
        pins: Pins,
        policy: Policy,
        folder: &Path,
    ) -> Result<Self, CollabError> {
        let past = Past::open(folder)?;
        let mut pins = pins;
        if !pins.add(org.name().clone(), org.id()) {
            return Err(CollabError::Settings(format!(
                "the own organisation `{}` is pinned to another fingerprint: remove that pin, or use the right keys",
                org.name()
            )));
        }
        let audit = Audit::new(folder);
        let directory = seen_before(folder, &mut pins)?;
        let trust = Mutex::new(Trust { pins, directory });
        let node = Self { org: Arc::new(org), relay, policy, folder: folder.to_owned(), past, audit, trust };
        node.refresh().await?;
        let own = node.org.statement();
        let published = |node: &Self| node.trust().directory.statements().any(|known| known.key == own.key);
        if !published(&node) {
            node.relay.publish(&own).await?;
            node.refresh().await?;
            if !published(&node) {
                return Err(CollabError::Damaged(
                    "the relay took the key of this node and leaves it out of its directory".to_owned(),
                ));
            }
        }
        Ok(node)
    }

    fn trust(&self) -> MutexGuard<'_, Trust> {
        self.trust.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The organisation.
    pub fn org(&self) -> &Org {
        &self.org
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The keys of the organisations that are pinned.
    pub fn keys(&self) -> Vec<KeyStatement> {
        self.trust().directory.statements().cloned().collect()
    }

    /// Fetches what the directory has that is new, and verifies it.
    ///
    /// # Errors
    ///
    /// [`CollabError::Damaged`] where the relay lies. The audit file of the node gets a line then.
    pub async fn refresh(&self) -> Result<(), CollabError> {
        loop {
            let after = self.trust().directory.head();
            let page = self.relay.directory(after.number).await?;
            let extended = {
                let mut trust = self.trust();
                let Trust { pins, directory } = &mut *trust;
                if page.head.number < after.number {
                    Err(CollabError::Damaged(
                        "the relay shows less of its directory of keys than before".to_owned(),
                    ))
                } else {
                    directory.extend(&page.entries, pins)
                }
            };
            if let Err(error) = extended {
                self.audit.note("directory_refused", None, &error.to_string())?;
                return Err(error);
            }
            if page.entries.is_empty() {
                let head = self.trust().directory.head();
                if page.head != head {
                    let error =
                        CollabError::Damaged("the relay names a directory that it does not show".to_owned());
                    self.audit.note("directory_refused", None, &error.to_string())?;
                    return Err(error);
                }
                return self.save_directory();
            }
        }
    }

    fn save_directory(&self) -> Result<(), CollabError> {
        let entries = self.trust().directory.entries().to_vec();
        let text = serde_json::to_vec(&entries).unwrap_or_default();
        let (path, new) = (self.folder.join("directory.json"), self.folder.join("directory.json.new"));
        let failed = |error: std::io::Error| {
            CollabError::Settings(format!("{} cannot be written: {}", path.display(), error.kind()))
        };
        if fs::read(&path).is_ok_and(|known| known == text) {
            return Ok(());
        }
        match fs::remove_file(&new) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        write_private(&new, &text)?;
        fs::rename(&new, &path).map_err(failed)
    }

    fn parties(&self, names: &[OrgName]) -> Result<Vec<Party>, CollabError> {
        let trust = self.trust();
        names.iter().map(|name| Party::find(name, &trust.directory, &trust.pins)).collect()
    }

    fn link(&self, collab: CollabId, id: RunId, names: &[OrgName]) -> Result<Link, CollabError> {
        let journal = Journal::open(&self.folder, &self.org, id)?;
        Link::new(self.org.clone(), self.relay.clone(), self.parties(names)?, collab, id, journal)
    }

    /// Starts a run, or takes up the one of this name that a crash cut off. It invites the other parties and waits until
    /// all of them accepted.
    ///
    /// # Errors
    ///
    /// [`CollabError::Refused`] where a policy does not allow the terms, [`CollabError::Absent`] where a party does not
    /// answer in time, [`CollabError::Damaged`] where the relay lies about a key: then nothing was sent.
    pub async fn start(
        &self,
        collab: &Collaboration,
        mut terms: Terms,
        wait: Duration,
    ) -> Result<Run, CollabError> {
        terms.trust_on_first_use |= self.trust().pins.trusts_on_first_use();
        self.policy.check(self.org.name(), &terms, 0)?;
        self.wait_for_keys(&terms.parties, wait).await?;
        let resumed = self.resumable(collab.id, &terms.name).await?;
        let id = resumed.unwrap_or_else(|| RunId(rand::random()));
        self.policy.check(self.org.name(), &terms, self.past.of_the_day(Some(id))?)?;
        let link = self.link(collab.id, id, &terms.parties)?;
        let invitation = match link.journal.get("invitation") {
            Some(kept) => {
                let kept: Invitation = from_journal(&kept)?;
                // The end is counted from the first start.
                terms.expires = kept.terms.expires;
                if let Some(term) = kept.terms.difference(&terms) {
                    return Err(CollabError::Refused(format!(
                        "run {id} was started with another `{term}`: give the same again, or `nest-collab status --cancel {id}`"
                    )));
                }
                kept
            }
            None => Invitation { terms, directory: self.trust().directory.head() },
        };
        let bytes = serde_json::to_vec(&invitation).unwrap_or_default();
        link.journal.put("invitation", &bytes)?;
        if resumed.is_none() {
            self.past.note(id, collab.id, &invitation.terms.name, "begun")?;
            self.relay.collaborate(collab).await?;
            self.relay.start(&record(id, collab.id, &invitation.terms)).await?;
        }
        self.audit.note(if resumed.is_some() { "resumed" } else { "started" }, Some(id), "")?;
        let run = Run::new(link, invitation.terms)?;
        let others = || (0..run.terms().parties.len()).filter(|place| *place != run.place());
        let begun = async {
            for place in others() {
                run.link.send(run.terms_hash(), INVITATION, INVITATION_CLASS, place, &bytes).await?;
            }
            let until = Instant::now() + wait;
            for place in others() {
                let left = until.saturating_duration_since(Instant::now()).max(Duration::from_secs(1));
                let party = run.terms().parties.get(place).cloned();
                let party =
                    party.ok_or_else(|| CollabError::Refused("the run has no such party".to_owned()))?;
                let answer = run.receive(ANSWER, place, left).await?;
                let answer =
                    answer.ok_or_else(|| CollabError::Absent { party: party.clone(), step: INVITATION })?;
                let answer: Answer = serde_json::from_slice(&answer)
                    .map_err(|_| CollabError::Damaged(format!("`{party}` did not answer the invitation")))?;
                if !answer.accepted {
                    return Err(CollabError::Refused(format!(
                        "`{party}` refused the run: its own node says why"
                    )));
                }
            }
            Ok(())
        };
        match begun.await {
            Ok(()) => Ok(run),
            Err(error) => {
                self.fail(&run, INVITATION, &error).await?;
                Err(error)
            }
        }
    }

    /// Takes part in the run of a name that another party starts, or takes up the one that a crash cut off. `check` looks
    /// at the terms, beside the policy.
    ///
    /// # Errors
    ///
    /// As [`Node::start`]; and [`CollabError::Unavailable`] where no party starts such a run in time.
    pub async fn take_part(
        &self,
        collab: &Collaboration,
        name: &RunName,
        wait: Duration,
        check: impl FnOnce(&Terms) -> Result<(), CollabError>,
    ) -> Result<Run, CollabError> {
        self.wait_for_keys(&collab.parties, wait).await?;
        let record = self.find(collab.id, name, wait).await?;
        let id = record.id;
        let link = self.link(collab.id, id, &record.parties)?;
        let starter = record.parties.iter().position(|party| *party == record.starter);
        let starter = starter
            .ok_or_else(|| CollabError::Damaged("the run has a starter that is no party".to_owned()))?;
        let invitation = match link.journal.get("invitation") {
            Some(kept) => from_journal::<Invitation>(&kept)?,
            None => self.invitation(&link, starter, wait).await?,
        };
        let known = link.journal.get("invitation").is_some();
        let allowed = if known { Ok(()) } else { self.allow(&link, &invitation, &record, check) };
        if !known {
            self.past.note(id, collab.id, name, if allowed.is_ok() { "begun" } else { "refused" })?;
            let bytes = serde_json::to_vec(&invitation).unwrap_or_default();
            link.journal.put("invitation", &bytes)?;
        }
        let run = Run::new(link, invitation.terms)?;
        let answer = serde_json::to_vec(&Answer { accepted: allowed.is_ok() }).unwrap_or_default();
        run.send(ANSWER, starter, &answer).await?;
        match allowed {
            Ok(()) => {
                self.audit.note(if known { "resumed" } else { "joined" }, Some(id), "")?;
                Ok(run)
            }
            Err(error) => {
                self.audit.note("refused", Some(id), &error.to_string())?;
                run.link.journal.end()?;
                Err(error)
            }
        }
    }

    async fn invitation(
        &self,
        link: &Link,
        starter: usize,
        wait: Duration,
    ) -> Result<Invitation, CollabError> {
        let party = link.parties.get(starter).map(|party| party.name().clone());
        let party = party.ok_or_else(|| CollabError::Damaged("the run has no starter".to_owned()))?;
        let received = link.receive(INVITATION, starter, wait).await?;
        let received =
            received.ok_or_else(|| CollabError::Absent { party: party.clone(), step: INVITATION })?;
        let invitation: Invitation = serde_json::from_slice(&received.message)
            .map_err(|_| CollabError::Damaged(format!("the invitation of `{party}` cannot be read")))?;
        if invitation.terms.hash() != received.terms {
            return Err(CollabError::TermsDiffer { party, term: "terms".to_owned() });
        }
        Ok(invitation)
    }

    /// Whether the policy, the caller and the directory agree to an invitation.
    fn allow(
        &self,
        link: &Link,
        invitation: &Invitation,
        record: &RunRecord,
        check: impl FnOnce(&Terms) -> Result<(), CollabError>,
    ) -> Result<(), CollabError> {
        let terms = &invitation.terms;
        if terms.starter != record.starter || terms.parties != record.parties || terms.name != record.name {
            return Err(CollabError::Damaged(
                "the relay tells other parties of the run than its starter".to_owned(),
            ));
        }
        // The starter may have seen less of the directory than this node, and never another one.
        let seen = self.trust().directory.hash_of(invitation.directory.number);
        if seen.is_some_and(|hash| hash != invitation.directory.hash) {
            let error = CollabError::Damaged(format!(
                "the relay shows `{}` another directory of keys than this node",
                terms.starter
            ));
            self.audit.note("directory_refused", Some(link.id), &error.to_string())?;
            return Err(error);
        }
        let first_use = self.trust().pins.trusts_on_first_use();
        if first_use && !terms.trust_on_first_use {
            return Err(CollabError::Refused(
                "this node trusts on first use, and the terms of the run do not say so".to_owned(),
            ));
        }
        self.policy.check(self.org.name(), terms, self.past.of_the_day(Some(link.id))?)?;
        check(terms)
    }

    /// Waits until each party published a key that verifies.
    async fn wait_for_keys(&self, parties: &[OrgName], wait: Duration) -> Result<(), CollabError> {
        let until = Instant::now() + wait;
        loop {
            self.refresh().await?;
            match self.parties(parties) {
                Err(CollabError::Unavailable(_)) if Instant::now() < until => {
                    sleep(Duration::from_millis(500)).await;
                }
                found => return found.map(drop),
            }
        }
    }

    async fn find(&self, collab: CollabId, name: &RunName, wait: Duration) -> Result<RunRecord, CollabError> {
        let until = Instant::now() + wait;
        if let Some(id) = self.resumable(collab, name).await? {
            return self.relay.run(id).await;
        }
        loop {
            for run in self.relay.open_runs(collab, Some(name)).await? {
                if self.past.ended(run.id)?.is_none() {
                    return Ok(run);
                }
            }
            if Instant::now() >= until {
                return Err(CollabError::Unavailable(format!("no party started a run `{name}` in time")));
            }
            sleep(Duration::from_millis(300)).await;
        }
    }

    /// The run of a name that a crash cut off here and that is still open. One that ended meanwhile is ended here too.
    async fn resumable(&self, collab: CollabId, name: &RunName) -> Result<Option<RunId>, CollabError> {
        while let Some(known) = self.past.under_way(collab, name)? {
            match self.relay.run(known.run).await {
                Ok(record) if record.state == RunState::Open => return Ok(Some(known.run)),
                Err(error @ CollabError::Unavailable(_)) => return Err(error),
                // It ended elsewhere, or the relay never heard of it.
                _ => {
                    self.past.note(known.run, collab, name, "failed")?;
                    Journal::open(&self.folder, &self.org, known.run)?.end()?;
                    self.audit.note("ended_elsewhere", Some(known.run), "")?;
                }
            }
        }
        Ok(None)
    }

    /// Ends a run that is done at this party. Nothing of it is kept but that it was.
    ///
    /// # Errors
    ///
    /// What the disk refuses. A relay that does not answer is left to find out by itself.
    pub async fn finish(&self, run: &Run) -> Result<(), CollabError> {
        self.past.note(run.id(), run.link.collab, &run.terms().name, "done")?;
        // The result is here: a relay that does not answer takes nothing from it.
        if let Err(error) = run.tell_end(RunState::Done, 0).await {
            tracing::warn!(run = %run.id(), %error, "the relay was not told that the run is done");
        }
        self.audit.note("done", Some(run.id()), "")?;
        run.link.journal.end()
    }

    /// Ends a run that failed at this party, for all parties.
    ///
    /// # Errors
    ///
    /// What the disk refuses. A relay that does not answer is left to find out by itself.
    pub async fn fail(&self, run: &Run, step: u16, why: &CollabError) -> Result<(), CollabError> {
        self.past.note(run.id(), run.link.collab, &run.terms().name, "failed")?;
        self.audit.note("failed", Some(run.id()), &why.to_string())?;
        if let Err(error) = run.tell_end(RunState::Failed, step).await {
            tracing::warn!(run = %run.id(), %error, "the relay was not told that the run failed");
        }
        run.link.journal.end()
    }

    /// The names of the open runs that others started and that this node did not end.
    ///
    /// # Errors
    ///
    /// What the relay refuses.
    pub async fn open_runs(&self, collab: &Collaboration) -> Result<Vec<RunName>, CollabError> {
        let mut names = Vec::new();
        for run in self.relay.open_runs(collab.id, None).await? {
            let others = run.starter != *self.org.name() && self.past.ended(run.id)?.is_none();
            if others && !names.contains(&run.name) {
                names.push(run.name);
            }
        }
        Ok(names)
    }

    /// The runs that this node knows: number, name and state.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn runs(&self) -> Result<Vec<(RunId, RunName, String)>, CollabError> {
        Ok(self.past.newest()?.into_iter().map(|known| (known.run, known.name, known.state)).collect())
    }
}

fn from_journal<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, CollabError> {
    serde_json::from_slice(bytes)
        .map_err(|_| CollabError::Damaged("the journal of the run is of another version".to_owned()))
}

fn record(id: RunId, collab: CollabId, terms: &Terms) -> RunRecord {
    RunRecord {
        id,
        collab,
        name: terms.name.clone(),
        starter: terms.starter.clone(),
        parties: terms.parties.clone(),
        state: RunState::Open,
        ended_by: None,
        ended_at: None,
        expires: terms.expires,
    }
}

/// What the node saw of the directory before, which the relay cannot change any more.
fn seen_before(folder: &Path, pins: &mut Pins) -> Result<Directory, CollabError> {
    let path = folder.join("directory.json");
    let mut directory = Directory::default();
    match fs::read(&path) {
        Ok(text) => {
            let entries: Vec<Entry> = serde_json::from_slice(&text)
                .map_err(|_| CollabError::Damaged(format!("{} was changed", path.display())))?;
            directory.extend(&entries, pins)?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(CollabError::Settings(format!(
                "{} cannot be read: {}",
                path.display(),
                error.kind()
            )));
        }
    }
    Ok(directory)
}

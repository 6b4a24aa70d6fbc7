//! A run at one party: what it sends and receives, and how it ends.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep, timeout};
use zeroize::Zeroizing;

use super::inbox::Inbox;
use super::{Journal, Party, Terms};
use crate::directory::Head;
use crate::envelope::{CollabId, EnvelopeError, Header, RunId, Sealing, SizeClass, TermsHash, seal};
use crate::error::CollabError;
use crate::identity::{Org, OrgName};
use crate::relay::{Outcome, Relay, RunState};

/// The step of the invitation, from the starter to each party.
pub(crate) const INVITATION: u16 = 0;
/// The step of the answer, from each party to the starter.
pub(crate) const ANSWER: u16 = 0xffff;
/// Steps with this bit tell how the step of the same number ended.
pub(crate) const REPORT: u16 = 0x8000;

/// How long the relay is asked at once for messages.
const POLL: Duration = Duration::from_secs(20);
/// How long sending is tried again where the relay does not answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the starter sends first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    /// The terms.
    pub(crate) terms: Terms,
    /// The newest entry of the directory that the starter saw: a relay that shows others another directory is found out.
    pub(crate) directory: Head,
}

/// The messages of a run, before and after its terms are known.
pub(crate) struct Link {
    pub(crate) org: Arc<Org>,
    pub(crate) relay: Arc<dyn Relay>,
    pub(crate) parties: Vec<Party>,
    pub(crate) collab: CollabId,
    pub(crate) id: RunId,
    pub(crate) journal: Journal,
    inbox: Mutex<Inbox>,
    read: Mutex<HashMap<(u16, usize), usize>>,
    sent: Mutex<HashMap<(u16, usize), (usize, u64)>>,
    refused: Mutex<HashMap<OrgName, CollabError>>,
    fetching: tokio::sync::Mutex<()>,
}

/// A run at one party.
pub struct Run {
    pub(crate) link: Link,
    pub(crate) terms: Terms,
    hash: TermsHash,
    names: Vec<String>,
    me: usize,
    starter: usize,
    failure: Mutex<Option<CollabError>>,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("id", &self.link.id)
            .field("name", &self.terms.name)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Link {
    pub(crate) fn new(
        org: Arc<Org>,
        relay: Arc<dyn Relay>,
        parties: Vec<Party>,
        collab: CollabId,
        id: RunId,
        journal: Journal,
    ) -> Result<Self, CollabError> {
        let inbox = Mutex::new(Inbox::new(collab, id, &journal)?);
        Ok(Self {
            org,
            relay,
            parties,
            collab,
            id,
            journal,
            inbox,
            read: Mutex::default(),
            sent: Mutex::default(),
            refused: Mutex::default(),
            fetching: tokio::sync::Mutex::new(()),
        })
    }

    /// Seals a message and gives it to the relay. A party that is started again sends its messages again; each has to be
    /// the one that was sent before, and arrives once.
    pub(crate) async fn send(
        &self,
        terms: TermsHash,
        step: u16,
        class: SizeClass,
        to: usize,
        message: &[u8],
    ) -> Result<(), CollabError> {
        let party = self.parties.get(to);
        let party = party.ok_or_else(|| CollabError::Refused("the run has no such party".to_owned()))?;
        let (number, seq) = *lock(&self.sent).entry((step, to)).or_default();
        let digest: [u8; 32] = Sha256::digest(message).into();
        let name = format!("out/{step:04x}/{to:04x}/{number:08x}");
        match self.journal.get(&name) {
            Some(before) if before.as_slice() != digest => {
                return Err(CollabError::Aborted(format!(
                    "another message was sent to `{}` in step {step} before the restart: the run cannot go on",
                    party.name
                )));
            }
            Some(_) => {}
            None => self.journal.put(&name, &digest)?,
        }
        let refused = |error| CollabError::Envelope { party: Some(party.name.clone()), error };
        let header = Header {
            collab: self.collab,
            run: self.id,
            terms,
            step,
            sender: self.org.id(),
            receiver: party.id,
            seq,
            class,
            keys: 1,
        };
        let sealing = Sealing { header, identity: self.org.identity(), keys: &party.keys };
        let envelopes = seal(&sealing, message).map_err(refused)?;
        for envelope in &envelopes {
            self.post(envelope).await?;
        }
        let parts = u64::try_from(envelopes.len()).unwrap_or(u64::MAX);
        lock(&self.sent).insert((step, to), (number + 1, seq.saturating_add(parts)));
        Ok(())
    }

    async fn post(&self, envelope: &[u8]) -> Result<(), CollabError> {
        let until = Instant::now() + PATIENCE;
        let mut pause = Duration::from_millis(100);
        loop {
            match self.relay.post(self.id, envelope).await {
                Err(CollabError::Unavailable(_)) if Instant::now() < until => sleep(pause).await,
                answer => return answer,
            }
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    /// Waits for the next message of a step from a party: its terms, its class and its bytes.
    pub(crate) async fn receive(
        &self,
        step: u16,
        from: usize,
        within: Duration,
    ) -> Result<Option<Arc<super::inbox::Received>>, CollabError> {
        let number = lock(&self.read).get(&(step, from)).copied().unwrap_or(0);
        let arrived = || lock(&self.inbox).message(step, from, number);
        let until = Instant::now() + within;
        let waiting = async {
            loop {
                if let Some(message) = arrived() {
                    return Ok(message);
                }
                let guard = self.fetching.lock().await;
                if let Some(message) = arrived() {
                    return Ok(message);
                }
                // Nothing that this party sends is taken for right once something in its name did not verify.
                if let Some(error) = self.refusal(from) {
                    return Err(error);
                }
                let left = until.saturating_duration_since(Instant::now());
                self.fetch(left.min(POLL)).await?;
                drop(guard);
            }
        };
        match timeout(within, waiting).await {
            Ok(Ok(message)) => {
                lock(&self.read).insert((step, from), number + 1);
                Ok(Some(message))
            }
            Ok(Err(error)) => Err(error),
            Err(_) => self.refusal(from).map_or(Ok(None), Err),
        }
    }

    /// Why a message in the name of a party was refused, where one was.
    fn refusal(&self, from: usize) -> Option<CollabError> {
        lock(&self.refused).get(&self.parties.get(from)?.name).cloned()
    }

    /// Fetches messages from the relay once. What does not verify is noted and left out.
    async fn fetch(&self, wait: Duration) -> Result<(), CollabError> {
        let mail = match self.relay.mailbox(self.id, wait).await {
            Ok(mail) => mail,
            Err(CollabError::Unavailable(_)) => {
                sleep(Duration::from_millis(500)).await;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let empty = mail.messages.is_empty();
        for (id, bytes) in mail.messages {
            let accepted = lock(&self.inbox).accept(&bytes, &self.org, &self.parties, &self.journal);
            match accepted {
                Ok(new) => {
                    if !new {
                        tracing::warn!(run = %self.id, "the relay repeated a message");
                    }
                }
                Err(CollabError::Envelope { party, error }) => {
                    tracing::warn!(run = %self.id, ?party, %error, "a message was refused");
                    if let Some(name) = party.clone() {
                        lock(&self.refused).entry(name).or_insert(CollabError::Envelope { party, error });
                    }
                }
                Err(error) => return Err(error),
            }
            // Where the relay does not hear it, the message comes again and is known.
            match self.relay.forget(id).await {
                Ok(()) | Err(CollabError::Unavailable(_)) => {}
                Err(error) => return Err(error),
            }
        }
        match (mail.run.state, mail.run.ended_by) {
            (RunState::Failed, Some(party)) => {
                let step = mail.run.ended_at.unwrap_or_default();
                Err(CollabError::Aborted(format!("`{party}` ended the run: it failed at step {step}")))
            }
            (RunState::Cancelled, Some(party)) => {
                Err(CollabError::Aborted(format!("`{party}` cancelled the run")))
            }
            (RunState::Failed | RunState::Cancelled, None) => {
                Err(CollabError::Aborted("the time of the run is over".to_owned()))
            }
            (RunState::Done, _) if empty => Err(CollabError::Aborted("the run is done".to_owned())),
            _ => Ok(()),
        }
    }
}

impl Run {
    pub(crate) fn new(link: Link, terms: Terms) -> Result<Self, CollabError> {
        let place = |name: &OrgName| link.parties.iter().position(|party| party.name == *name);
        let missing = || CollabError::Refused("the terms name other parties than the run has".to_owned());
        let me = place(link.org.name()).ok_or_else(missing)?;
        let starter = place(&terms.starter).ok_or_else(missing)?;
        let names: Vec<String> = link.parties.iter().map(|party| party.name.to_string()).collect();
        if !terms.parties.iter().map(OrgName::as_str).eq(names.iter().map(String::as_str)) {
            return Err(missing());
        }
        let hash = terms.hash();
        Ok(Self { link, terms, hash, names, me, starter, failure: Mutex::new(None) })
    }

    /// The number of the run.
    pub fn id(&self) -> RunId {
        self.link.id
    }

    /// The terms.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The hash of the terms.
    pub fn terms_hash(&self) -> TermsHash {
        self.hash
    }

    /// The place of this party among the parties.
    pub fn place(&self) -> usize {
        self.me
    }

    /// The place of the party that started the run.
    pub fn starter_place(&self) -> usize {
        self.starter
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn party(&self, place: usize) -> Option<&Party> {
        self.link.parties.get(place)
    }

    fn class(&self, step: u16) -> Option<SizeClass> {
        match step {
            INVITATION => Some(SizeClass::LARGEST),
            ANSWER => Some(SizeClass::SMALLEST),
            step if step & REPORT != 0 => Some(SizeClass::SMALLEST),
            step => self.terms.class(step),
        }
    }

    /// Sends a message of a step to the party at a place.
    ///
    /// # Errors
    ///
    /// [`CollabError::Envelope`] where the run has no such step, and what the relay refuses.
    pub async fn send(&self, step: u16, to: usize, message: &[u8]) -> Result<(), CollabError> {
        let unknown = || CollabError::Envelope { party: None, error: EnvelopeError::UnknownStep };
        let class = self.class(step).ok_or_else(unknown)?;
        self.note(self.link.send(self.hash, step, class, to, message).await)
    }

    /// Waits for the next message of a step from the party at a place; `None` where it does not come in time.
    ///
    /// # Errors
    ///
    /// [`CollabError::Aborted`] where the run ended, [`CollabError::TermsDiffer`], and [`CollabError::Envelope`] where the
    /// message came and did not verify.
    pub async fn receive(
        &self,
        step: u16,
        from: usize,
        within: Duration,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, CollabError> {
        let received = self.note(self.link.receive(step, from, within).await)?;
        let Some(received) = received else { return Ok(None) };
        let party = self.party(from).map(|party| party.name.clone());
        if received.terms != self.hash {
            let party = party.unwrap_or_else(|| self.link.org.name().clone());
            return self.note(Err(CollabError::TermsDiffer { party, term: "terms".to_owned() }));
        }
        if self.class(step).is_none_or(|class| class.number() != received.class) {
            return self.note(Err(CollabError::Envelope { party, error: EnvelopeError::Size }));
        }
        Ok(Some(received.message.clone()))
    }

    /// Keeps the first failure, which says more than what follows from it.
    pub(crate) fn note<T>(&self, result: Result<T, CollabError>) -> Result<T, CollabError> {
        if let Err(error) = &result {
            lock(&self.failure).get_or_insert_with(|| error.clone());
        }
        result
    }

    /// The first failure of the run at this party.
    pub fn failure(&self) -> Option<CollabError> {
        lock(&self.failure).clone()
    }

    /// Tells the relay how the run ended at this party.
    pub(crate) async fn tell_end(&self, state: RunState, step: u16) -> Result<(), CollabError> {
        let outcome = Outcome { state, step };
        match self.link.relay.end(self.link.id, outcome).await {
            Ok(()) | Err(CollabError::Aborted(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

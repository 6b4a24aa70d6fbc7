//! A relay that lies once: it stands between a node and the real relay, and changes one message.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use nest_collab::CollabError;
use nest_collab::envelope::{CollabId, RunId};
use nest_collab::identity::{KeyStatement, RunName};
use nest_collab::relay::{Collaboration, DirectoryPage, HttpRelay, Mail, Outcome, Relay, RunRecord};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    Alter(usize),
    Drop,
    Repeat,
    Reorder,
    Redirect,
}

/// What the liar does, at which of all messages, and what it holds back.
#[derive(Debug)]
pub(crate) struct Plot {
    pub(crate) lie: Lie,
    pub(crate) at: usize,
    pub(crate) seen: usize,
    pub(crate) done: bool,
    pub(crate) held: Vec<(usize, u64, Vec<u8>)>,
    pub(crate) known: Vec<u64>,
}

impl Plot {
    pub(crate) fn new(lie: Lie, at: usize) -> Arc<Mutex<Self>> {
        let plot = Self { lie, at, seen: 0, done: false, held: Vec::new(), known: Vec::new() };
        Arc::new(Mutex::new(plot))
    }
}

pub(crate) struct Liar {
    pub(crate) real: HttpRelay,
    pub(crate) place: usize,
    pub(crate) plot: Arc<Mutex<Plot>>,
}

impl Liar {
    fn tamper(&self, messages: Vec<(u64, Vec<u8>)>) -> Vec<(u64, Vec<u8>)> {
        let mut plot = self.plot.lock().unwrap();
        let mut given = Vec::new();
        for (id, bytes) in messages {
            if plot.known.contains(&id) {
                given.push((id, bytes));
                continue;
            }
            plot.known.push(id);
            plot.seen += 1;
            if plot.done || plot.seen != plot.at + 1 {
                given.push((id, bytes));
                continue;
            }
            plot.done = true;
            match plot.lie {
                Lie::Alter(place) => {
                    let mut changed = bytes;
                    let place = place % changed.len();
                    changed[place] ^= 0x10;
                    given.push((id, changed));
                }
                // The real relay still has it: it is given an empty message, and forgets the real one.
                Lie::Drop => given.push((id, Vec::new())),
                Lie::Repeat => {
                    given.push((id, bytes.clone()));
                    given.push((id, bytes));
                }
                Lie::Reorder => plot.held.push((self.place, id, bytes)),
                Lie::Redirect => {
                    given.push((id, Vec::new()));
                    plot.held.push((usize::MAX - self.place, id, bytes));
                }
            }
        }
        // What was held back comes after the next message, or to somebody else.
        let place = self.place;
        let ready = |(to, _, _): &(usize, u64, Vec<u8>)| {
            if *to > 1000 { usize::MAX - *to != place } else { *to == place }
        };
        if !given.is_empty() || plot.lie == Lie::Redirect {
            while let Some(found) = plot.held.iter().position(ready) {
                let (_, id, bytes) = plot.held.remove(found);
                given.push((id, bytes));
            }
        }
        given
    }
}

#[async_trait]
impl Relay for Liar {
    async fn directory(&self, after: u64) -> Result<DirectoryPage, CollabError> {
        self.real.directory(after).await
    }

    async fn publish(&self, statement: &KeyStatement) -> Result<(), CollabError> {
        self.real.publish(statement).await
    }

    async fn collaborate(&self, collaboration: &Collaboration) -> Result<(), CollabError> {
        self.real.collaborate(collaboration).await
    }

    async fn start(&self, run: &RunRecord) -> Result<(), CollabError> {
        self.real.start(run).await
    }

    async fn open_runs(
        &self,
        collab: CollabId,
        name: Option<&RunName>,
    ) -> Result<Vec<RunRecord>, CollabError> {
        self.real.open_runs(collab, name).await
    }

    async fn run(&self, run: RunId) -> Result<RunRecord, CollabError> {
        self.real.run(run).await
    }

    async fn end(&self, run: RunId, outcome: Outcome) -> Result<(), CollabError> {
        self.real.end(run, outcome).await
    }

    async fn post(&self, run: RunId, envelope: &[u8]) -> Result<(), CollabError> {
        self.real.post(run, envelope).await
    }

    async fn mailbox(&self, run: RunId, wait: Duration) -> Result<Mail, CollabError> {
        let mut mail = self.real.mailbox(run, wait).await?;
        mail.messages = self.tamper(mail.messages);
        if mail.messages.is_empty() {
            // A message that is held back is still at the real relay, which answers at once.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(mail)
    }

    async fn forget(&self, message: u64) -> Result<(), CollabError> {
        self.real.forget(message).await
    }
}

//! The node's side of a program, in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use nest_collab::confine::{Program, Refusal, Steps};
use serde_json::Value as Json;
use tokio::sync::Notify;

/// The messages between the programs of all parties: by step, sender and receiver.
#[derive(Default)]
pub(crate) struct Hub {
    messages: Mutex<HashMap<(u16, String, String), Json>>,
    news: Notify,
}

/// One party.
pub(crate) struct Seat {
    pub(crate) me: &'static str,
    pub(crate) hub: Arc<Hub>,
    pub(crate) kept: HashMap<String, Vec<Json>>,
}

impl Seat {
    pub(crate) fn alone() -> Self {
        Self { me: "a", hub: Arc::default(), kept: HashMap::new() }
    }
}

#[async_trait]
impl Steps for Seat {
    async fn send(&mut self, step: u16, to: &str, message: Json) -> Result<(), Refusal> {
        self.hub.messages.lock().unwrap().insert((step, self.me.to_owned(), to.to_owned()), message);
        self.hub.news.notify_waiters();
        Ok(())
    }

    async fn receive(&mut self, step: u16, from: &str) -> Result<Json, Refusal> {
        loop {
            let news = self.hub.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let key = (step, from.to_owned(), self.me.to_owned());
            if let Some(message) = self.hub.messages.lock().unwrap().remove(&key) {
                return Ok(message);
            }
            news.await;
        }
    }

    async fn put(&mut self, name: &str, value: Json) -> Result<u64, Refusal> {
        let versions = self.kept.entry(name.to_owned()).or_default();
        versions.push(value);
        Ok(versions.len() as u64)
    }

    async fn take(&mut self, name: &str) -> Result<Option<Json>, Refusal> {
        Ok(self.kept.remove(name).and_then(|mut versions| versions.pop()))
    }
}

/// A program with half a minute and 512 MiB, without a directory yet.
pub(crate) fn program(command: &[&str]) -> Program {
    Program {
        launcher: env!("CARGO_BIN_EXE_nest-confine").into(),
        command: command.iter().map(Into::into).collect(),
        folder: std::path::PathBuf::new(),
        reads: Vec::new(),
        memory: 512 << 20,
        time: Duration::from_secs(30),
    }
}

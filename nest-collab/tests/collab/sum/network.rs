//! A run in memory: messages, identities and stores of all parties, with parties that vanish.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nest_collab::sum::pairwise::Signatures;
use nest_collab::sum::{RawSums, SumError, SumMode, SumPlan, SumRecords, SumRun, SumTerms, secure_sum};
use nest_core::value::PlainRecord;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use zeroize::Zeroizing;

/// A message that was sent: its step, its sender, its receiver, and its bytes.
pub(crate) type Sent = (u16, usize, usize, Vec<u8>);

#[derive(Default)]
struct Mail {
    queues: HashMap<(u16, usize, usize), Vec<Vec<u8>>>,
    sent: Vec<Sent>,
}

/// What all parties of a run have in common.
pub(crate) struct Network {
    names: Vec<String>,
    run: [u8; 16],
    mail: Mutex<Mail>,
    news: Notify,
    stores: Mutex<HashMap<(usize, String), Vec<u8>>>,
}

/// One party of a run.
pub(crate) struct Member {
    network: Arc<Network>,
    me: usize,
    terms: [u8; 32],
    /// The party vanishes when it would send its next message after so many.
    vanishes_after: Option<usize>,
    sends: Mutex<usize>,
    /// How many messages of a step and a sender were read: a party that is started again reads all of them again.
    read: Mutex<HashMap<(u16, usize), usize>>,
}

pub(crate) const VANISHED: &str = "the process was killed";

impl Network {
    pub(crate) fn new(parties: usize) -> Arc<Self> {
        Arc::new(Self {
            names: (0..parties).map(|party| format!("org-{party}")).collect(),
            run: rand::random(),
            mail: Mutex::default(),
            news: Notify::new(),
            stores: Mutex::default(),
        })
    }

    pub(crate) fn member(self: &Arc<Self>, me: usize, vanishes_after: Option<usize>) -> Member {
        Member {
            network: self.clone(),
            me,
            terms: [7; 32],
            vanishes_after,
            sends: Mutex::new(0),
            read: Mutex::default(),
        }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.mail.lock().unwrap().sent.clone()
    }

    fn key(&self, party: usize) -> [u8; 32] {
        Sha256::new().chain_update(self.run).chain_update(party.to_be_bytes()).finalize().into()
    }
}

impl Signatures for Member {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        Sha256::new().chain_update(self.network.key(self.me)).chain_update(message).finalize().to_vec()
    }

    fn verify(&self, party: usize, message: &[u8], signature: &[u8]) -> bool {
        let expected = Sha256::new().chain_update(self.network.key(party)).chain_update(message).finalize();
        expected.as_slice() == signature
    }
}

impl SumRun for Member {
    fn parties(&self) -> &[String] {
        &self.network.names
    }

    fn me(&self) -> usize {
        self.me
    }

    fn starter(&self) -> usize {
        0
    }

    fn run(&self) -> [u8; 16] {
        self.network.run
    }

    fn terms(&self) -> [u8; 32] {
        self.terms
    }

    async fn send(&self, step: u16, to: usize, message: Vec<u8>) -> Result<(), SumError> {
        let mut sends = self.sends.lock().unwrap();
        if self.vanishes_after == Some(*sends) {
            return Err(SumError::Run(VANISHED.to_owned()));
        }
        *sends += 1;
        let mut mail = self.network.mail.lock().unwrap();
        mail.queues.entry((step, self.me, to)).or_default().push(message.clone());
        mail.sent.push((step, self.me, to, message));
        self.network.news.notify_waiters();
        Ok(())
    }

    async fn receive(&self, step: u16, from: usize, within: Duration) -> Result<Option<Vec<u8>>, SumError> {
        let message = async {
            loop {
                let news = self.network.news.notified();
                tokio::pin!(news);
                news.as_mut().enable();
                let message = {
                    let mail = self.network.mail.lock().unwrap();
                    let mut read = self.read.lock().unwrap();
                    let place = read.entry((step, from)).or_default();
                    let message = mail.queues.get(&(step, from, self.me)).and_then(|queue| queue.get(*place));
                    *place += usize::from(message.is_some());
                    message.cloned()
                };
                match message {
                    Some(message) => return message,
                    None => news.await,
                }
            }
        };
        Ok(tokio::time::timeout(within, message).await.ok())
    }

    async fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), SumError> {
        self.network.stores.lock().unwrap().insert((self.me, name.to_owned()), bytes.to_vec());
        Ok(())
    }

    async fn kept(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SumError> {
        let stores = self.network.stores.lock().unwrap();
        Ok(stores.get(&(self.me, name.to_owned())).cloned().map(Zeroizing::new))
    }
}

/// Runs a sum at all parties at once; the ones that vanish do so after so many messages.
pub(crate) async fn sum(
    network: &Arc<Network>,
    plan: &Arc<SumPlan>,
    records: &[Vec<PlainRecord>],
    terms: &SumTerms,
    vanish: &HashMap<usize, usize>,
) -> Vec<Result<Option<RawSums>, SumError>> {
    let tasks: Vec<_> = (records.iter().cloned().enumerate())
        .map(|(me, records)| {
            let (plan, mut terms) = (plan.clone(), terms.clone());
            let member = network.member(me, vanish.get(&me).copied());
            if let SumMode::Prio3 { minimum, .. } = &mut terms.mode {
                *minimum += me as u64 % 2;
            }
            tokio::spawn(async move {
                let mut own = SumRecords::new(&plan, &terms.mode);
                for record in &records {
                    own.add_plain(record)?;
                }
                secure_sum(&member, &plan, own, &terms).await
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

//! The step between two parties: from one domain and session to another, blindly.

use std::fmt;
use std::sync::Arc;

use libpep::client::distributed::make_session_keys_distributed;
use libpep::data::json::EncryptedPEPJSONValue;
use libpep::factors::{EncryptionContext, EncryptionSecret, PseudonymizationSecret};
use libpep::keys::distribution::{BlindedGlobalKeys, make_distributed_global_keys};
use libpep::transcryptor::DistributedTranscryptor;
use rand::Rng;

use crate::{Batch, Domain, JsonBatch, PepRecord, Sealed, SealedJson, Session, SessionIds};

/// The service that lets one party open what another has sealed, without reading any of it.
///
/// The *receiver* calls it. Each transcryptor holds a part of the secrets, and all of them are needed: for one
/// alone, everything stays ciphertext.
///
/// # Privacy
///
/// A transcryptor learns the two domains, the record's shape and the number of records. It does not rerandomise
/// (libpep 0.12): see [`Batch`].
pub trait Transcryption: Send + Sync {
    /// This party's session, started where there is none.
    ///
    /// # Errors
    ///
    /// A [`TranscryptionError`] where a transcryptor cannot be reached or refuses.
    fn session(&self) -> impl Future<Output = Result<Session, TranscryptionError>> + Send;

    /// Turns a batch into this party's domain `to` and session, in an order that the transcryptors choose, and
    /// returns it with the session that opens it.
    ///
    /// # Errors
    ///
    /// A [`TranscryptionError`]; the batch is then gone, and nothing has been learnt from it.
    fn transcrypt<R: PepRecord + 'static>(
        &self,
        batch: Batch<R>,
        to: &Domain,
    ) -> impl Future<Output = Result<(Batch<R>, Session), TranscryptionError>> + Send;

    /// As [`transcrypt`](Self::transcrypt), and hands each part of the batch on as soon as it has come, while others
    /// are still under way: to open one while the next is transcrypted. Returns what `then` made of the parts, in
    /// the order in which they came, and the session that opens them. Of a batch of none there are no parts.
    ///
    /// Where it has to be done again, all parts come again, and what was made of the first ones is dropped. So do
    /// nothing with a part that cannot be done twice.
    ///
    /// # Errors
    ///
    /// As [`transcrypt`](Self::transcrypt).
    fn transcrypt_parts<R, O, F, Fut>(
        &self,
        batch: Batch<R>,
        to: &Domain,
        then: F,
    ) -> impl Future<Output = Result<(Vec<O>, Session), TranscryptionError>> + Send
    where
        R: PepRecord + 'static,
        O: Send + 'static,
        F: Fn(Batch<R>, Session) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = O> + Send + 'static,
    {
        async move {
            let (batch, session) = self.transcrypt(batch, to).await?;
            let parts = if batch.is_empty() { Vec::new() } else { vec![then(batch, session.clone()).await] };
            Ok((parts, session))
        }
    }

    /// As [`transcrypt`](Self::transcrypt), for values in libpep's own JSON that no record declares. For
    /// interoperation with other programs: see [`SealedJson`].
    ///
    /// # Errors
    ///
    /// As [`transcrypt`](Self::transcrypt).
    fn transcrypt_json(
        &self,
        batch: JsonBatch,
        to: &Domain,
    ) -> impl Future<Output = Result<(JsonBatch, Session), TranscryptionError>> + Send;

    /// Whether each transcryptor can be used now, as far as is known without asking: for a page of health, and
    /// for refusing work that would fail. Empty, where nothing is known of transcryptors.
    ///
    /// # Privacy
    ///
    /// It gives the transcryptors' names, and nothing of what passes through them.
    fn health(&self) -> Vec<TranscryptorHealth> {
        Vec::new()
    }

    /// Ends this party's session at the transcryptors, where there is one. To be called when nothing is under way,
    /// before the process ends; the next use starts a new session. A program that still holds the ended [`Session`] can
    /// open what was sealed in it. Does nothing, unless the service says otherwise.
    ///
    /// # Errors
    ///
    /// A [`TranscryptionError`] where a transcryptor was not told. The session is given up here all the same.
    fn end(&self) -> impl Future<Output = Result<(), TranscryptionError>> + Send {
        async { Ok(()) }
    }
}

/// What is known of one transcryptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscryptorHealth {
    /// Its name in the configuration.
    pub name: String,
    /// Whether it answered rightly when it was last called. While it did not, transcryption fails at once.
    pub up: bool,
}

/// Why a transcryption failed. It carries no text of the service, which may quote what it was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TranscryptionError {
    /// A transcryptor cannot be reached, or failed.
    Unavailable,
    /// A transcryptor does not know this party, or does not allow it this pair of domains.
    Denied,
    /// The batch names no session at a transcryptor, or a session has ended.
    NoSession,
    /// A transcryptor refused the batch itself.
    Refused,
    /// A transcryptor answered with something else than this batch in another form.
    Answer,
    /// The transcryptors' addresses or keys are not those of the configuration.
    Configuration,
    /// This process has no open file left for a connection to a transcryptor. The transcryptors may be well.
    NoFiles,
}

impl fmt::Display for TranscryptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TranscryptionError::Unavailable => "a transcryptor cannot be reached, or failed",
            TranscryptionError::Denied => "a transcryptor does not allow this party these domains",
            TranscryptionError::NoSession => "a session is missing or has ended",
            TranscryptionError::Refused => "a transcryptor refused the batch",
            TranscryptionError::Answer => "a transcryptor's answer is not the batch that was sent",
            TranscryptionError::NoFiles => {
                "this process has no open file left for a connection to a transcryptor: raise the limit (`ulimit -n`)"
            }
            TranscryptionError::Configuration => {
                "the transcryptors are not those of the configuration: check their names, urls \
                 (https, unless plain http was asked for) and keys"
            }
        })
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for TranscryptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for TranscryptionError {}

/// Transcryption in this process: the real mathematics, without a network.
///
/// One value is one party. For tests and for work offline; its holder has the secrets of all
/// transcryptors, so it separates nothing in production.
#[derive(Clone)]
pub struct InProcess {
    systems: Arc<Systems>,
    session: Session,
}

struct Systems {
    global: BlindedGlobalKeys,
    transcryptors: Vec<(String, DistributedTranscryptor)>,
}

impl InProcess {
    /// A first party, with as many new transcryptors as asked for: 1 to 16, other numbers are brought within.
    pub fn new(transcryptors: usize) -> Self {
        let count = transcryptors.clamp(1, SessionIds::MAX);
        let rng = &mut rand::rng();
        let (_, global, blinding) = make_distributed_global_keys(count, rng);
        let transcryptors = blinding
            .into_iter()
            .enumerate()
            .map(|(i, blinding)| {
                let secret = |rng: &mut dyn Rng| {
                    let mut secret = vec![0; 32];
                    rng.fill_bytes(&mut secret);
                    secret
                };
                let system = DistributedTranscryptor::new(
                    PseudonymizationSecret::from(secret(rng)),
                    EncryptionSecret::from(secret(rng)),
                    blinding,
                );
                (format!("t{i}"), system)
            })
            .collect();
        let systems = Arc::new(Systems { global, transcryptors });
        let session = systems.start_session();
        Self { systems, session }
    }

    /// Another party at the same transcryptors, with a session of its own.
    #[must_use]
    pub fn party(&self) -> Self {
        Self { systems: Arc::clone(&self.systems), session: self.systems.start_session() }
    }
}

impl InProcess {
    /// Takes values from a domain and session to the domain `to` and this party's session.
    fn carry(
        &self,
        (domain, ids): (&Domain, &SessionIds),
        mut values: Vec<EncryptedPEPJSONValue>,
        to: &Domain,
    ) -> Result<Vec<EncryptedPEPJSONValue>, TranscryptionError> {
        for (name, system) in &self.systems.transcryptors {
            let from = ids.to_libpep(name).ok_or(TranscryptionError::NoSession)?;
            let own = self.session.ids().to_libpep(name);
            let own = own.ok_or(TranscryptionError::NoSession)?;
            let info = system.transcryption_info(&domain.to_libpep(), &to.to_libpep(), &from, &own);
            values = system
                .transcrypt_batch(&mut values, &info, &mut rand::rng())
                .map_err(|_| TranscryptionError::Refused)?
                .into_vec();
        }
        Ok(values)
    }
}

impl Systems {
    fn start_session(&self) -> Session {
        let mut ids = std::collections::BTreeMap::new();
        let mut shares = Vec::new();
        for (name, system) in &self.transcryptors {
            let id = format!("{:032x}", rand::random::<u128>());
            shares.push(system.session_key_shares(&EncryptionContext::from(&id)));
            ids.insert(name.clone(), id);
        }
        let keys = make_session_keys_distributed(self.global, &shares);
        Session::from_libpep(SessionIds::from_checked(ids), keys)
    }
}

impl Transcryption for InProcess {
    async fn session(&self) -> Result<Session, TranscryptionError> {
        Ok(self.session.clone())
    }

    async fn transcrypt<R: PepRecord + 'static>(
        &self,
        batch: Batch<R>,
        to: &Domain,
    ) -> Result<(Batch<R>, Session), TranscryptionError> {
        let (domain, ids) = (batch.domain().clone(), batch.sessions().clone());
        let values = batch.into_sealed().iter().map(Sealed::to_libpep).collect::<Result<_, _>>();
        let values = values.map_err(|_| TranscryptionError::Refused)?;
        let records = self
            .carry((&domain, &ids), values, to)?
            .into_iter()
            .map(Sealed::from_libpep)
            .collect::<Result<_, _>>()
            .map_err(|_| TranscryptionError::Answer)?;
        let session = self.session.clone();
        Ok((Batch::from_sealed(to.clone(), session.ids().clone(), records), session))
    }

    async fn transcrypt_json(
        &self,
        batch: JsonBatch,
        to: &Domain,
    ) -> Result<(JsonBatch, Session), TranscryptionError> {
        let JsonBatch { domain, sessions, records } = batch;
        let outline = records.outline();
        let values = records.into_values().into_iter().map(SealedJson::into_libpep).collect();
        let values = self.carry((&domain, &sessions), values, to)?.into_iter().map(SealedJson::new).collect();
        let session = self.session.clone();
        let records = outline.check(values).ok_or(TranscryptionError::Answer)?;
        Ok((JsonBatch { domain: to.clone(), sessions: session.ids().clone(), records }, session))
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").field("session", &self.session).finish_non_exhaustive()
    }
}

//! Transcryption by the PAAS service: two or more transcryptors, of parties that trust each other little.

mod builder;
mod connect;
mod current;
mod health;
mod link;
mod pause;
mod pieces;
mod travel;
mod wire;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use nest_core::__workspace_v1::libpep::client::distributed::make_session_keys_distributed;
use nest_core::__workspace_v1::libpep::keys::distribution::BlindedGlobalKeys;
use nest_core::{
    Batch, Domain, JsonBatch, PepRecord, Session, SessionIds, Transcryption, TranscryptionError,
    TranscryptorHealth,
};
use paas_api::config::PAASConfig;
use paas_client::auth::SystemAuths;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use builder::PaasBuilder;
pub use connect::ConnectError;
use current::Current;
use link::Link;
use travel::{Step, Value, on_cores, stopped, transcrypt_all};
use wire::Leg;

use crate::cpu_pool::Load;

/// One party at the transcryptors of a PAAS configuration, with its session there.
///
/// Clones share the session and the connections. Connections are kept alive. The session is started when it is first
/// needed, and again when a transcryptor has forgotten it. [`end`](Transcryption::end) ends it. None of this holds up
/// batches that are being transcrypted.
///
/// A batch is shuffled and cut into equal pieces, each of 128 records or more. There are up to 8 pieces, so that
/// several cores work at them and one piece is at the second transcryptor while the next is at the first. There are
/// more pieces where a transcryptor would not read larger ones: paas-server 0.13 reads 2 MiB at once, the default of
/// actix-web. Where 128 records do not fit, a piece has at least half of the records that fit.
///
/// # Failure
///
/// A call has a deadline ([`call_timeout`](PaasBuilder::call_timeout)). Where a connection fails, or a gateway
/// answers 502, 503 or 504, the call is made up to three times, after random pauses. A transcryptor that still cannot
/// be reached, fails or takes longer is *down*. Everything that needs it then fails at once with
/// [`TranscryptionError::Unavailable`], while one task asks for its status until it answers rightly.
/// [`health`](Transcryption::health) says which transcryptors are up. The task ends with the last clone.
///
/// # Privacy
///
/// Each transcryptor sees the domains, the shape and number of records, and the caller. It does not see values and
/// pseudonyms. A record hides among those of its piece. See [`Transcryption`] for what transcryptors could learn
/// together.
///
/// # Limits of this version
///
/// paas-server 0.13 does not end a session when it says so, because it removes it under a wrong name. Until the
/// session expires there, it is listed, and the server still transcrypts to it with this party's token. Here it is no
/// longer used. An account whose name holds a `_` is refused ([`TranscryptionError::Denied`]), because the server
/// takes the part before the first `_` for the session's owner.
#[derive(Clone)]
pub struct Paas {
    shared: Arc<Shared>,
}

struct Shared {
    global_keys: BlindedGlobalKeys,
    /// In the order in which batches pass them.
    links: Vec<Arc<Link>>,
    calls_at_once: usize,
    current: Current,
}

/// How often a batch is tried again because a transcryptor has forgotten the session.
const RENEWALS: usize = 2;

impl Paas {
    /// A builder, to connect with settings other than the defaults.
    pub fn builder(config: PAASConfig, auths: SystemAuths) -> PaasBuilder {
        PaasBuilder::new(config, auths)
    }

    /// Connects over HTTPS, and checks that all transcryptors have this same configuration.
    ///
    /// # Errors
    ///
    /// As [`PaasBuilder::connect`].
    pub async fn connect(config: PAASConfig, auths: SystemAuths) -> Result<Self, ConnectError> {
        Self::builder(config, auths).connect().await
    }

    /// Connects over plain HTTP where the configuration says so. For tests and for transcryptors on this
    /// same machine.
    ///
    /// # Privacy
    ///
    /// As [`PaasBuilder::plain_http`].
    ///
    /// # Errors
    ///
    /// As [`PaasBuilder::connect`].
    pub async fn connect_plain_http(config: PAASConfig, auths: SystemAuths) -> Result<Self, ConnectError> {
        Self::builder(config, auths).plain_http().connect().await
    }

    /// The session in use; a new one where there is none, or where it is the `lost` one.
    async fn session_after(&self, lost: Option<&SessionIds>) -> Result<Session, TranscryptionError> {
        self.shared.current.get(lost, self.shared.start_session()).await
    }

    /// Takes sealed values of one shape to the domain `to` and a session of this party, piece by piece, and hands
    /// each piece to `then`.
    async fn carry<V, O, F, Fut>(
        &self,
        (from, from_sessions): (&Domain, &SessionIds),
        values: Vec<V>,
        to: &Domain,
        then: F,
    ) -> Result<(Vec<O>, Session), TranscryptionError>
    where
        V: Value,
        O: Send + 'static,
        F: Fn(Vec<V>, Session) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = O> + Send + 'static,
    {
        if !self.shared.links.iter().all(|link| from_sessions.get(link.name()).is_some()) {
            return Err(TranscryptionError::NoSession);
        }
        if !values.is_empty() {
            self.shared.check()?;
        }
        let load = Load::of_records(values.len());
        let pieces = on_cores(load, move || Ok(pieces::cut(values))).await?;
        let then = Arc::new(then);
        let mut session = self.session().await?;
        let mut renewals = 0;
        let done = loop {
            let route = self.shared.route((from, from_sessions), (to, session.ids()))?;
            let then = (Arc::clone(&then), session.clone());
            // All pieces go to one session. When that has ended, all pieces are sent again.
            match transcrypt_all(&pieces, route, then).await {
                Err(TranscryptionError::NoSession) if renewals < RENEWALS => {
                    renewals += 1;
                    session = self.session_after(Some(session.ids())).await?;
                }
                result => break result?,
            }
        };
        Ok((done, session))
    }
}

impl Shared {
    fn new(global_keys: BlindedGlobalKeys, links: Vec<Arc<Link>>, calls_at_once: usize) -> Self {
        Self { global_keys, links, calls_at_once, current: Current::default() }
    }

    /// Fails while any transcryptor is down, since all of them are needed.
    fn check(&self) -> Result<(), TranscryptionError> {
        // Each is checked, so that a task asks for each that is down.
        let down = self.links.iter().filter(|link| link.check().is_err()).count();
        if down == 0 { Ok(()) } else { Err(TranscryptionError::Unavailable) }
    }

    async fn start_session(&self) -> Result<Session, TranscryptionError> {
        self.check()?;
        let mut starting = JoinSet::new();
        for link in self.links.iter().map(Arc::clone) {
            starting.spawn(async move { (link.name().to_owned(), link.start_session().await) });
        }
        let mut started = BTreeMap::new();
        while let Some(one) = starting.join_next().await {
            let (name, answer) = one.map_err(stopped)?;
            started.insert(name, answer?);
        }
        let shares: Vec<_> = started.values().map(|(_, shares)| *shares).collect();
        let ids = SessionIds::new(started.into_iter().map(|(name, (id, _))| (name, id)));
        let ids = ids.map_err(|_| TranscryptionError::Answer)?;
        Ok(Session::from_libpep(ids, make_session_keys_distributed(self.global_keys, &shares)))
    }

    /// Tells every transcryptor that a session has ended, even if another could not be told.
    async fn end_session(&self, session: &Session) -> Result<(), TranscryptionError> {
        let mut ending = JoinSet::new();
        for link in self.links.iter().map(Arc::clone) {
            let id = session.ids().to_libpep(link.name()).ok_or(TranscryptionError::NoSession)?;
            ending.spawn(async move { link.end_session(id).await });
        }
        let mut all = Ok(());
        while let Some(one) = ending.join_next().await {
            all = all.and(one.unwrap_or_else(|error| Err(stopped(error))));
        }
        all
    }

    fn route(
        &self,
        (from, from_sessions): (&Domain, &SessionIds),
        (to, to_sessions): (&Domain, &SessionIds),
    ) -> Result<Arc<[Arc<Step>]>, TranscryptionError> {
        let step = |link: &Arc<Link>| {
            let leg = Leg {
                domain_from: from.to_libpep(),
                domain_to: to.to_libpep(),
                session_from: from_sessions.to_libpep(link.name())?,
                session_to: to_sessions.to_libpep(link.name())?,
            };
            let places = Semaphore::new(self.calls_at_once);
            Some(Arc::new(Step { link: Arc::clone(link), leg, places }))
        };
        self.links.iter().map(|link| step(link).ok_or(TranscryptionError::NoSession)).collect()
    }
}

/// Returns a piece as it is.
async fn only_piece<V>(piece: Vec<V>, _: Session) -> Vec<V> {
    piece
}

impl Transcryption for Paas {
    async fn session(&self) -> Result<Session, TranscryptionError> {
        self.session_after(None).await
    }

    async fn transcrypt<R: PepRecord + 'static>(
        &self,
        batch: Batch<R>,
        to: &Domain,
    ) -> Result<(Batch<R>, Session), TranscryptionError> {
        let (from, sessions) = (batch.domain().clone(), batch.sessions().clone());
        let (pieces, session) = self.carry((&from, &sessions), batch.into_sealed(), to, only_piece).await?;
        Ok((Batch::from_sealed(to.clone(), session.ids().clone(), pieces::join(pieces)), session))
    }

    async fn transcrypt_parts<R, O, F, Fut>(
        &self,
        batch: Batch<R>,
        to: &Domain,
        then: F,
    ) -> Result<(Vec<O>, Session), TranscryptionError>
    where
        R: PepRecord + 'static,
        O: Send + 'static,
        F: Fn(Batch<R>, Session) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = O> + Send + 'static,
    {
        let (from, sessions) = (batch.domain().clone(), batch.sessions().clone());
        let own = to.clone();
        let then = move |records, session: Session| {
            then(Batch::from_sealed(own.clone(), session.ids().clone(), records), session)
        };
        self.carry((&from, &sessions), batch.into_sealed(), to, then).await
    }

    async fn transcrypt_json(
        &self,
        batch: JsonBatch,
        to: &Domain,
    ) -> Result<(JsonBatch, Session), TranscryptionError> {
        let JsonBatch { domain, sessions, records } = batch;
        let outline = records.outline();
        let (pieces, session) =
            self.carry((&domain, &sessions), records.into_values(), to, only_piece).await?;
        let records = outline.check(pieces::join(pieces)).ok_or(TranscryptionError::Answer)?;
        Ok((JsonBatch { domain: to.clone(), sessions: session.ids().clone(), records }, session))
    }

    fn health(&self) -> Vec<TranscryptorHealth> {
        let health = |link: &Arc<Link>| TranscryptorHealth { name: link.name().to_owned(), up: link.is_up() };
        self.shared.links.iter().map(health).collect()
    }

    async fn end(&self) -> Result<(), TranscryptionError> {
        match self.shared.current.take().await {
            Some(session) => self.shared.end_session(&session).await,
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Paas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.shared.links.iter().map(|link| link.name()).collect();
        f.debug_struct("Paas").field("transcryptors", &names).finish_non_exhaustive()
    }
}

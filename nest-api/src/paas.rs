//! Transcryption by the PAAS service: two or more transcryptors, run by parties that trust each other little.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use libpep::client::distributed::make_session_keys_distributed;
use libpep::data::json::EncryptedPEPJSONValue;
use libpep::factors::EncryptionContext;
use libpep::keys::distribution::BlindedGlobalKeys;
use nest_core::{Batch, Domain, PepRecord, Sealed, Session, SessionIds, Transcryption, TranscryptionError};
use paas_api::config::PAASConfig;
use paas_client::auth::SystemAuths;
use paas_client::transcryptor_client::{TranscryptorClient, TranscryptorError};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// One party at the transcryptors of a PAAS configuration, with the session that it has there.
///
/// Clones share the session. It is started when it is first needed and again when a transcryptor has
/// forgotten it; what is being transcrypted meanwhile is not held up.
///
/// A batch that is larger than a transcryptor reads at once (2 MiB, the default of actix-web, in
/// paas-server 0.13) is cut into equal pieces after it was shuffled as a whole, each at least half as large as
/// the largest that fits.
///
/// # Privacy
///
/// Each transcryptor sees the domains, the shape and number of records, and who calls; the values and
/// pseudonyms it does not. A record hides among those of its piece: see [`Transcryption`] for what else
/// they could learn together.
///
/// # Limits of this version
///
/// paas-client makes a new HTTP client, and so a new connection, for every call. Sessions are never ended:
/// they expire at the transcryptors.
#[derive(Clone)]
pub struct Paas {
    shared: Arc<Shared>,
}

struct Shared {
    global_keys: BlindedGlobalKeys,
    transcryptors: Vec<Transcryptor>,
    /// Held while a session is started, so that nobody starts a second one; never while transcrypting.
    session: Mutex<Option<Session>>,
}

struct Transcryptor {
    name: String,
    client: TranscryptorClient,
}

/// The most bytes of records in one call, of the 2 MiB that paas-server reads.
const PIECE_BYTES: usize = 1536 * 1024;

/// How many calls are under way at once for one batch.
const CALLS_AT_ONCE: usize = 4;

/// How long one call may take. paas-client itself would wait for ever.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a batch is tried again because a transcryptor has forgotten the session.
const RENEWALS: usize = 2;

impl Paas {
    /// Connects over HTTPS, and checks that all transcryptors have this same configuration.
    ///
    /// # Errors
    ///
    /// [`TranscryptionError::Configuration`] where an address is not `https`, a transcryptor has no token
    /// in `auths` or another configuration; otherwise as [`Transcryption::transcrypt`].
    pub async fn connect(config: PAASConfig, auths: SystemAuths) -> Result<Self, TranscryptionError> {
        if config.transcryptors.iter().any(|member| member.url.scheme() != "https") {
            return Err(TranscryptionError::Configuration);
        }
        Self::connect_any(config, auths).await
    }

    /// Connects over plain HTTP where the configuration says so. For tests and for transcryptors on this
    /// same machine.
    ///
    /// # Privacy
    ///
    /// Whoever is on the way reads the tokens and the *session keys*, and with these everything that is
    /// sealed for this party.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect), except for the addresses.
    pub async fn connect_plain_http(
        config: PAASConfig,
        auths: SystemAuths,
    ) -> Result<Self, TranscryptionError> {
        Self::connect_any(config, auths).await
    }

    async fn connect_any(config: PAASConfig, auths: SystemAuths) -> Result<Self, TranscryptionError> {
        let mut transcryptors = Vec::with_capacity(config.transcryptors.len());
        for member in &config.transcryptors {
            let auth = auths.get(&member.system_id).ok_or(TranscryptionError::Configuration)?;
            let mut client = call(TranscryptorClient::new_allow_http(member.clone(), auth)).await?;
            if call(client.check_config()).await? != config {
                return Err(TranscryptionError::Configuration);
            }
            transcryptors.push(Transcryptor { name: member.system_id.clone(), client });
        }
        if transcryptors.is_empty() {
            return Err(TranscryptionError::Configuration);
        }
        let global_keys = config.blinded_global_keys;
        Ok(Self { shared: Arc::new(Shared { global_keys, transcryptors, session: Mutex::new(None) }) })
    }

    /// Starts a session in place of `lost`, unless somebody else has done so.
    async fn renew(&self, lost: &Session) -> Result<Session, TranscryptionError> {
        let mut current = self.shared.session.lock().await;
        match &*current {
            Some(session) if session.ids() != lost.ids() => Ok(session.clone()),
            _ => Ok(current.insert(self.shared.start_session().await?).clone()),
        }
    }

    async fn transcrypt_all(
        &self,
        pieces: Vec<Vec<EncryptedPEPJSONValue>>,
        route: Route,
    ) -> Result<Vec<EncryptedPEPJSONValue>, TranscryptionError> {
        let route = Arc::new(route);
        let mut pieces = pieces.into_iter();
        let mut calls = JoinSet::new();
        let mut done = Vec::new();
        loop {
            while calls.len() < CALLS_AT_ONCE {
                let Some(piece) = pieces.next() else { break };
                let (shared, route) = (Arc::clone(&self.shared), Arc::clone(&route));
                calls.spawn(async move { shared.transcrypt_piece(piece, &route).await });
            }
            match calls.join_next().await {
                // Returning drops the other calls, which ends them.
                Some(piece) => done.extend(piece.map_err(|_| TranscryptionError::Unavailable)??),
                None => return Ok(done),
            }
        }
    }
}

/// From where to where a batch goes.
struct Route {
    from: Domain,
    from_sessions: SessionIds,
    to: Domain,
    to_sessions: SessionIds,
}

impl Shared {
    async fn start_session(&self) -> Result<Session, TranscryptionError> {
        let mut ids = Vec::with_capacity(self.transcryptors.len());
        let mut shares = Vec::with_capacity(self.transcryptors.len());
        for Transcryptor { name, client } in &self.transcryptors {
            let (id, share) = call(client.clone().start_session()).await?;
            let EncryptionContext::Specific(id) = id else {
                return Err(TranscryptionError::Answer);
            };
            ids.push((name.clone(), id));
            shares.push(share);
        }
        let ids = SessionIds::new(ids).map_err(|_| TranscryptionError::Answer)?;
        Ok(Session::from_libpep(ids, make_session_keys_distributed(self.global_keys, &shares)))
    }

    /// Takes one piece through all transcryptors, one after the other.
    async fn transcrypt_piece(
        &self,
        mut piece: Vec<EncryptedPEPJSONValue>,
        route: &Route,
    ) -> Result<Vec<EncryptedPEPJSONValue>, TranscryptionError> {
        let (from, to) = (route.from.to_libpep(), route.to.to_libpep());
        for Transcryptor { name, client } in &self.transcryptors {
            let session = route.from_sessions.to_libpep(name).ok_or(TranscryptionError::NoSession)?;
            let own = route.to_sessions.to_libpep(name).ok_or(TranscryptionError::NoSession)?;
            let sent = piece.len();
            piece = call(client.transcrypt_batch(piece, &from, &to, &session, &own)).await?;
            if piece.len() != sent {
                return Err(TranscryptionError::Answer);
            }
        }
        Ok(piece)
    }
}

impl Transcryption for Paas {
    async fn session(&self) -> Result<Session, TranscryptionError> {
        let mut current = self.shared.session.lock().await;
        match &*current {
            Some(session) => Ok(session.clone()),
            None => Ok(current.insert(self.shared.start_session().await?).clone()),
        }
    }

    async fn transcrypt<R: PepRecord>(
        &self,
        batch: Batch<R>,
        to: &Domain,
    ) -> Result<(Batch<R>, Session), TranscryptionError> {
        let (from, from_sessions) = (batch.domain().clone(), batch.sessions().clone());
        let known = |system: &Transcryptor| from_sessions.get(&system.name).is_some();
        if !self.shared.transcryptors.iter().all(known) {
            return Err(TranscryptionError::NoSession);
        }
        let pieces = cut(batch.into_sealed());
        let mut session = self.session().await?;
        let mut renewals = 0;
        let values = loop {
            let route = Route {
                from: from.clone(),
                from_sessions: from_sessions.clone(),
                to: to.clone(),
                to_sessions: session.ids().clone(),
            };
            // All pieces go to one session, so when that has ended, all of them go again.
            match self.transcrypt_all(pieces.clone(), route).await {
                Err(TranscryptionError::NoSession) if renewals < RENEWALS => {
                    renewals += 1;
                    session = self.renew(&session).await?;
                }
                result => break result?,
            }
        };
        let records = values
            .into_iter()
            .map(Sealed::from_libpep)
            .collect::<Result<_, _>>()
            .map_err(|_| TranscryptionError::Answer)?;
        Ok((Batch::from_sealed(to.clone(), session.ids().clone(), records), session))
    }
}

impl fmt::Debug for Paas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.shared.transcryptors.iter().map(|system| &system.name).collect();
        f.debug_struct("Paas").field("transcryptors", &names).finish_non_exhaustive()
    }
}

/// Records in as few pieces as a transcryptor can read, of equal size: a small last piece would hide fewer
/// people.
fn cut<R: PepRecord>(records: Vec<Sealed<R>>) -> Vec<Vec<EncryptedPEPJSONValue>> {
    // All records have the size of the first; one more byte separates them.
    let size =
        records.first().and_then(|record| serde_json::to_vec(record).ok()).map_or(1, |json| json.len() + 1);
    let sizes = piece_sizes(records.len(), (PIECE_BYTES / size).max(1));
    let mut records = records.into_iter().map(Sealed::into_libpep);
    sizes.map(|size| records.by_ref().take(size).collect()).collect()
}

/// The sizes of the fewest pieces of at most `most` that make up `total`, no two more than one apart.
fn piece_sizes(total: usize, most: usize) -> impl Iterator<Item = usize> {
    let pieces = total.div_ceil(most);
    (0..pieces).map(move |piece| total / pieces + usize::from(piece < total % pieces))
}

/// A call of paas-client, within its time.
async fn call<T>(call: impl Future<Output = Result<T, TranscryptorError>>) -> Result<T, TranscryptionError> {
    match tokio::time::timeout(CALL_TIMEOUT, call).await {
        Ok(result) => result.map_err(fault),
        Err(_) => Err(TranscryptionError::Unavailable),
    }
}

/// What a failure of paas-client means here. Its texts are dropped: they may quote what was sent.
fn fault(error: TranscryptorError) -> TranscryptionError {
    match error {
        TranscryptorError::Unauthorized
        | TranscryptorError::NotAllowed(_)
        | TranscryptorError::AuthError(_) => TranscryptionError::Denied,
        TranscryptorError::InvalidSession(_) | TranscryptorError::NoSessionToEnd => {
            TranscryptionError::NoSession
        }
        TranscryptorError::BadRequest(_) => TranscryptionError::Refused,
        TranscryptorError::NetworkError(error) if error.is_decode() => TranscryptionError::Answer,
        TranscryptorError::NetworkError(error)
            if error.status().is_some_and(|status| status.is_client_error()) =>
        {
            TranscryptionError::Refused
        }
        TranscryptorError::NetworkError(_) | TranscryptorError::ServerError(_) => {
            TranscryptionError::Unavailable
        }
        TranscryptorError::UnexpectedVariantType => TranscryptionError::Answer,
        TranscryptorError::IncompatibleClientVersionError { .. }
        | TranscryptorError::InconsistentSystemNameError { .. }
        | TranscryptorError::InvalidSystemNameError { .. }
        | TranscryptorError::InconsistentUrlError { .. }
        | TranscryptorError::NonHttpsUrlError { .. } => TranscryptionError::Configuration,
    }
}

#[cfg(test)]
mod tests {
    use super::piece_sizes;

    #[test]
    fn pieces_are_few_and_equal() {
        let sizes = |total, most| piece_sizes(total, most).collect::<Vec<_>>();
        assert_eq!(sizes(0, 700), [0; 0]);
        assert_eq!(sizes(1, 700), [1]);
        assert_eq!(sizes(700, 700), [700]);
        assert_eq!(sizes(701, 700), [351, 350]);
        assert_eq!(sizes(1402, 700), [468, 467, 467]);
        assert_eq!(sizes(3, 1), [1, 1, 1]);
    }
}

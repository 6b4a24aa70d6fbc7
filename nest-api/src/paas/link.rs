//! One transcryptor over HTTP. Connections are kept alive, calls have a deadline, and are tried again where that may
//! help.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use nest_core::__workspace_v1::libpep::data::json::EncryptedPEPJSONValue;
use nest_core::__workspace_v1::libpep::factors::EncryptionContext;
use nest_core::__workspace_v1::libpep::keys::distribution::SessionKeyShares;
use nest_core::TranscryptionError;
use paas_api::config::{PAASConfig, TranscryptorConfig};
use paas_api::paths;
use paas_api::sessions::{EndSessionRequest, StartSessionResponse};
use paas_api::status::{StatusResponse, VersionInfo};
use paas_client::auth::Auth;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Request, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use tokio::time::{sleep, timeout};

use super::health::{Ask, Health};
use super::pause::Pauses;

/// How often a call is made before the transcryptor counts as down.
const TRIES: u32 = 3;

/// The first and the longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How long asking whether a transcryptor is back may take.
const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes of an answer that is not a batch.
const SMALL_ANSWER: usize = 64 * 1024;

/// One party at one transcryptor.
pub(super) struct Link {
    place: Place,
    auth: Arc<dyn Auth>,
    deadline: Duration,
    health: Health,
}

/// The address of a transcryptor, and the name that should answer there.
#[derive(Clone)]
struct Place {
    name: String,
    base: String,
    client: Client,
    status_timeout: Duration,
}

/// Why one try failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It may pass: the connection failed, or a gateway reached no server.
    Passing,
    /// It may pass, and is not a fault of the transcryptor. This process has no open file left to connect with.
    NoFiles,
    /// The same request would fail again, or has taken too long already.
    Lasting(TranscryptionError),
}

impl Link {
    pub(super) fn new(
        member: &TranscryptorConfig,
        auth: Arc<dyn Auth>,
        client: Client,
        deadline: Duration,
    ) -> Self {
        let name = member.system_id.clone();
        let base = format!("{}{}", member.url.as_str().trim_end_matches('/'), paths::API_BASE);
        let health = Health::new(name.clone());
        let status_timeout = deadline.min(STATUS_TIMEOUT);
        Self { place: Place { name, base, client, status_timeout }, auth, deadline, health }
    }

    pub(super) fn name(&self) -> &str {
        self.health.name()
    }

    pub(super) fn is_up(&self) -> bool {
        self.health.is_up()
    }

    /// Fails while the transcryptor is down.
    pub(super) fn check(&self) -> Result<(), TranscryptionError> {
        if self.health.check(&self.place) { Ok(()) } else { Err(TranscryptionError::Unavailable) }
    }

    /// Checks the name of the transcryptor, and that its version is compatible.
    pub(super) async fn status(&self) -> Result<(), TranscryptionError> {
        let answer = self.send(self.place.get(paths::STATUS).build(), SMALL_ANSWER).await;
        self.place.check_status(&answer.map_err(misplaced)?)
    }

    pub(super) async fn config(&self) -> Result<PAASConfig, TranscryptionError> {
        let answer = self.call(self.place.get(paths::CONFIG), SMALL_ANSWER).await;
        parse(&answer.map_err(misplaced)?)
    }

    /// A new session. Where an answer is lost on its way, another session is started, and the first one expires.
    pub(super) async fn start_session(&self) -> Result<(String, SessionKeyShares), TranscryptionError> {
        let answer = self.call(self.place.post(paths::SESSIONS_START), SMALL_ANSWER).await?;
        let StartSessionResponse { session_id, session_key_shares } = parse(&answer)?;
        match session_id {
            EncryptionContext::Specific(id) => Ok((id, session_key_shares)),
            _ => Err(TranscryptionError::Answer),
        }
    }

    /// Ends a session. The body of a success is not read: paas-server 0.13 answers `null`.
    pub(super) async fn end_session(&self, session_id: EncryptionContext) -> Result<(), TranscryptionError> {
        let request = self.place.post(paths::SESSIONS_END).json(&EndSessionRequest { session_id });
        match self.call(request, SMALL_ANSWER).await {
            // A session that is no longer there has ended.
            Ok(_) | Err(TranscryptionError::NoSession) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The answer to the request of a batch, unread.
    pub(super) async fn transcrypt(&self, body: Vec<u8>) -> Result<Vec<u8>, TranscryptionError> {
        let most = body.len().saturating_mul(4).saturating_add(SMALL_ANSWER);
        let path = paths::transcrypt_batch_path::<EncryptedPEPJSONValue>();
        let request = self.place.post(&path).header(CONTENT_TYPE, "application/json").body(body);
        self.call(request, most).await
    }

    /// Sends a request with this party's token.
    async fn call(&self, request: RequestBuilder, most: usize) -> Result<Vec<u8>, TranscryptionError> {
        self.check()?;
        // The transcryptor is not to blame for a slow token.
        let token = timeout(self.deadline, self.token()).await;
        let token = token.map_err(|_| TranscryptionError::Unavailable)??;
        self.send(request.header(AUTHORIZATION, token).build(), most).await
    }

    async fn token(&self) -> Result<HeaderValue, TranscryptionError> {
        let token = self.auth.token().await.map_err(|_| TranscryptionError::Denied)?;
        let token = HeaderValue::try_from(format!("{} {token}", self.auth.token_type()));
        let mut token = token.map_err(|_| TranscryptionError::Denied)?;
        token.set_sensitive(true);
        Ok(token)
    }

    /// Sends a request within the deadline. Where it fails, the transcryptor is down.
    async fn send(
        &self,
        request: reqwest::Result<Request>,
        most: usize,
    ) -> Result<Vec<u8>, TranscryptionError> {
        self.check()?;
        let request = request.map_err(|_| TranscryptionError::Configuration)?;
        let answer = timeout(self.deadline, self.tries(&request, most)).await;
        let answer = answer.unwrap_or(Err(TranscryptionError::Unavailable));
        if answer == Err(TranscryptionError::Unavailable) {
            self.health.down(&self.place);
        }
        answer
    }

    async fn tries(&self, request: &Request, most: usize) -> Result<Vec<u8>, TranscryptionError> {
        let mut pauses = Pauses::new(PAUSES.0, PAUSES.1);
        let mut tried = 1;
        loop {
            // The body is shared, not copied.
            let again = request.try_clone().ok_or(TranscryptionError::Configuration)?;
            match self.place.answer(again, most).await {
                Ok(answer) => return Ok(answer),
                Err(Fault::Lasting(error)) => return Err(error),
                // Another call may have found out meanwhile that it is down.
                Err(Fault::NoFiles) if tried == TRIES => {
                    let transcryptor = self.name();
                    tracing::error!(
                        transcryptor,
                        "no open file is left to connect with: raise the limit of them"
                    );
                    return Err(TranscryptionError::NoFiles);
                }
                Err(Fault::Passing) if tried == TRIES || !self.is_up() => {
                    return Err(TranscryptionError::Unavailable);
                }
                Err(Fault::Passing | Fault::NoFiles) => sleep(pauses.any()).await,
            }
            tried += 1;
        }
    }
}

impl Place {
    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base))
    }

    async fn answer(&self, request: Request, most: usize) -> Result<Vec<u8>, Fault> {
        let response = self.client.execute(request).await.map_err(|error| network(&error))?;
        match refusal(response.status()) {
            Some(fault) => Err(fault),
            None => read(response, most).await,
        }
    }

    fn check_status(&self, answer: &[u8]) -> Result<(), TranscryptionError> {
        let status: StatusResponse = parse(answer)?;
        let compatible = status.version_info.is_compatible_with(&VersionInfo::default());
        if compatible && status.system_id == self.name {
            Ok(())
        } else {
            Err(TranscryptionError::Configuration)
        }
    }
}

impl Ask for Place {
    async fn is_back(&self) -> bool {
        let Ok(request) = self.get(paths::STATUS).build() else { return false };
        match timeout(self.status_timeout, self.answer(request, SMALL_ANSWER)).await {
            Ok(Ok(answer)) => self.check_status(&answer).is_ok(),
            _ => false,
        }
    }
}

/// At these addresses "not found" is not about a session.
fn misplaced(error: TranscryptionError) -> TranscryptionError {
    if error == TranscryptionError::NoSession { TranscryptionError::Configuration } else { error }
}

/// The meaning of a status that is not a success. The body is not read, because it may quote what was sent.
fn refusal(status: StatusCode) -> Option<Fault> {
    match status.as_u16() {
        200..=299 => None,
        502..=504 => Some(Fault::Passing),
        status => Some(Fault::Lasting(match status {
            401 | 403 => TranscryptionError::Denied,
            404 => TranscryptionError::NoSession,
            400..=499 => TranscryptionError::Refused,
            500..=599 => TranscryptionError::Unavailable,
            _ => TranscryptionError::Answer,
        })),
    }
}

fn network(error: &reqwest::Error) -> Fault {
    if error.is_builder() {
        Fault::Lasting(TranscryptionError::Configuration)
    } else if is_out_of_files(error) {
        Fault::NoFiles
    } else if error.is_timeout() {
        // The next try would not be faster.
        Fault::Lasting(TranscryptionError::Unavailable)
    } else {
        Fault::Passing
    }
}

/// Whether the cause of an error is that this process or this machine has no open file left.
fn is_out_of_files(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        // EMFILE and ENFILE, which have no kind of their own.
        let number = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
        if cfg!(unix) && matches!(number, Some(23 | 24)) {
            return true;
        }
        // The error within an `io::Error` is not its source, but the source of that error is.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = held.map(|held| held as &(dyn Error + 'static)).or_else(|| error.source());
    }
    false
}

/// A body of at most so many bytes.
async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Fault> {
    const TOO_LONG: Fault = Fault::Lasting(TranscryptionError::Answer);
    let announced = usize::try_from(response.content_length().unwrap_or(0)).map_err(|_| TOO_LONG)?;
    if announced > most {
        return Err(TOO_LONG);
    }
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) = response.chunk().await.map_err(|error| network(&error))? {
        if chunk.len() > most - body.len() {
            return Err(TOO_LONG);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parse<T: DeserializeOwned>(answer: &[u8]) -> Result<T, TranscryptionError> {
    serde_json::from_slice(answer).map_err(|_| TranscryptionError::Answer)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_means() {
        use TranscryptionError::{Answer, Denied, NoSession, Refused, Unavailable};
        for (statuses, fault) in [
            (&[200, 201, 204][..], None),
            (&[502, 503, 504], Some(Fault::Passing)),
            (&[500, 501, 505, 599], Some(Fault::Lasting(Unavailable))),
            (&[401, 403], Some(Fault::Lasting(Denied))),
            (&[404], Some(Fault::Lasting(NoSession))),
            (&[400, 405, 408, 413, 415, 422, 429], Some(Fault::Lasting(Refused))),
            (&[301, 302, 307], Some(Fault::Lasting(Answer))),
        ] {
            for status in statuses {
                assert_eq!(refusal(StatusCode::from_u16(*status).unwrap()), fault, "{status}");
            }
        }
    }

    #[test]
    fn a_lack_of_files_is_known_whatever_it_is_wrapped_in() {
        let wrapped = |number| io::Error::other(io::Error::other(io::Error::from_raw_os_error(number)));
        assert!(is_out_of_files(&io::Error::from_raw_os_error(24)));
        assert!([23, 24].iter().all(|number| is_out_of_files(&wrapped(*number))));
        assert!(!is_out_of_files(&wrapped(111)) && !is_out_of_files(&io::Error::other("24")));
    }

    #[test]
    fn a_transcryptor_is_known_by_its_name_and_version() {
        let place = Place {
            name: "one".to_owned(),
            base: String::new(),
            client: Client::new(),
            status_timeout: STATUS_TIMEOUT,
        };
        let status = |name: &str, version: &str, least: &str| {
            format!(
                r#"{{"system_id":"{name}","timestamp":"2026-01-01T00:00:00Z",
                "version_info":{{"protocol_version":"{version}","min_supported_version":"{least}"}}}}"#
            )
        };
        let check = |status: String| place.check_status(status.as_bytes());
        assert_eq!(check(status("one", "0.12.0", "0.9.0")), Ok(()));
        assert_eq!(check(status("two", "0.12.0", "0.9.0")), Err(TranscryptionError::Configuration));
        assert_eq!(check(status("one", "0.1.0", "0.1.0")), Err(TranscryptionError::Configuration));
        assert_eq!(check(status("one", "99.0.0", "99.0.0")), Err(TranscryptionError::Configuration));
        assert_eq!(check("null".to_owned()), Err(TranscryptionError::Answer));
    }
}

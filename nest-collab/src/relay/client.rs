//! How a node calls the relay. A trait, so that a test can put a relay that lies between.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{Collaboration, DirectoryPage, Mailbox, Outcome, Problem, RunRecord};
use crate::envelope::{CollabId, RunId};
use crate::error::CollabError;
use crate::identity::{KeyStatement, RunName};

/// What a node asks of a relay. Nothing that it answers is believed without a signature.
#[async_trait]
pub trait Relay: Send + Sync {
    /// The entries of the directory after a number.
    async fn directory(&self, after: u64) -> Result<DirectoryPage, CollabError>;

    /// Adds a signed key to the directory.
    async fn publish(&self, statement: &KeyStatement) -> Result<(), CollabError>;

    /// Makes a collaboration known; nothing happens where it is known already.
    async fn collaborate(&self, collaboration: &Collaboration) -> Result<(), CollabError>;

    /// Makes a run known.
    async fn start(&self, run: &RunRecord) -> Result<(), CollabError>;

    /// The open runs in a collaboration, of one name or all, the newest first.
    async fn open_runs(
        &self,
        collab: CollabId,
        name: Option<&RunName>,
    ) -> Result<Vec<RunRecord>, CollabError>;

    /// A run.
    async fn run(&self, run: RunId) -> Result<RunRecord, CollabError>;

    /// Ends a run for this party.
    async fn end(&self, run: RunId, outcome: Outcome) -> Result<(), CollabError>;

    /// Gives an envelope to the relay.
    async fn post(&self, run: RunId, envelope: &[u8]) -> Result<(), CollabError>;

    /// The messages of a run for this organisation, after waiting for the first.
    async fn mailbox(&self, run: RunId, wait: Duration) -> Result<Mail, CollabError>;

    /// Makes the relay forget a message.
    async fn forget(&self, message: u64) -> Result<(), CollabError>;
}

/// Messages of a run, and where the run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The number at the relay and the bytes of each message.
    pub messages: Vec<(u64, Vec<u8>)>,
    /// The run.
    pub run: RunRecord,
}

/// How long a call may take, beside the time that it waits for messages.
const CALL: Duration = Duration::from_secs(30);

/// A relay that is called over HTTPS, or over HTTP on the own machine.
pub struct HttpRelay {
    client: reqwest::Client,
    url: String,
    token: Zeroizing<String>,
}

impl fmt::Debug for HttpRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRelay").field("url", &self.url).finish_non_exhaustive()
    }
}

impl HttpRelay {
    /// The relay at a URL, which is called with a token. `root` is the certificate in PEM of an authority of one's own.
    ///
    /// # Errors
    ///
    /// [`CollabError::Settings`] where the URL is no `https://` one, and no `http://` one of the own machine.
    pub fn new(url: &str, token: Zeroizing<String>, root: Option<&[u8]>) -> Result<Self, CollabError> {
        let wrong = |what: &str| CollabError::Settings(format!("the relay `{url}`: {what}"));
        let parsed = reqwest::Url::parse(url).map_err(|_| wrong("the URL cannot be read"))?;
        let local = matches!(parsed.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        if parsed.scheme() != "https" && !(parsed.scheme() == "http" && local) {
            return Err(wrong("it is called over https, or over http on this machine only"));
        }
        let mut client = reqwest::Client::builder()
            .timeout(CALL)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("nest-collab");
        if local {
            client = client.no_proxy();
        }
        if let Some(root) = root {
            let root = reqwest::Certificate::from_pem(root)
                .map_err(|_| wrong("the certificate of the authority cannot be read"))?;
            client = client.add_root_certificate(root);
        }
        let client = client.build().map_err(|_| wrong("no connection can be prepared"))?;
        Ok(Self { client, url: url.trim_end_matches('/').to_owned(), token })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/relay/v1/{path}", self.url)).bearer_auth(self.token.as_str())
    }

    async fn answer(&self, request: RequestBuilder) -> Result<(StatusCode, reqwest::Response), CollabError> {
        let answer = request.send().await.map_err(|error| self.silent(&error))?;
        Ok((answer.status(), answer))
    }

    async fn send(&self, request: RequestBuilder) -> Result<reqwest::Response, CollabError> {
        Self::checked(self.answer(request).await?).await
    }

    async fn checked(
        (status, answer): (StatusCode, reqwest::Response),
    ) -> Result<reqwest::Response, CollabError> {
        if status.is_success() {
            return Ok(answer);
        }
        let problem: Option<Problem> = answer.json().await.ok();
        let said = problem.map_or_else(|| format!("status {}", status.as_u16()), |problem| problem.message);
        Err(match status {
            StatusCode::UNAUTHORIZED => {
                CollabError::Settings(format!("the relay does not take the token: {said}"))
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::INSUFFICIENT_STORAGE => {
                CollabError::Unavailable(format!("the relay has no room: {said}"))
            }
            StatusCode::GONE => CollabError::Aborted(said),
            status if status.is_server_error() => {
                CollabError::Unavailable(format!("the relay failed: {said}"))
            }
            _ => CollabError::Refused(format!("the relay refused: {said}")),
        })
    }

    fn silent(&self, error: &reqwest::Error) -> CollabError {
        let why = if error.is_timeout() { "in time" } else { "at all" };
        CollabError::Unavailable(format!("the relay at {} does not answer {why}", self.url))
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CollabError> {
        let answer = self.send(request).await?;
        answer.json().await.map_err(|error| match error.is_decode() {
            true => CollabError::Damaged("the relay answers with something else than was asked".to_owned()),
            false => self.silent(&error),
        })
    }
}

#[async_trait]
impl Relay for HttpRelay {
    async fn directory(&self, after: u64) -> Result<DirectoryPage, CollabError> {
        self.json(self.request(Method::GET, &format!("directory?after={after}"))).await
    }

    async fn publish(&self, statement: &KeyStatement) -> Result<(), CollabError> {
        let path = format!("organizations/{}/keys", statement.org);
        self.send(self.request(Method::PUT, &path).json(statement)).await.map(drop)
    }

    async fn collaborate(&self, collaboration: &Collaboration) -> Result<(), CollabError> {
        self.send(self.request(Method::POST, "collaborations").json(collaboration)).await.map(drop)
    }

    async fn start(&self, run: &RunRecord) -> Result<(), CollabError> {
        self.send(self.request(Method::POST, "runs").json(run)).await.map(drop)
    }

    async fn open_runs(
        &self,
        collab: CollabId,
        name: Option<&RunName>,
    ) -> Result<Vec<RunRecord>, CollabError> {
        let name = name.map_or_else(String::new, |name| format!("&name={name}"));
        let request = self.request(Method::GET, &format!("runs?collab={collab}{name}"));
        self.json(request).await
    }

    async fn run(&self, run: RunId) -> Result<RunRecord, CollabError> {
        self.json(self.request(Method::GET, &format!("runs/{run}"))).await
    }

    async fn end(&self, run: RunId, outcome: Outcome) -> Result<(), CollabError> {
        self.send(self.request(Method::POST, &format!("runs/{run}/cancel")).json(&outcome)).await.map(drop)
    }

    async fn post(&self, run: RunId, envelope: &[u8]) -> Result<(), CollabError> {
        let request = self.request(Method::POST, &format!("runs/{run}/messages"));
        let request = request.header("content-type", "application/octet-stream").body(envelope.to_vec());
        match self.answer(request).await? {
            // The same message was sent before a restart, sealed anew: the one that is there says the same.
            (StatusCode::CONFLICT, _) => Ok(()),
            answer => Self::checked(answer).await.map(drop),
        }
    }

    async fn mailbox(&self, run: RunId, wait: Duration) -> Result<Mail, CollabError> {
        // In whole seconds: a part of one counts as one, so that the end of a wait does not become a run of calls.
        let seconds = if wait.is_zero() { 0 } else { wait.as_secs() + 1 };
        let path = format!("mailbox?run={run}&wait={seconds}");
        let mailbox: Mailbox = self.json(self.request(Method::GET, &path).timeout(CALL + wait)).await?;
        let broken =
            || CollabError::Damaged("the relay answers with something else than was asked".to_owned());
        let mut messages = Vec::with_capacity(mailbox.messages.len());
        for item in mailbox.messages {
            messages.push((item.id, STANDARD.decode(item.envelope).map_err(|_| broken())?));
        }
        Ok(Mail { messages, run: mailbox.run.ok_or_else(broken)? })
    }

    async fn forget(&self, message: u64) -> Result<(), CollabError> {
        self.send(self.request(Method::DELETE, &format!("mailbox/{message}"))).await.map(drop)
    }
}

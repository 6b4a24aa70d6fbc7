//! The builder of a client.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nest_core::{Domain, Transcryption};

use super::exchange::Http;
use super::{NestClient, Shared};
use crate::wire::message::Form;
use crate::{BuildError, ChosenTranscryption, NoTranscryption};

impl NestClient<NoTranscryption> {
    /// A builder with the address of the data source, `https://…`, and the token of this caller.
    pub fn builder(url: &str, token: &str) -> NestClientBuilder<NoTranscryption> {
        NestClientBuilder {
            url: url.to_owned(),
            token: token.to_owned(),
            plain_http: false,
            roots: None,
            form: Form::Json,
            domain: String::new(),
            to: None,
            transcryption: NoTranscryption,
            timeout: Duration::from_secs(150),
            repeat_for: Duration::from_secs(300),
            max_answer_bytes: 64 * 1024 * 1024,
        }
    }
}

/// The builder of a [`NestClient`].
#[must_use]
pub struct NestClientBuilder<T> {
    url: String,
    token: String,
    plain_http: bool,
    roots: Option<Vec<u8>>,
    form: Form,
    domain: String,
    to: Option<String>,
    transcryption: T,
    timeout: Duration,
    repeat_for: Duration,
    max_answer_bytes: usize,
}

impl<T> NestClientBuilder<T> {
    /// The domain in which this platform knows participants.
    pub fn domain(mut self, name: impl Into<String>) -> Self {
        self.domain = name.into();
        self
    }

    /// Which of the data source's domains is asked about, where it has several; otherwise its first.
    pub fn source_domain(mut self, name: impl Into<String>) -> Self {
        self.to = Some(name.into());
        self
    }

    /// The transcryption into the platform's own domain: [`Paas`](crate::Paas), or
    /// [`InProcess`](nest_core::InProcess) in a test.
    pub fn transcryption<U: Transcryption>(self, transcryption: U) -> NestClientBuilder<U> {
        NestClientBuilder {
            url: self.url,
            token: self.token,
            plain_http: self.plain_http,
            roots: self.roots,
            form: self.form,
            domain: self.domain,
            to: self.to,
            transcryption,
            timeout: self.timeout,
            repeat_for: self.repeat_for,
            max_answer_bytes: self.max_answer_bytes,
        }
    }

    /// Allows an address that begins with `http://`. For tests and for a data source on this same machine.
    ///
    /// # Privacy
    ///
    /// Records stay sealed. Anybody on the way can read the token and call with it.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Trusts only the certificate authorities in this PEM, one or more, instead of those of the operating system.
    /// For a data source with a private authority, or to accept one known authority only.
    pub fn root_certificate_pem(mut self, certificates: &[u8]) -> Self {
        self.roots = Some(certificates.to_vec());
        self
    }

    /// Sends and asks for `application/vnd.nest.message` instead of JSON. It says the same in three quarters of the
    /// bytes: see [`Message`](crate::Message). Transcryptors are still sent JSON.
    pub fn compact(mut self) -> Self {
        self.form = Form::Compact;
        self
    }

    /// How long one try may take, without transcryption, instead of two and a half minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// For how long a request that may pass later is sent again, instead of five minutes. A data source or a proxy
    /// that is not ready says after how many seconds to try again (`Retry-After`). A data source that is not reached
    /// at all, or breaks off, is tried four times. After this time no new try is begun.
    pub fn repeat_for(mut self, time: Duration) -> Self {
        self.repeat_for = time;
        self
    }

    /// The most bytes of an answer that are read, instead of 64 MiB.
    pub fn max_answer_bytes(mut self, bytes: usize) -> Self {
        self.max_answer_bytes = bytes;
        self
    }
}

impl<T> NestClientBuilder<T> {
    /// Checks everything. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] for the first thing that is missing or wrong.
    pub fn build(self) -> Result<NestClient<T>, BuildError>
    where
        T: ChosenTranscryption,
    {
        let domain = Domain::new(self.domain).map_err(|_| BuildError::Domain)?;
        let to = self.to.map(Domain::new).transpose().map_err(|_| BuildError::Domain)?;
        let roots = self.roots.as_deref();
        let http = Http::new(
            &self.url,
            &self.token,
            self.plain_http,
            roots,
            self.timeout,
            self.repeat_for,
            self.max_answer_bytes,
        )?;
        let shared = Shared { http, form: self.form, domain, to, transcryption: self.transcryption };
        Ok(NestClient { shared: Arc::new(shared), last_exchange: Mutex::new(None) })
    }
}

impl<T> fmt::Debug for NestClientBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NestClientBuilder").field("domain", &self.domain).finish_non_exhaustive()
    }
}

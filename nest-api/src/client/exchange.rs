//! One request and its answer over HTTP, within bounds.

use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Certificate, Client, Response, Url, redirect};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::repeat::{Failure, Repeats};
use crate::operation::{IDEMPOTENCY_KEY, Route};
use crate::wire::message::{self, Form};
use crate::{BuildError, ClientError, Code, RequestId, pem};

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The most bytes of problem details that are read.
const MAX_PROBLEM_BYTES: usize = 16 * 1024;

/// The HTTP side of a client: one pool of kept-alive connections to one data source.
pub(crate) struct Http {
    client: Client,
    base: String,
    repeat_for: Duration,
    max_answer_bytes: usize,
}

impl Http {
    pub(crate) fn new(
        url: &str,
        token: &str,
        plain_http: bool,
        roots: Option<&[u8]>,
        timeout: Duration,
        repeat_for: Duration,
        max_answer_bytes: usize,
    ) -> Result<Self, BuildError> {
        let url = Url::parse(url).map_err(|_| BuildError::Url)?;
        let scheme_fits = url.scheme() == "https" || (plain_http && url.scheme() == "http");
        let bare = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !scheme_fits || !bare || url.cannot_be_a_base() {
            return Err(BuildError::Url);
        }
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BuildError::Token);
        }
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| BuildError::Token)?;
        authorization.set_sensitive(true);
        let headers = HeaderMap::from_iter([(AUTHORIZATION, authorization)]);
        let mut client = Client::builder()
            .default_headers(headers)
            // A redirect could take the batch and the token elsewhere.
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            // With HTTP/2 all requests would share one connection, and a server on actix reads a connection on one
            // thread.
            .http1_only()
            .timeout(timeout);
        if url.scheme() == "http" {
            client = client.no_proxy();
        }
        match roots {
            Some(pem) => client = client.tls_certs_only(authorities(pem)?),
            // The machine need not have certificates of authorities.
            None if url.scheme() == "http" => client = client.tls_certs_only([]),
            None => {}
        }
        let client = client.build().map_err(|_| match roots {
            None => BuildError::NoRootCertificates,
            Some(_) => BuildError::HttpClient,
        })?;
        let base = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { client, base, repeat_for, max_answer_bytes })
    }

    /// The body of the answer, where it is a success.
    ///
    /// A request that may have been lost is repeated. A request that writes has a key, so the data source recognises
    /// the repetition and answers it without writing again. The second part of an error says whether the request may
    /// have been carried out.
    pub(crate) async fn post(
        &self,
        route: Route,
        form: Form,
        body: Bytes,
        key: Option<&str>,
    ) -> Result<Bytes, (ClientError, bool)> {
        let mut repeats = Repeats::new(self.repeat_for);
        loop {
            let failure = match self.try_post(route, form, body.clone(), key).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            match repeats.after(&failure) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err((failure.error, repeats.perhaps_done())),
            }
        }
    }

    async fn try_post(
        &self,
        route: Route,
        form: Form,
        body: Bytes,
        key: Option<&str>,
    ) -> Result<Bytes, Failure> {
        let request = self.client.post(format!("{}{}", self.base, route.path()));
        let mut request = request.header(CONTENT_TYPE, form.content_type()).body(body);
        if let Some(key) = key {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        let response = request.send().await.map_err(|error| match error.is_connect() {
            true => Failure::before(ClientError::Unreachable),
            false => Failure::after(ClientError::Unreachable),
        })?;
        let status = response.status().as_u16();
        if status == 200 {
            return read(response, self.max_answer_bytes).await.map_err(Failure::after);
        }
        let headers = response.headers().clone();
        let problem = read(response, MAX_PROBLEM_BYTES).await.unwrap_or_default();
        // Of a problem of another server, only the status is kept.
        let problem: ProblemDetails = serde_json::from_slice(&problem).unwrap_or_default();
        let error = ClientError::Refused {
            status,
            code: problem.code.as_deref().and_then(Code::parse),
            request_id: problem.request_id.as_deref().and_then(RequestId::parse),
        };
        Err(Failure::refused(error, &headers))
    }
}

/// The certificates in a PEM. There must be at least one.
fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, BuildError> {
    let found = pem::certificates(pem).map_err(|_| BuildError::RootCertificate)?;
    let found = found.iter().map(|der| Certificate::from_der(der).map_err(|_| BuildError::RootCertificate));
    found.collect()
}

#[derive(Default, Deserialize)]
struct ProblemDetails {
    code: Option<String>,
    request_id: Option<String>,
}

/// A body of at most so many bytes.
async fn read(mut response: Response, max_bytes: usize) -> Result<Bytes, ClientError> {
    let announced = response.content_length().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
    if announced > max_bytes {
        return Err(ClientError::AnswerTooLarge);
    }
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) = response.chunk().await.map_err(|_| ClientError::Unreachable)? {
        if body.len() + chunk.len() > max_bytes {
            return Err(ClientError::AnswerTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

/// What one request and its answer took on the wire: bodies as sent and received, without headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The bytes of the request's body.
    pub sent_bytes: usize,
    /// The bytes of the answer's body.
    pub received_bytes: usize,
    /// The number of records in the answer.
    pub records: usize,
    /// The bytes of the smallest and of the largest record in the answer. They are the same for one type of
    /// record.
    pub record_bytes: RangeInclusive<usize>,
}

/// An answer as it came. It is measured only when the measure is asked for.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) sent_bytes: usize,
    pub(crate) body: Bytes,
    pub(crate) form: Form,
}

impl Received {
    /// Measures it; `None` where it is not a message.
    pub(crate) fn measure(&self) -> Option<Exchange> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            #[serde(borrow)]
            batch: Records<'a>,
        }

        #[derive(Deserialize)]
        struct Records<'a> {
            #[serde(borrow)]
            records: Vec<&'a RawValue>,
        }

        let (records, record_bytes) = match self.form {
            Form::Json => {
                let Answer { batch: Records { records } } = serde_json::from_slice(&self.body).ok()?;
                let sizes = || records.iter().map(|record| record.get().len());
                (records.len(), sizes().min().unwrap_or(0)..=sizes().max().unwrap_or(0))
            }
            Form::Compact => {
                let (records, blocks) = message::compact_size(&self.body)?;
                let each = blocks.checked_div(records).unwrap_or(0);
                (records, each..=each)
            }
        };
        let Self { sent_bytes, ref body, .. } = *self;
        Some(Exchange { sent_bytes, received_bytes: body.len(), records, record_bytes })
    }
}

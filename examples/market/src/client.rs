//! Calls of the market's API, as any program would make them.

use std::fmt;

use reqwest::{Client, Method};
use serde_json::Value as Json;

/// Why the demonstration stopped.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that goes wrong here ends the demonstration with its words.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Calls one market.
#[derive(Clone)]
pub(crate) struct Caller {
    base: String,
    client: Client,
}

impl Caller {
    pub(crate) fn new(url: &str) -> Self {
        Self { base: format!("{url}/market/v1"), client: Client::new() }
    }

    /// Calls a route with JSON, and gives the JSON of the answer.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<&Json>,
    ) -> Result<Json, Failure> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        answered(&format!("{method} {path}"), request.send().await?).await
    }

    /// Pushes a pack of readings.
    pub(crate) async fn push(&self, source: &str, token: &str, pack: &Json) -> Result<(), Failure> {
        let request = self.client.post(format!("{}/push/{source}/bulk", self.base)).bearer_auth(token);
        let request = request.header("content-type", "application/senml+json").body(pack.to_string());
        answered(&format!("push to {source}"), request.send().await?).await.map(drop)
    }
}

async fn answered(what: &str, response: reqwest::Response) -> Result<Json, Failure> {
    let status = response.status();
    let text = response.text().await?;
    if status.is_success() {
        return Ok(serde_json::from_str(&text).unwrap_or(Json::Null));
    }
    Err(Failure::new(format!("{what} was answered {status}: {text}")))
}

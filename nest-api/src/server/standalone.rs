//! A data source that serves alone, as its settings say.

use std::fmt;
use std::io;

use nest_core::{Transcryption, TranscryptionError};

use crate::{AuditLog, Config, DataSource, DataSourceApi, DataSourceApiBuilder, Paas, Server};

/// Why a data source could not start as its settings say.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The transcryptors cannot be used.
    Transcryption(TranscryptionError),
    /// The audit log cannot be opened.
    AuditLog(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Transcryption(error) => error.fmt(f),
            StartError::AuditLog(error) => write!(f, "the audit log cannot be opened: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

impl<S: DataSource> DataSourceApi<S, Paas> {
    /// Starts with the source, and all that its settings say: domains, callers, limits, the audit log, and a
    /// connection to the transcryptors. The activities are left to add.
    ///
    /// ```no_run
    /// use nest_api::Config;
    /// # use nest_api::prelude::*;
    /// # async fn example<School: Serves<Assessment>, Assessment: Activity>(
    /// #     school: School,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let config = Config::load("school.toml")?;
    /// let api = DataSourceApi::configured(school, &config).await?.activity::<Assessment>().build()?;
    /// api.serve_configured(&config).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A [`StartError`] where the transcryptors cannot be used, or the audit log cannot be opened.
    pub async fn configured(source: S, config: &Config) -> Result<DataSourceApiBuilder<S, Paas>, StartError> {
        let mut builder = DataSourceApi::builder(source)
            .max_body_bytes(config.limits.max_body_bytes)
            .max_records(config.limits.max_records)
            .max_depth(config.limits.max_depth)
            .request_timeout(config.limits.request)
            .requests_at_once(config.limits.requests_at_once)
            .idempotency_retention(config.idempotency);
        for domain in &config.domains {
            builder = builder.domain(domain.as_str());
        }
        for caller in &config.callers {
            builder = builder.caller(caller.clone());
        }
        if config.upstream_door {
            builder = builder.upstream_door();
        }
        // Before anything is connected: it cannot be opened twice.
        if let Some(path) = &config.audit_log {
            builder = builder.audit_log(AuditLog::open(path).map_err(StartError::AuditLog)?);
        }
        let paas = config.paas.connect().await.map_err(StartError::Transcryption)?;
        Ok(builder.transcryption(paas))
    }
}

impl<S: DataSource, T: Transcryption + 'static> DataSourceApi<S, T> {
    /// Serves as the settings say, over TLS or in plain HTTP, until the process is told to stop; see
    /// [`serve`](Self::serve).
    ///
    /// # Errors
    ///
    /// Whatever binding the address says.
    pub async fn serve_configured(&self, config: &Config) -> io::Result<()> {
        self.bind_configured(config)?.run_until_signal().await
    }

    /// Listens as the settings say, over TLS or in plain HTTP, for an application that says itself when to stop.
    /// Port 0 takes a free one: ask [`Server::address`].
    ///
    /// # Errors
    ///
    /// Whatever binding the address says.
    pub fn bind_configured(&self, config: &Config) -> io::Result<Server> {
        match &config.tls {
            Some(tls) => self.bind(config.listen, tls.clone()),
            // That it was asked for, or that the address is a loopback one, was checked with the settings.
            None => self.bind_plain_http_anywhere(config.listen),
        }
    }
}

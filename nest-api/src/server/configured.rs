//! A data source that serves alone, by its settings.

use std::io;
use std::path::Path;

use nest_core::Transcryption;

use crate::{
    AuditLog, Config, DataSource, DataSourceApi, DataSourceApiBuilder, Paas, RepetitionsFolder, Server,
    StartError,
};

impl<S: DataSource> DataSourceApi<S, Paas> {
    /// A builder with the source and its settings: domains, callers, limits, the audit log, and a connection to the
    /// transcryptors. Add the activities to it.
    ///
    /// Nothing fails here. [`build`](DataSourceApiBuilder::build) names all faults at once.
    ///
    /// ```no_run
    /// # use nest_api::prelude::*;
    /// use nest_api::Config;
    /// # async fn example<School: Serves<Assessment>, Assessment: Activity>(
    /// #     school: School,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let config = Config::load("school.toml");
    /// let api = DataSourceApi::configured(school, &config).await.activity::<Assessment>().build()?;
    /// api.serve_configured(&config).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn configured(source: S, config: &Config) -> DataSourceApiBuilder<S, Paas> {
        let mut builder = DataSourceApi::builder(source)
            .max_body_bytes(config.limits.max_body_bytes)
            .max_records(config.limits.max_records)
            .max_depth(config.limits.max_depth)
            .request_timeout(config.limits.request)
            .requests_at_once(config.limits.requests_at_once)
            .idempotency_retention(config.idempotency)
            .idempotency_keys(config.limits.idempotency_keys)
            .idempotency_bytes(config.limits.idempotency_bytes)
            .faults(config.faults.iter().cloned());
        for domain in &config.domains {
            builder = builder.domain(domain.as_str());
        }
        for caller in &config.callers {
            builder = builder.caller(caller.clone());
        }
        if let Some(bytes) = config.limits.bytes_in_flight {
            builder = builder.bytes_in_flight(bytes);
        }
        if let Some(connections) = config.limits.connections {
            builder = builder.connections(connections);
        }
        if let Some(connections) = config.limits.connections_per_address {
            builder = builder.connections_per_address(connections);
        }
        for proxy in &config.limits.proxies {
            builder = builder.proxy(*proxy);
        }
        if config.upstream_door {
            builder = builder.upstream_is_set();
        }
        // The log is opened before anything is connected, because it cannot be opened twice.
        if let Some(path) = &config.audit_log {
            match AuditLog::open(path) {
                Ok(log) => builder = builder.audit_log(log),
                Err(error) => builder = builder.faults([cannot_open(path, &error)]),
            }
        }
        if let Some(path) = &config.repetitions {
            match RepetitionsFolder::open(path) {
                Ok(folder) => builder = builder.repetitions_folder(folder),
                Err(error) => builder = builder.faults([no_folder(path, &error)]),
            }
        }
        let Some(settings) = &config.paas else { return builder.perhaps(None) };
        match settings.connect().await {
            Ok(paas) => builder.transcryption(paas),
            // A missing file or token was named already. It is not a fault of a transcryptor.
            Err(_) if config.faults.iter().any(|fault| fault.contains("`paas.")) => builder.perhaps(None),
            Err(error) => builder.faults(error.faults()).perhaps(None),
        }
    }
}

/// The fault of an audit log that cannot be opened.
fn cannot_open(path: &Path, error: &io::Error) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!("the audit log {} (`audit_log`) cannot be opened: {error}", path.display())
}

/// The fault of a folder that cannot be used.
fn no_folder(path: &Path, error: &io::Error) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!(
        "the folder {} for repetitions cannot be used: {error}. Name another one with `repetitions`, or write \
         `repetitions_in_memory = true`, and a restart forgets them",
        path.display()
    )
}

impl<S: DataSource, T: Transcryption + 'static> DataSourceApi<S, T> {
    /// Serves by the settings, over TLS or in plain HTTP, until the process is told to stop; see
    /// [`serve`](Self::serve).
    ///
    /// # Errors
    ///
    /// A [`StartError`] where the settings have a fault, or the server cannot listen on the address.
    pub async fn serve_configured(&self, config: &Config) -> Result<(), StartError> {
        self.bind_configured(config)?.run_to_the_end().await
    }

    /// Listens by the settings, over TLS or in plain HTTP. The application decides when to stop. Port 0 takes a free
    /// one: ask [`Server::address`].
    ///
    /// # Errors
    ///
    /// As [`serve_configured`](Self::serve_configured).
    pub fn bind_configured(&self, config: &Config) -> Result<Server, StartError> {
        config.check()?;
        let listen = config.listen.ok_or_else(|| StartError::one("`listen` is missing"))?;
        match &config.tls {
            Some(tls) => self.bind(listen, tls.clone()),
            // The settings were checked: plain HTTP was asked for, or the address is a loopback address.
            None => self.bind_plain_http_anywhere(listen),
        }
    }
}

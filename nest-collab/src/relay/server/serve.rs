//! How a relay is started and stopped.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::audit::Audit;
use super::caller::Callers;
use super::config::{RelayConfig, RelayTls};
use super::database::Database;
use super::keeper::Keeper;
use super::limits::Rates;
use super::metrics::Metrics;
use super::routes::{News, Shared, routes};
use crate::error::CollabError;

/// A relay that runs.
pub struct RelayServer {
    address: SocketAddr,
    handle: ServerHandle,
    thread: std::thread::JoinHandle<std::io::Result<()>>,
}

impl std::fmt::Debug for RelayServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayServer").field("address", &self.address).finish_non_exhaustive()
    }
}

impl RelayServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it, after the requests that are under way.
    pub async fn stop(self) {
        self.handle.stop(true).await;
    }

    /// Waits until it is stopped by a signal.
    ///
    /// # Errors
    ///
    /// [`CollabError::Unavailable`] where it ended by a fault.
    pub fn wait(self) -> Result<(), CollabError> {
        match self.thread.join() {
            Ok(Ok(())) => Ok(()),
            _ => Err(CollabError::Unavailable("the relay ended by a fault".to_owned())),
        }
    }
}

/// Starts a relay.
///
/// # Errors
///
/// [`CollabError::Settings`] where a setting is wrong or an address is taken, and [`CollabError::Unavailable`] where the
/// database does not answer.
pub async fn serve(config: RelayConfig) -> Result<RelayServer, CollabError> {
    let database = Database::open(&config.database).await;
    let database = database.map_err(|error| CollabError::Unavailable(format!("the relay: {error}")))?;
    let keeper = Keeper::new(database, config.limits);
    for (name, org) in &config.organizations {
        let admitted = keeper.admit(name, org).await;
        admitted.map_err(|refusal| CollabError::Settings(format!("organisation `{name}`: {refusal}")))?;
    }
    let shared = web::Data::new(Shared {
        keeper,
        callers: Callers::default(),
        rates: Rates::new(config.limits.requests_per_minute),
        audit: Audit::open(config.audit.as_deref())?,
        metrics: Metrics::default(),
        operator: config.operator_token_sha256,
        news: News::default(),
    });
    let taken = |error: std::io::Error| {
        CollabError::Settings(format!("the relay cannot listen on {}: {}", config.listen, error.kind()))
    };
    let listener = TcpListener::bind(&config.listen).map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    if config.tls.is_none() && !address.ip().is_loopback() {
        return Err(CollabError::Settings(
            "without TLS the relay listens on an address of this machine only: set [tls], or put a proxy before it"
                .to_owned(),
        ));
    }
    let tls = config.tls.as_ref().map(tls).transpose()?;
    let connections = config.limits.connections;
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().app_data(shared.clone()).configure(routes))
                .workers(2)
                .max_connections(connections)
                .client_request_timeout(std::time::Duration::from_secs(10))
                .shutdown_timeout(5);
            let server = match tls {
                Some(tls) => server.listen_rustls_0_23(listener, tls)?,
                None => server.listen(listener)?,
            };
            let server = server.run();
            // The receiver is gone only where the caller is.
            let _ = sender.send(server.handle());
            server.await
        })
    });
    let handle =
        receiver.await.map_err(|_| CollabError::Unavailable("the relay did not start".to_owned()))?;
    Ok(RelayServer { address, handle, thread })
}

fn tls(files: &RelayTls) -> Result<rustls::ServerConfig, CollabError> {
    let wrong = |what: &str| CollabError::Settings(format!("TLS of the relay: {what}"));
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&files.certificate)
        .map_err(|_| wrong("the file of the certificates cannot be read"))?
        .collect();
    let chain = chain.map_err(|_| wrong("the file of the certificates cannot be read"))?;
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|_| wrong("the file of the key cannot be read"))?;
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| wrong("no version of TLS is there"))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|_| wrong("the key does not belong to the certificate"))
}

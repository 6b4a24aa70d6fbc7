//! Any actix application behind the connections of this crate: bounded, timed, and over TLS.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, Error};

use super::connection::{ConnectionLimits, serve::serve};
use super::metrics::Metrics;
use crate::{StartError, Tls};

/// Serves an application that is no data source with the connections of one: so many in all and of one address, closed
/// when they are idle and another one comes, and never waited for without end.
#[derive(Debug, Clone, Default)]
#[must_use = "it listens once it is bound"]
pub struct Host {
    limits: ConnectionLimits,
    tls: Option<Tls>,
    plain_http_anywhere: bool,
}

/// An application that listens, and answers once it [runs](Self::run).
#[must_use = "it answers once it runs"]
pub struct Hosted {
    address: SocketAddr,
    scheme: &'static str,
    server: actix_web::dev::Server,
    metrics: Metrics,
}

impl Host {
    /// Plain HTTP on this machine alone, until something else is said.
    pub fn new() -> Self {
        Self::default()
    }

    /// Over TLS.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// In plain HTTP on any address, for a place where something else adds TLS.
    pub fn plain_http_anywhere(mut self) -> Self {
        self.plain_http_anywhere = true;
        self
    }

    /// How many connections there may be in all.
    pub fn connections(mut self, most: usize) -> Self {
        self.limits.all = Some(most);
        self
    }

    /// Addresses of proxies: each may have any number of connections.
    pub fn proxies(mut self, proxies: Vec<IpAddr>) -> Self {
        self.limits.proxies = proxies;
        self
    }

    /// Listens. Port 0 takes a free one: ask [`Hosted::address`].
    ///
    /// # Errors
    ///
    /// A [`StartError`] where the address cannot be listened on, or plain HTTP could be reached from elsewhere.
    pub fn bind<F, S, B>(self, address: SocketAddr, app: F) -> Result<Hosted, StartError>
    where
        F: Fn() -> App<S> + Send + Clone + 'static,
        S: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        if self.tls.is_none() && !self.plain_http_anywhere && !address.ip().is_loopback() {
            return Err(StartError::one(format!(
                "{address} can be reached from elsewhere: plain HTTP is served on loopback addresses only, unless \
                 that is asked for"
            )));
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let metrics = Metrics::new();
        let listen = || -> io::Result<(SocketAddr, actix_web::dev::Server)> {
            let listener = TcpListener::bind(address)?;
            let address = listener.local_addr()?;
            Ok((address, serve(app, listener, self.tls, &self.limits, metrics.clone())?))
        };
        let (address, server) = listen().map_err(|error| StartError::one(cannot_listen(address, &error)))?;
        Ok(Hosted { address, scheme, server, metrics })
    }
}

/// What to say of an address that cannot be listened on.
fn cannot_listen(address: SocketAddr, error: &io::Error) -> String {
    super::start_error::cannot_listen(&[address], error)
}

impl Hosted {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as a client on this machine wants it.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Stops it from elsewhere: requests that have begun are finished.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// What is counted about its connections, in the text format of OpenMetrics.
    pub fn metrics(&self) -> String {
        self.metrics.render()
    }

    /// Answers requests until it is stopped.
    ///
    /// # Errors
    ///
    /// Whatever the operating system says.
    pub async fn run(self) -> io::Result<()> {
        self.server.await
    }
}

impl fmt::Debug for Hosted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosted").field("address", &self.address).finish_non_exhaustive()
    }
}

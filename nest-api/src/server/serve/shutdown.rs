//! A server that runs alone, and how it stops: requests that have begun are finished, and new ones are refused.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use nest_core::Transcryption;

use crate::StartError;
use crate::server::api::Api;

/// The time that is added to the longest request when the server waits for requests to end.
const SEAL_TIME: Duration = Duration::from_secs(15);

/// How long the transcryptors may take to end the session.
const END_TIME: Duration = Duration::from_secs(5);

/// How often it is checked whether all requests have ended.
const LOOK: Duration = Duration::from_millis(10);

/// A data source that serves alone. It listens already, and answers once it [runs](Self::run).
#[must_use = "it answers once it runs"]
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    server: actix_web::dev::Server,
    api: Arc<dyn Drain>,
}

impl Server {
    pub(crate) fn new(
        address: SocketAddr,
        scheme: &'static str,
        server: actix_web::dev::Server,
        api: Arc<dyn Drain>,
    ) -> Self {
        Self { address, scheme, server, api }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL for a client on this machine.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Stops it from elsewhere.
    pub fn handle(&self) -> ServerStop {
        ServerStop { server: self.server.handle(), api: Arc::clone(&self.api) }
    }

    /// Answers requests until it is [stopped](Self::handle). The program handles signals of the operating system.
    /// Works under tokio and under actix.
    ///
    /// # Errors
    ///
    /// An error of the operating system.
    pub async fn run(self) -> io::Result<()> {
        self.server.await
    }

    /// Answers requests until the process is told to stop, by SIGINT (Ctrl-C), SIGTERM or SIGHUP, and then stops as
    /// [`ServerStop::stop`] does.
    ///
    /// # Errors
    ///
    /// An error of the operating system.
    pub async fn run_until_signal(self) -> io::Result<()> {
        let stop = self.handle();
        let mut server = std::pin::pin!(self.server);
        tokio::select! {
            ended = &mut server => return ended,
            signal = signal() => signal?,
        }
        tracing::info!("stopping");
        let (ended, ()) = tokio::join!(server, stop.stop());
        ended
    }
}

impl Server {
    /// As [`run_until_signal`](Self::run_until_signal), with an error that `main` can print.
    pub(crate) async fn run_to_the_end(self) -> Result<(), StartError> {
        let address = self.address;
        self.run_until_signal()
            .await
            .map_err(|error| StartError::one(format!("the server at {address} failed: {error}")))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Stops a [`Server`] from elsewhere.
#[derive(Clone)]
pub struct ServerStop {
    server: ServerHandle,
    api: Arc<dyn Drain>,
}

impl ServerStop {
    /// Takes no new requests, finishes those that have begun, and ends the session at the transcryptors. It waits as
    /// long as a request may take. Until then new requests are answered at once with 503
    /// [`ShuttingDown`](crate::Code::ShuttingDown), also on new connections, and `/ready` answers 503. After that
    /// connections are refused. Connections are cut three seconds after the last answer, even if a slow client has
    /// not read all of it.
    pub async fn stop(&self) {
        self.api.drain().await;
        self.server.stop(true).await;
        self.api.end().await;
    }
}

impl fmt::Debug for ServerStop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerStop")
    }
}

async fn signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        // Terminals that close send it, and some service managers.
        let mut hang_up = signal(SignalKind::hangup())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
            _ = hang_up.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

type Done<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// An API that has work to finish, without its types.
pub(crate) trait Drain: Send + Sync {
    /// Refuses new work, and waits for work that has begun.
    fn drain(&self) -> Done<'_>;

    /// Ends the session at the transcryptors.
    fn end(&self) -> Done<'_>;
}

impl<S: Send + Sync, T: Transcryption> Drain for Api<S, T> {
    fn drain(&self) -> Done<'_> {
        self.shares.close();
        Box::pin(async {
            let ended = async {
                while !self.shares.is_idle() {
                    tokio::time::sleep(LOOK).await;
                }
            };
            if tokio::time::timeout(self.limits.request_time + SEAL_TIME, ended).await.is_err() {
                tracing::warn!("stopping with requests under way that took too long");
            }
        })
    }

    fn end(&self) -> Done<'_> {
        Box::pin(async {
            if !matches!(tokio::time::timeout(END_TIME, self.transcryption.end()).await, Ok(Ok(()))) {
                tracing::warn!("the session was not ended at all transcryptors; it will expire");
            }
        })
    }
}

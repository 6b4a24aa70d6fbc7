//! One transcryptor: a paas-server on a loopback port, that can be stopped and started again.
//!
//! Each runs in a thread and an actix system of its own. It therefore does not matter which runtime the caller has, nor
//! whether the caller is busy encrypting on its only thread.

use crate::parties::Tokens;
use crate::routes::{self, Setup};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use paas_server::config::ServerConfig;
use paas_server::session_storage::{InMemorySessionStorage, SessionStorage};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

/// What becomes of the sessions when a transcryptor is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// They live on, as with paas-server on Redis.
    Kept,
    /// None is left, as with paas-server in memory.
    Lost,
}

/// A transcryptor, running or stopped.
pub(crate) struct Transcryptor {
    setup: Setup,
    tokens: Tokens,
    address: SocketAddr,
    lifetime: Duration,
    sessions: InMemorySessionStorage,
    running: Option<Running>,
}

impl Transcryptor {
    /// Starts it on a port that is already bound, since its address is part of its configuration.
    pub(crate) async fn start(
        setup: Setup,
        tokens: Tokens,
        listener: TcpListener,
        lifetime: Duration,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let sessions = no_sessions(lifetime);
        let running = Running::start(&setup, &sessions, listener).await?;
        Ok(Self { setup, tokens, address, lifetime, sessions, running: Some(running) })
    }

    /// The name by which configuration and clients know it.
    pub(crate) fn system_id(&self) -> &str {
        &self.setup.system_id
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bearer token of a party here.
    pub(crate) fn token(&self, party: &str) -> Option<&str> {
        self.tokens.get(party).map(String::as_str)
    }

    /// Stops it; its port refuses connections from then on. Does nothing if it has stopped already.
    pub(crate) async fn halt(&mut self) -> io::Result<()> {
        match self.running.take() {
            Some(running) => running.stop().await,
            None => Ok(()),
        }
    }

    /// Starts it again on the same port, stopping it first if need be.
    pub(crate) async fn restart(&mut self, sessions: Sessions) -> io::Result<()> {
        self.halt().await?;
        if sessions == Sessions::Lost {
            self.sessions = no_sessions(self.lifetime);
        }
        let listener = TcpListener::bind(self.address)?;
        self.running = Some(Running::start(&self.setup, &self.sessions, listener).await?);
        Ok(())
    }
}

fn no_sessions(lifetime: Duration) -> InMemorySessionStorage {
    InMemorySessionStorage::new(lifetime, ServerConfig::default().pep_session_length)
}

/// A server thread. Dropping this stops it too, but without waiting for it.
struct Running {
    handle: ServerHandle,
    ended: oneshot::Receiver<io::Result<()>>,
}

impl Running {
    async fn start(
        setup: &Setup,
        sessions: &InMemorySessionStorage,
        listener: TcpListener,
    ) -> io::Result<Self> {
        let (started, handle) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let name = setup.system_id.clone();
        let (setup, sessions) = (setup.clone(), sessions.clone_box());
        thread::Builder::new().name(name).spawn(move || {
            let outcome = rt::System::new().block_on(serve(setup, sessions, listener, started));
            // A testbed that was dropped, not stopped, no longer listens.
            let _ = end.send(outcome);
        })?;
        match handle.await {
            Ok(handle) => Ok(Self { handle, ended }),
            Err(_) => Err(outcome(ended)
                .await
                .err()
                .unwrap_or_else(|| io::Error::other("the transcryptor never started"))),
        }
    }

    /// Cuts off open connections and waits until the port is free again.
    async fn stop(mut self) -> io::Result<()> {
        self.handle.stop(false).await;
        outcome(&mut self.ended).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The command is sent by the call; only its completion would need waiting for.
        drop(self.handle.stop(false));
    }
}

/// How a server thread ended.
async fn outcome(
    ended: impl Future<Output = Result<io::Result<()>, oneshot::error::RecvError>>,
) -> io::Result<()> {
    ended.await.unwrap_or_else(|_| Err(io::Error::other("the transcryptor's thread panicked")))
}

/// Serves until told to stop by the handle it sends to `started`.
async fn serve(
    setup: Setup,
    sessions: Box<dyn SessionStorage>,
    listener: TcpListener,
    started: oneshot::Sender<ServerHandle>,
) -> io::Result<()> {
    let (tls, workers) = (setup.tls.clone(), setup.workers.get());
    let server = HttpServer::new(move || App::new().service(routes::scope(&setup, sessions.clone())))
        .client_request_timeout(ServerConfig::default().request_timeout)
        // Without it the kernel waits for more to send, and a delayed acknowledgement costs 40 ms per request.
        .tcp_nodelay(true)
        .workers(workers)
        .disable_signals();
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls)?,
        None => server.listen(listener)?,
    };
    let server = server.run();
    let _ = started.send(server.handle());
    server.await
}

//! A listener that counts and times connections before it reads anything of them.
//!
//! actix-web's own server has no bound on connections of one address. It closes no idle connection for a new one, and
//! waits for ever for a client that does not read. So its parts are put together here. HTTP/1.1 is the only protocol.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_server::ServerBuilder;
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, ServiceRequest, ServiceResponse};
use actix_web::{App, Error};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::stream::{Guarded, Stream};
use super::{ConnectionLimits, Connections, files};
use crate::Tls;
use crate::server::metrics::Metrics;

/// How long the head of the first request on a connection may take to arrive.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a handshake may take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(3);

/// How many seconds connections may stay open once the server stops and every request has its answer. Bytes may still
/// be on their way out.
const CLOSE_SECONDS: u64 = 3;

/// How many more connections than its part a thread may have. Some threads have longer connections than others.
const SPARE: usize = 32;

/// Serves an application on a listener.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] where there may not be so many connections, and errors of the listener.
pub(crate) fn serve<F, S, B>(
    app: F,
    listener: TcpListener,
    tls: Option<Tls>,
    limits: &ConnectionLimits,
    metrics: Metrics,
) -> io::Result<Server>
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
    if !is_sound(SystemTime::now()) {
        let refusal = "the clock of this machine is before 1970 or after 9999: set it";
        return Err(io::Error::other(refusal));
    }
    let connections = Connections::new(limits, files::connections(limits.all)?, metrics);
    let tls = tls.map(|tls| {
        let mut config = tls.into_config();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    });
    let workers = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(512));
    let builder = ServerBuilder::new().workers(workers).disable_signals().shutdown_timeout(CLOSE_SECONDS);
    let stopping = builder.graceful_shutdown_signal();
    let each = connections.most().div_ceil(workers) + SPARE;
    let service = move || {
        let stopping = stopping.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(HEAD_TIME)
            .on_connect_ext(|stream: &Stream, data| {
                data.insert(stream.seat().reference());
            });
        let app = app().into_factory().map_err(|error: Error| error.error_response());
        let http = http.finish(map_config(app, |()| AppConfig::default()));
        let (connections, tls) = (connections.clone(), tls.clone());
        fn_service(move |io: TcpStream| open(io, connections.clone(), tls.clone())).and_then(http)
    };
    Ok(builder.max_concurrent_connections(each).listen("nest", listener, service)?.run())
}

/// Whether a time can be written in the head of an answer. The HTTP library panics otherwise.
fn is_sound(now: SystemTime) -> bool {
    let since_1970 = now.duration_since(UNIX_EPOCH);
    since_1970.is_ok_and(|since| since.as_secs() < YEAR_9999)
}

/// The first second of the year 9999.
const YEAR_9999: u64 = 253_370_764_800;

/// Takes in a connection, and finishes its handshake.
async fn open(
    io: TcpStream,
    connections: Connections,
    tls: Option<TlsAcceptor>,
) -> Result<(Stream, Protocol, Option<SocketAddr>), DispatchError> {
    let peer = io.peer_addr().map_err(DispatchError::Io)?;
    let refused = || DispatchError::Io(io::ErrorKind::ConnectionRefused.into());
    let seat = connections.admit(peer.ip()).ok_or_else(refused)?;
    io.set_nodelay(true).map_err(DispatchError::Io)?;
    let guarded = Guarded::new(io, seat);
    let stream = match tls {
        None => Stream::Plain(guarded),
        Some(tls) => {
            let handshake = tokio::time::timeout(HANDSHAKE_TIME, tls.accept(guarded)).await;
            let handshake = handshake.map_err(|_| DispatchError::DisconnectTimeout)?;
            Stream::Tls(Box::new(handshake.map_err(DispatchError::Io)?))
        }
    };
    Ok((stream, Protocol::Http1, Some(peer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_is_noticed_before_anything_is_served() {
        let second = Duration::from_secs(1);
        assert!(is_sound(SystemTime::now()) && is_sound(UNIX_EPOCH));
        assert!(!is_sound(UNIX_EPOCH - second));
        assert!(is_sound(UNIX_EPOCH + Duration::from_secs(YEAR_9999) - second));
        assert!(!is_sound(UNIX_EPOCH + Duration::from_secs(YEAR_9999)));
    }
}

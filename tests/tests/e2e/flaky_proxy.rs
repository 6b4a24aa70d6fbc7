//! A proxy in front of a transcryptor. It counts connections, and fails as networks and gateways do.
//!
//! The transcryptors behind it are real. Only faults that no transcryptor makes are made here.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nest_api::{Paas, PaasBuilder};
use nest_core::Transcryption;
use nest_testbed::{Builder, Transcryptors};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Passed,
    /// Closed, as when no server is there.
    Closed,
    /// Kept open, and never answered.
    Silent,
    /// Closed at the first byte of the answer, when the work has been done.
    CutInAnswer,
    /// Answered by the gateway itself, with this status and nothing else.
    Status(u16),
    /// Answered by the gateway itself, with success and without end.
    Endless,
}

/// A gateway before one transcryptor.
pub(crate) struct FlakyProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Shared {
    target: Mutex<Option<SocketAddr>>,
    /// The fate of so many connections from now on; the others pass.
    next: Mutex<Option<(Fate, usize)>>,
    connections: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl FlakyProxy {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shared, changed) = (Arc::new(Shared::default()), watch::Sender::new(()));
        let (accepting, changes) = (Arc::clone(&shared), changed.clone());
        tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut change = changes.subscribe();
                let (fate, target) = accepting.next();
                let shared = Arc::clone(&accepting);
                tokio::spawn(async move {
                    tokio::select! {
                        () = meet(fate, &mut connection, target) => {}
                        _ = change.changed() => {}
                    }
                    close(connection).await;
                    shared.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, shared, changed }
    }

    /// Lets the next connections meet this fate, after it has closed all that there are and the parties know.
    pub(crate) async fn next(&self, fate: Fate, connections: usize) {
        *self.shared.next.lock().unwrap() = Some((fate, connections));
        self.changed.send_replace(());
        while self.shared.open.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Lets all connections meet this fate.
    pub(crate) async fn all(&self, fate: Fate) {
        self.next(fate, usize::MAX).await;
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many of them there were at once, at most.
    pub(crate) fn most_open(&self) -> usize {
        self.shared.most_open.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn next(&self) -> (Fate, SocketAddr) {
        self.connections.fetch_add(1, Ordering::SeqCst);
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_open.fetch_max(open, Ordering::SeqCst);
        let mut next = self.next.lock().unwrap();
        let fate = match &mut *next {
            Some((fate, left @ 1..)) => {
                *left -= 1;
                *fate
            }
            _ => Fate::Passed,
        };
        (fate, self.target.lock().unwrap().unwrap())
    }
}

async fn meet(fate: Fate, connection: &mut TcpStream, target: SocketAddr) {
    let server = async || {
        let server = TcpStream::connect(target).await?;
        server.set_nodelay(true)?;
        std::io::Result::Ok(server)
    };
    connection.set_nodelay(true).unwrap();
    // Errors are what happens to connections; the party sees them.
    match fate {
        Fate::Passed => {
            if let Ok(mut server) = server().await {
                let _ = copy_bidirectional(connection, &mut server).await;
            }
        }
        Fate::Closed => {}
        Fate::Silent => {
            let _ = copy(connection, &mut tokio::io::sink()).await;
            std::future::pending().await
        }
        Fate::CutInAnswer => {
            if let Ok(server) = server().await {
                let (mut answer, mut request) = server.into_split();
                let (mut asked, _answered) = connection.split();
                tokio::select! {
                    _ = copy(&mut asked, &mut request) => {}
                    _ = answer.read_u8() => {}
                }
            }
        }
        Fate::Status(status) => {
            let head = format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            let _ = answer(connection, &head).await;
        }
        Fate::Endless => {
            let _ = answer(connection, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
            while connection.write_all(&[b' '; 1024]).await.is_ok() {}
        }
    }
}

/// Closes a connection, and waits until the other end has done so too.
async fn close(mut connection: TcpStream) {
    let _ = connection.shutdown().await;
    let _ = timeout(Duration::from_secs(5), copy(&mut connection, &mut tokio::io::sink())).await;
}

/// Reads one request and answers it.
async fn answer(connection: &mut TcpStream, answer: &str) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: u64 = length.map_or(0, |length| length.parse().unwrap());
    copy(&mut (&mut *connection).take(length), &mut tokio::io::sink()).await?;
    connection.write_all(answer.as_bytes()).await
}

/// Two transcryptors, each behind a gateway.
pub(crate) struct Guarded {
    pub(crate) transcryptors: Transcryptors,
    pub(crate) proxies: [FlakyProxy; 2],
}

impl Guarded {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(set: impl FnOnce(Builder) -> Builder) -> Self {
        let proxies = [FlakyProxy::start().await, FlakyProxy::start().await];
        let builder = Transcryptors::builder().party("school").party("nest");
        let builder = builder.behind([0, 1].map(|index: usize| format!("http://{}", proxies[index].address)));
        let transcryptors = set(builder).start().await.unwrap();
        for (proxies, address) in proxies.iter().zip(transcryptors.addresses()) {
            *proxies.shared.target.lock().unwrap() = Some(address);
        }
        Self { transcryptors, proxies }
    }

    pub(crate) fn builder(&self, party: &str) -> PaasBuilder {
        Paas::builder(self.transcryptors.config().clone(), self.transcryptors.auths(party)).plain_http()
    }

    pub(crate) async fn account(&self, party: &str) -> Paas {
        self.builder(party).connect().await.unwrap()
    }

    /// How many connections were made to each so far.
    pub(crate) fn connections(&self) -> [usize; 2] {
        [0, 1].map(|index: usize| self.proxies[index].connections())
    }
}

/// Which transcryptors are up, in their order.
pub(crate) fn up(paas: &Paas) -> Vec<bool> {
    paas.health().into_iter().map(|health| health.up).collect()
}

/// Waits until both are up, without asking for anything.
pub(crate) async fn both_up(paas: &Paas) {
    let up = async {
        while up(paas) != [true, true] {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(60), up).await.unwrap();
}

//! The bytes of one connection, plain or over TLS, within bounds of time. It is closed where an answer is not read or
//! a head does not end.

use std::fmt;
use std::future::Future as _;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_rustls::server::TlsStream;

use super::Seat;
use crate::server::quota::patience::Patience;

/// The longest time in which a client may read nothing.
const WRITE_TIME: Duration = Duration::from_secs(20);

/// How long the head of a request may take once it has begun. The first head on a connection has less time, and is
/// answered with an error.
const HEAD_TIME: Duration = Duration::from_secs(15);

/// A connection.
pub(super) enum Stream {
    Plain(Guarded),
    Tls(Box<TlsStream<Guarded>>),
}

impl Stream {
    pub(super) fn seat(&self) -> &Seat {
        match self {
            Stream::Plain(stream) => &stream.seat,
            Stream::Tls(stream) => &stream.get_ref().0.seat,
        }
    }
}

/// A connection to the network, with its bounds.
pub(super) struct Guarded {
    io: TcpStream,
    seat: Seat,
    patience: Patience,
    /// The time since when the other end takes nothing.
    stalled: Option<Instant>,
    stall: Option<Pin<Box<Sleep>>>,
    /// When a head that has begun must end, and how many requests there were before it.
    head: Option<(Instant, u64)>,
    head_end: Option<Pin<Box<Sleep>>>,
}

impl Guarded {
    pub(super) fn new(io: TcpStream, seat: Seat) -> Self {
        let patience = Patience::new(WRITE_TIME);
        Self { io, seat, patience, stalled: None, stall: None, head: None, head_end: None }
    }

    fn fail_if_closed(&self, cx: &Context<'_>) -> io::Result<()> {
        if self.seat.is_closed(cx) { Err(ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    /// The result of a write; an error where the other end has taken too little for too long.
    fn written(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match result {
            Poll::Ready(Ok(bytes)) => {
                let waited = self.stalled.take().map_or(Duration::ZERO, |since| since.elapsed());
                self.patience.moved(waited, bytes);
                // A head that was read meanwhile waits for this answer to end.
                self.head = None;
            }
            Poll::Pending => {
                let since = *self.stalled.get_or_insert_with(Instant::now);
                if elapsed(&mut self.stall, since + self.patience.left(), cx) {
                    return Poll::Ready(Err(ErrorKind::TimedOut.into()));
                }
            }
            Poll::Ready(Err(_)) => {}
        }
        result
    }

    /// Whether a head has begun, and has not ended in time.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let Some((end, before)) = self.head else { return false };
        if self.seat.requests() != before || self.seat.is_at_work() {
            self.head = None;
            return false;
        }
        elapsed(&mut self.head_end, end, cx)
    }
}

/// Whether it is later than `end`. If not, the task is woken then.
fn elapsed(sleep: &mut Option<Pin<Box<Sleep>>>, end: Instant, cx: &mut Context<'_>) -> bool {
    let sleep = sleep.get_or_insert_with(|| Box::pin(sleep_until(end)));
    if sleep.deadline() != end {
        sleep.as_mut().reset(end);
    }
    sleep.as_mut().poll(cx).is_ready()
}

impl AsyncRead for Guarded {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.fail_if_closed(cx)?;
        let before = buffer.filled().len();
        let result = Pin::new(&mut this.io).poll_read(cx, buffer);
        if result.is_pending() {
            if this.is_late(cx) {
                return Poll::Ready(Err(ErrorKind::TimedOut.into()));
            }
        } else if buffer.filled().len() > before {
            this.seat.heard();
            if !this.seat.is_at_work() && this.head.is_none() {
                this.head = Some((Instant::now() + HEAD_TIME, this.seat.requests()));
            }
        }
        result
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.fail_if_closed(cx)?;
        let result = Pin::new(&mut this.io).poll_write(cx, bytes);
        this.written(cx, result)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.fail_if_closed(cx)?;
        let result = Pin::new(&mut this.io).poll_write_vectored(cx, parts);
        this.written(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// Does the same with either.
macro_rules! either {
    ($self:ident.$method:ident($($argument:ident),*)) => {
        match $self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).$method($($argument),*),
            Stream::Tls(stream) => Pin::new(stream).$method($($argument),*),
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self.poll_read(cx, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        either!(self.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self.poll_shutdown(cx))
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream(…)")
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guarded(…)")
    }
}

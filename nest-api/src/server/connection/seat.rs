//! The state of one connection that others see: its phase, and whether it is to be closed.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Waker};

use futures_util::task::AtomicWaker;

use super::Connections;

/// It has sent nothing yet.
const SILENT: u8 = 0;
/// It has sent something, but no token.
const UNKNOWN: u8 = 1;
/// It has sent the token of a caller.
const KNOWN: u8 = 2;

/// The state that a connection shares with the count of all.
pub(super) struct Place {
    pub(super) address: IpAddr,
    phase: AtomicU8,
    /// When it entered its phase, or became idle.
    since: AtomicU64,
    /// How many of its requests are being answered, or have answers that are not sent yet.
    at_work: AtomicUsize,
    /// How many requests it has had.
    requests: AtomicU64,
    closed: AtomicBool,
    waker: AtomicWaker,
}

impl Place {
    pub(super) fn new(address: IpAddr, now: u64) -> Self {
        Self {
            address,
            phase: AtomicU8::new(SILENT),
            since: AtomicU64::new(now),
            at_work: AtomicUsize::new(0),
            requests: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        }
    }

    /// Its phase, and the time since when it has been idle; `None` while it is at work.
    pub(super) fn idle(&self) -> Option<(u8, u64)> {
        let idle = self.at_work.load(Ordering::SeqCst) == 0;
        idle.then(|| (self.phase.load(Ordering::SeqCst), self.since.load(Ordering::SeqCst)))
    }

    /// Makes its stream fail.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.waker.wake();
    }
}

/// A connection's place among all. It is free when this is dropped.
pub(crate) struct Seat {
    all: Connections,
    id: u64,
    place: Arc<Place>,
}

impl Seat {
    pub(super) fn new(all: Connections, id: u64, place: Arc<Place>) -> Self {
        Self { all, id, place }
    }

    /// For the requests on this connection.
    pub(super) fn reference(&self) -> SeatRef {
        SeatRef { all: self.all.clone(), place: Arc::clone(&self.place) }
    }

    /// Whether it is to be closed. The task is woken when it is to be closed.
    pub(super) fn is_closed(&self, cx: &Context<'_>) -> bool {
        self.watch(cx.waker());
        self.place.closed.load(Ordering::SeqCst)
    }

    fn watch(&self, waker: &Waker) {
        self.place.waker.register(waker);
    }

    /// Bytes have come.
    pub(super) fn heard(&self) {
        if self.place.phase.compare_exchange(SILENT, UNKNOWN, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            self.place.since.store(self.all.now(), Ordering::SeqCst);
        }
    }

    /// How many requests it has had.
    pub(super) fn requests(&self) -> u64 {
        self.place.requests.load(Ordering::SeqCst)
    }

    pub(super) fn is_at_work(&self) -> bool {
        self.place.at_work.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.all.leave(self.id);
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The connection that a request came on.
#[derive(Clone)]
pub(crate) struct SeatRef {
    all: Connections,
    place: Arc<Place>,
}

impl SeatRef {
    /// A caller has shown a token.
    pub(crate) fn known(&self) {
        self.place.phase.store(KNOWN, Ordering::SeqCst);
    }

    /// Counts a request as being answered until the result is dropped.
    pub(crate) fn work(&self) -> AtWork {
        self.place.requests.fetch_add(1, Ordering::SeqCst);
        self.place.at_work.fetch_add(1, Ordering::SeqCst);
        AtWork { seat: self.clone() }
    }
}

/// A connection is not idle while this exists.
pub(crate) struct AtWork {
    seat: SeatRef,
}

impl Clone for AtWork {
    fn clone(&self) -> Self {
        self.seat.place.at_work.fetch_add(1, Ordering::SeqCst);
        Self { seat: self.seat.clone() }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.seat.place.since.store(self.seat.all.now(), Ordering::SeqCst);
        self.seat.place.at_work.fetch_sub(1, Ordering::SeqCst);
    }
}

impl fmt::Debug for AtWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AtWork")
    }
}

//! The connections of a server that runs alone: how many there may be in all and of one address, and which one is
//! closed for a new one.
//!
//! A connection is *idle* while no request on it is being answered. When there is no room, an idle connection is
//! closed for the new one. Connections that never sent anything go first, then those without a token, then the
//! others. Among equals, those of the address with most connections go first, and among these the one that has been
//! idle for longest. Where all connections are at work, the new one is closed.

pub(crate) mod files;
mod seat;
pub(crate) mod serve;
mod stream;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use seat::Place;
pub(crate) use seat::{AtWork, Seat, SeatRef};

use crate::server::metrics::Metrics;

/// How many connections there may be.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConnectionLimits {
    /// In all. If not set, as many as the limit of open files leaves room for.
    pub(crate) all: Option<usize>,
    /// From one address. If not set, a quarter of all.
    pub(crate) of_address: Option<usize>,
    /// Addresses of proxies, with many callers behind them. These may have any number of connections.
    pub(crate) proxies: Vec<IpAddr>,
}

/// How often a line in the log says that connections were refused.
const WARN_EVERY: Duration = Duration::from_secs(10);

/// All connections of one server.
#[derive(Clone)]
pub(crate) struct Connections {
    shared: Arc<Shared>,
}

struct Shared {
    all: usize,
    of_address: usize,
    proxies: Vec<IpAddr>,
    metrics: Metrics,
    begun: Instant,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    places: BTreeMap<u64, Arc<Place>>,
    of_address: HashMap<IpAddr, usize>,
    warned: Option<Instant>,
}

impl Connections {
    /// `all` is the limit of the settings, or is derived from the limit of open files.
    pub(crate) fn new(limits: &ConnectionLimits, all: usize, metrics: Metrics) -> Self {
        let of_address = limits.of_address.unwrap_or_else(|| (all / 4).max(1)).min(all);
        let proxies = limits.proxies.iter().map(IpAddr::to_canonical).collect();
        let open = Mutex::default();
        Self { shared: Arc::new(Shared { all, of_address, proxies, metrics, begun: Instant::now(), open }) }
    }

    /// How many there may be in all.
    pub(crate) fn most(&self) -> usize {
        self.shared.all
    }

    /// Takes in a connection from this address. Where there is no room, an idle one is closed for it. `None` where
    /// all are at work.
    pub(crate) fn admit(&self, peer: IpAddr) -> Option<Seat> {
        let shared = &self.shared;
        let (peer, now) = (peer.to_canonical(), shared.now());
        let address = network_of(peer);
        let counted = !shared.proxies.contains(&peer);
        let mut open = shared.open();
        let of_address = open.of_address.get(&address).copied().unwrap_or(0);
        let crowded = counted && of_address >= shared.of_address;
        let room = if crowded {
            open.close_idle(Some(address))
        } else {
            open.places.len() < shared.all || open.close_idle(None)
        };
        if !room {
            shared.metrics.connection_refused();
            if open.warned.is_none_or(|warned| warned.elapsed() >= WARN_EVERY) {
                open.warned = Some(Instant::now());
                let (all, of_address) = (shared.all, shared.of_address);
                let message = "connections are refused: all that there may be are at work";
                tracing::warn!(all, of_address, of_one_address = crowded, message);
            }
            return None;
        }
        open.next += 1;
        let id = open.next;
        let place = Arc::new(Place::new(address, now));
        open.places.insert(id, Arc::clone(&place));
        *open.of_address.entry(address).or_default() += 1;
        shared.metrics.set_connections(open.places.len());
        drop(open);
        Some(Seat::new(self.clone(), id, place))
    }

    /// Removes a connection that has ended, unless it was closed before.
    fn leave(&self, id: u64) {
        let mut open = self.shared.open();
        open.remove(id);
        self.shared.metrics.set_connections(open.places.len());
    }

    /// Milliseconds since this server began.
    fn now(&self) -> u64 {
        self.shared.now()
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Open {
    fn remove(&mut self, id: u64) {
        let Some(place) = self.places.remove(&id) else { return };
        if let Some(count) = self.of_address.get_mut(&place.address) {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&place.address);
            }
        }
    }

    /// Closes one idle connection, of this address if one is given. Returns whether there was one.
    fn close_idle(&mut self, address: Option<IpAddr>) -> bool {
        let of_address = &self.of_address;
        let idle = self.places.iter().filter(|(_, place)| address.is_none_or(|one| one == place.address));
        let idle = idle.filter_map(|(id, place)| {
            let (phase, since) = place.idle()?;
            let neighbours = of_address.get(&place.address).copied().unwrap_or(0);
            Some(((phase, Reverse(neighbours), since), *id))
        });
        let Some((_, id)) = idle.min() else { return false };
        if let Some(place) = self.places.get(&id) {
            place.close();
        }
        self.remove(id);
        true
    }
}

/// The network that an address counts for. In IPv6 a host has at least 2⁶⁴ addresses.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("all", &self.shared.all).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

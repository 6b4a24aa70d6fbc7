//! How much a data source takes: the limits that a builder sets.

use std::net::IpAddr;
use std::time::Duration;

use crate::{DataSource, DataSourceApiBuilder};

impl<S: DataSource, T> DataSourceApiBuilder<S, T> {
    /// How long the answer to a request with an `Idempotency-Key` is kept for its repetitions, instead of a day.
    /// Answers are kept in memory and are gone when the process ends, unless there is a
    /// [folder](Self::repetitions_folder).
    pub fn idempotency_retention(mut self, time: Duration) -> Self {
        self.retention.time = time;
        self
    }

    /// How many keys are kept for each caller, instead of 100,000. A caller that writes more than that within the
    /// [retention](Self::idempotency_retention) loses its own oldest answers early. A repetition of such a write
    /// would be carried out again. `/ready`, the metrics and the log say so.
    pub fn idempotency_keys(mut self, keys: usize) -> Self {
        self.retention.keys = keys;
        self
    }

    /// How many bytes of answers are kept for each caller, instead of 64 MiB. Beyond that, the caller loses its
    /// oldest answers as with [`idempotency_keys`](Self::idempotency_keys).
    pub fn idempotency_bytes(mut self, bytes: usize) -> Self {
        self.retention.bytes = bytes;
        self
    }

    /// The most bytes of a request that are read, instead of 32 MiB.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.limits.body_bytes = bytes;
        self
    }

    /// The most records in a request, instead of 10,000; at most 65,536.
    pub fn max_records(mut self, records: usize) -> Self {
        self.limits.records = records;
        self
    }

    /// How deep the JSON of a request may be nested, instead of 64. More than 128 is never read. A message takes 3,
    /// with any records. At the upstream door a request takes 5, and each record or list within a record up to 4
    /// more.
    pub fn max_depth(mut self, depth: usize) -> Self {
        self.limits.depth = depth;
        self
    }

    /// How many requests may be under way at once, instead of 32. Further requests wait for two seconds, and are then
    /// answered with 503.
    ///
    /// While there are several callers, each may have three quarters of the places, and a large request takes several
    /// places of its caller: one for each 16 KiB of its body. The requests of one caller wait for each other for 20
    /// seconds. A request counts once its body is there.
    pub fn requests_at_once(mut self, requests: usize) -> Self {
        self.limits.requests_at_once = requests;
        self
    }

    /// How many bytes of requests and answers may be under way at once. The default is 128 MiB, or four times
    /// [`max_body_bytes`](Self::max_body_bytes) where that is more. While there are several callers, each may have
    /// three quarters of the bytes. Further requests wait for two seconds, and are then answered with 503.
    ///
    /// The process takes several times as much memory: see `docs/operate.md`.
    pub fn bytes_in_flight(mut self, bytes: usize) -> Self {
        self.limits.bytes_in_flight = Some(bytes);
        self
    }

    /// How many connections there may be, where the API serves alone. The default is three quarters of the limit of
    /// open files, and 10,000 at most. When another connection comes, an idle one is closed.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections.all = Some(connections);
        self
    }

    /// How many connections may be from one address, instead of a quarter. In IPv6, a network of 2⁶⁴ addresses counts
    /// as one.
    pub fn connections_per_address(mut self, connections: usize) -> Self {
        self.connections.of_address = Some(connections);
        self
    }

    /// The address of a proxy in front. It may have any number of connections.
    pub fn proxy(mut self, address: IpAddr) -> Self {
        self.connections.proxies.push(address);
        self
    }

    /// How long a request's body may take to arrive, instead of 30 seconds. After the first five seconds it must also
    /// have come with 16 KiB a second on average.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.limits.body_time = time;
        self
    }

    /// How long a request may take until its answer is sealed, instead of two minutes. Calls of the source that have
    /// not ended by then fail with [`RecordError::Internal`](crate::RecordError::Internal).
    pub fn request_timeout(mut self, time: Duration) -> Self {
        self.limits.request_time = time;
        self
    }

    /// How many calls of the source one request may have under way, instead of 64.
    pub fn calls_at_once(mut self, calls: usize) -> Self {
        self.limits.pace.calls_at_once = calls;
        self
    }

    /// How long one call of the source may take, instead of 30 seconds.
    pub fn call_timeout(mut self, time: Duration) -> Self {
        self.limits.pace.call_timeout = time;
        self
    }
}

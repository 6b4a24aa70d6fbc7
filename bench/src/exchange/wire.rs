//! What one exchange took on the wire.

use nest_api::Exchange;

/// The bytes of both bodies, without headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) sent: usize,
    pub(super) received: usize,
}

impl Wire {
    /// Bytes for each record: request and answer together.
    pub(super) fn per_record(self, records: usize) -> f64 {
        (self.sent + self.received) as f64 / records as f64
    }
}

impl From<Exchange> for Wire {
    fn from(exchange: Exchange) -> Self {
        Self { sent: exchange.sent_bytes, received: exchange.received_bytes }
    }
}

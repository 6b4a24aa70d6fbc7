//! What a relay counts, in the text format of Prometheus.

use std::sync::atomic::{AtomicU64, Ordering};

/// The counters of a relay.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    pub(super) requests: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) messages: AtomicU64,
    pub(super) message_bytes: AtomicU64,
    pub(super) taken: AtomicU64,
    pub(super) waiting: AtomicU64,
}

impl Metrics {
    pub(super) fn add(counter: &AtomicU64, by: u64) {
        counter.fetch_add(by, Ordering::Relaxed);
    }

    pub(super) fn text(&self) -> String {
        let counters = [
            ("requests", "counter", "Requests with a known token.", &self.requests),
            ("refused", "counter", "Requests that were refused.", &self.refused),
            ("messages", "counter", "Envelopes that were accepted.", &self.messages),
            ("message_bytes", "counter", "Bytes of the envelopes that were accepted.", &self.message_bytes),
            ("messages_taken", "counter", "Envelopes that were taken and forgotten.", &self.taken),
            ("waiting", "gauge", "Callers that wait for a message.", &self.waiting),
        ];
        let mut text = String::new();
        for (name, kind, help, value) in counters {
            let value = value.load(Ordering::Relaxed);
            let suffix = if kind == "counter" { "_total" } else { "" };
            text.push_str(&format!(
                "# HELP nest_relay_{name}{suffix} {help}\n# TYPE nest_relay_{name}{suffix} {kind}\n\
                 nest_relay_{name}{suffix} {value}\n"
            ));
        }
        text
    }
}

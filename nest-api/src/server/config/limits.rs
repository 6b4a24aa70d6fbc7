//! The limits of the settings.

use std::net::IpAddr;
use std::time::Duration;

use toml::Table;

use super::section::Section;
use crate::server::connection::files;

/// How much is taken at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfiguredLimits {
    pub(crate) max_body_bytes: usize,
    pub(crate) max_records: usize,
    pub(crate) max_depth: usize,
    pub(crate) request: Duration,
    pub(crate) requests_at_once: usize,
    pub(crate) bytes_in_flight: Option<usize>,
    pub(crate) connections: Option<usize>,
    pub(crate) connections_per_address: Option<usize>,
    pub(crate) proxies: Vec<IpAddr>,
    pub(crate) idempotency_keys: usize,
    pub(crate) idempotency_bytes: usize,
}

/// Reads `[limits]`. What it leaves out has its default.
pub(super) fn read(section: Option<Section>, faults: &mut Vec<String>) -> ConfiguredLimits {
    let mut section = section.unwrap_or_else(|| Section::root(Table::new()));
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let proxies_as = "addresses of proxies in front, as in `proxies = [\"10.0.0.1\"]`";
    let mut unset = |key: &str, faults: &mut Vec<String>| {
        // A setting that is left out is worked out from others, so no number stands for it.
        section.has(key).then(|| size(section.number(key, 0, 1..=1 << 40, faults)))
    };
    let bytes_in_flight = unset("bytes_in_flight", faults);
    let connections = unset("connections", faults);
    let connections_per_address = unset("connections_per_address", faults);
    let max_body_bytes = size(section.number("max_body_bytes", 32 << 20, 1024..=1 << 30, faults));
    if bytes_in_flight.is_some_and(|bytes| bytes / 3 < max_body_bytes) {
        let least = max_body_bytes.saturating_mul(3);
        faults
            .push(format!("`limits.bytes_in_flight` must be three times `max_body_bytes`, {least}, or more"));
    }
    if let Err(error) = files::connections(connections) {
        faults.push(error.to_string());
    }
    let found = ConfiguredLimits {
        max_body_bytes,
        bytes_in_flight,
        connections,
        connections_per_address,
        proxies: section.list("proxies", proxies_as, faults, |text| text.parse().ok()).unwrap_or_default(),
        idempotency_keys: size(section.number("idempotency_keys", 100_000, 1..=1 << 32, faults)),
        idempotency_bytes: size(section.number("idempotency_bytes", 64 << 20, 1..=1 << 40, faults)),
        max_depth: size(section.number("max_depth", 64, 5..=128, faults)),
        max_records: size(section.number("max_records", 10_000, 1..=65_536, faults)),
        request: Duration::from_secs(section.number("request_seconds", 120, 1..=3600, faults)),
        requests_at_once: size(section.number("requests_at_once", 32, 1..=65_536, faults)),
    };
    section.end(faults);
    found
}

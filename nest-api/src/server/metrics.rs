//! Metrics about requests that tell nothing about a person, in the text format of OpenMetrics.

use std::fmt;
use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The content type of what [`Metrics::render`] gives.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper bounds of the histogram of durations, in seconds.
const BUCKETS: [f64; 13] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// The counters of one data source. Clones count together.
///
/// # Privacy
///
/// Every label comes from a fixed set: names in the program's own code, and the names of the transcryptors in its
/// configuration. No caller, domain, pseudonym or value can be a label. Counts of few requests may still tell about
/// few people, so the metrics are for the operator of the data source.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    requests: Family<RequestLabels, Counter>,
    records: Family<RecordLabels, Counter>,
    durations: Family<DurationLabels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    transcryptors: Family<TranscryptorLabels, Gauge>,
    connections: Gauge,
    refused_connections: Counter,
    bytes_in_flight: Gauge,
    repetitions_known: Gauge,
    forgotten_early: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    activity: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RecordLabels {
    operation: &'static str,
    activity: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TranscryptorLabels {
    transcryptor: String,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let requests = Family::default();
        let records = Family::default();
        let durations = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        let in_flight = Gauge::default();
        let transcryptors = Family::default();
        let (connections, refused_connections) = (Gauge::default(), Counter::default());
        let bytes_in_flight = Gauge::default();
        let (repetitions_known, forgotten_early) = (Gauge::default(), Counter::default());

        // The library adds `_total` to counters, the unit to what has one, and a full stop to each sentence.
        let mut registry = Registry::with_prefix("nest");
        registry.register("requests", "Requests by how they ended", requests.clone());
        registry.register("records", "Records by how they were answered", records.clone());
        registry.register_with_unit(
            "request_duration",
            "How long requests took",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register("requests_in_flight", "Requests under way", in_flight.clone());
        registry.register(
            "transcryptor_up",
            "Whether a transcryptor answered when it was last asked",
            transcryptors.clone(),
        );
        registry.register("connections", "Connections that are open", connections.clone());
        registry.register(
            "connections_refused",
            "Connections that were closed at once, because all that there may be were at work",
            refused_connections.clone(),
        );
        registry.register(
            "bytes_in_flight",
            "Bytes of requests and answers that are under way",
            bytes_in_flight.clone(),
        );
        registry.register(
            "repetitions_known",
            "Requests with an Idempotency-Key whose repetitions are known",
            repetitions_known.clone(),
        );
        registry.register(
            "repetitions_forgotten_early",
            "Such requests that were forgotten before their time, because their caller has used up its quota",
            forgotten_early.clone(),
        );
        Self {
            registry: Arc::new(registry),
            requests,
            records,
            durations,
            in_flight,
            transcryptors,
            connections,
            refused_connections,
            bytes_in_flight,
            repetitions_known,
            forgotten_early,
        }
    }

    /// Counts a request that has ended. `outcome` is `ok` or the code of a problem. `failed` of the `records` were
    /// answered with an error.
    pub(crate) fn request(
        &self,
        operation: &'static str,
        activity: &'static str,
        outcome: &'static str,
        records: usize,
        failed: usize,
        seconds: f64,
    ) {
        self.requests.get_or_create(&RequestLabels { operation, activity, outcome }).inc();
        for (result, count) in [("ok", records.saturating_sub(failed)), ("failed", failed)] {
            let labels = RecordLabels { operation, activity, result };
            self.records.get_or_create(&labels).inc_by(count as u64);
        }
        self.durations.get_or_create(&DurationLabels { operation }).observe(seconds);
    }

    /// Notes whether a transcryptor answered. The name is that of the configuration.
    pub(crate) fn set_transcryptor(&self, name: &str, up: bool) {
        let labels = TranscryptorLabels { transcryptor: name.to_owned() };
        self.transcryptors.get_or_create(&labels).set(i64::from(up));
    }

    /// Notes how many connections there are.
    pub(crate) fn set_connections(&self, connections: usize) {
        self.connections.set(i64::try_from(connections).unwrap_or(i64::MAX));
    }

    /// Counts a connection for which there was no room.
    pub(crate) fn connection_refused(&self) {
        self.refused_connections.inc();
    }

    /// Notes how many requests are kept for repetitions.
    pub(crate) fn set_repetitions_known(&self, requests: usize) {
        self.repetitions_known.set(i64::try_from(requests).unwrap_or(i64::MAX));
    }

    /// Counts a request that was forgotten before its time.
    pub(crate) fn forgotten_early(&self) {
        self.forgotten_early.inc();
    }

    /// Notes how many bytes are under way.
    pub(crate) fn set_bytes_in_flight(&self, bytes: usize) {
        self.bytes_in_flight.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Counts a request as under way for as long as the guard is kept.
    pub(crate) fn in_flight(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// All of it, to be sent as [`CONTENT_TYPE`].
    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            // Writing to a string does not fail.
            Err(fmt::Error) => String::new(),
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(…)")
    }
}

/// A request that is under way until this is dropped.
#[derive(Debug)]
#[must_use = "dropped, the request is not under way any more"]
pub(crate) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples, sorted, without the lines that describe them.
    fn samples(metrics: &Metrics) -> Vec<String> {
        let mut samples: Vec<_> =
            metrics.render().lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
        samples.sort();
        samples
    }

    #[test]
    fn names_and_types_are_described_and_the_end_is_marked() {
        let metrics = Metrics::new();
        metrics.request("results", "reading-test", "ok", 1, 0, 0.1);
        metrics.set_transcryptor("transcryptor-1", true);
        let text = metrics.render();
        for line in [
            "# TYPE nest_requests counter",
            "# TYPE nest_records counter",
            "# TYPE nest_request_duration_seconds histogram",
            "# UNIT nest_request_duration_seconds seconds",
            "# TYPE nest_requests_in_flight gauge",
            "# TYPE nest_transcryptor_up gauge",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn requests_records_and_transcryptors_are_counted() {
        let metrics = Metrics::new();
        let clone = metrics.clone();
        metrics.request("results", "reading-test", "ok", 10, 2, 0.3);
        clone.request("results", "reading-test", "ok", 5, 0, 0.3);
        metrics.request("create", "participants", "item-unreadable", 0, 0, 0.001);
        metrics.set_transcryptor("transcryptor-1", true);
        metrics.set_transcryptor("transcryptor-2", true);
        metrics.set_transcryptor("transcryptor-2", false);
        let samples = samples(&metrics);
        for line in [
            r#"nest_requests_total{operation="results",activity="reading-test",outcome="ok"} 2"#,
            r#"nest_requests_total{operation="create",activity="participants",outcome="item-unreadable"} 1"#,
            r#"nest_records_total{operation="results",activity="reading-test",result="ok"} 13"#,
            r#"nest_records_total{operation="results",activity="reading-test",result="failed"} 2"#,
            r#"nest_records_total{operation="create",activity="participants",result="ok"} 0"#,
            r#"nest_transcryptor_up{transcryptor="transcryptor-1"} 1"#,
            r#"nest_transcryptor_up{transcryptor="transcryptor-2"} 0"#,
            r#"nest_requests_in_flight 0"#,
        ] {
            assert!(samples.iter().any(|found| found == line), "{line} in\n{samples:#?}");
        }
    }

    #[test]
    fn durations_fall_into_buckets_from_5_ms_to_a_minute() {
        let metrics = Metrics::new();
        for seconds in [0.005, 0.006, 59.0, 61.0] {
            metrics.request("results", "reading-test", "ok", 1, 0, seconds);
        }
        let samples = samples(&metrics);
        for (bound, count) in [("0.005", 1), ("0.01", 2), ("30.0", 2), ("60.0", 3), ("+Inf", 4)] {
            // OpenMetrics orders no labels.
            let found = samples.iter().any(|line| {
                line.starts_with("nest_request_duration_seconds_bucket{")
                    && line.contains(&format!("le=\"{bound}\""))
                    && line.contains("operation=\"results\"")
                    && line.ends_with(&format!(" {count}"))
            });
            assert!(found, "{bound} {count} in\n{samples:#?}");
        }
    }

    #[test]
    fn a_request_is_under_way_until_its_guard_is_dropped() {
        let metrics = Metrics::new();
        let count = |count| assert!(samples(&metrics).contains(&format!("nest_requests_in_flight {count}")));
        let (a, b) = (metrics.in_flight(), metrics.clone().in_flight());
        count(2);
        drop(a);
        count(1);
        drop(b);
        count(0);
    }

    #[test]
    fn a_name_cannot_break_out_of_its_label() {
        let metrics = Metrics::new();
        metrics.set_transcryptor("a\"} 1\nnest_evil 1", true);
        assert!(samples(&metrics).iter().all(|line| !line.starts_with("nest_evil")));
    }
}

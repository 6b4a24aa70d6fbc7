//! The statements that other systems run on the task table.

/// How many tasks wait for a worker, for the `postgresql` scaler of KEDA: one row with one whole number.
///
/// A task that a worker holds counts only when its lease is over. The clock is the database's.
pub const SCALER_QUERY: &str = "SELECT COUNT(*) FROM market_task WHERE state = 'open' \
     AND due <= CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)";

/// How many tasks there are of each kind and state, for an exporter of metrics. It runs on both databases.
pub const METRICS_QUERY: &str =
    "SELECT kind, state, COUNT(*) FROM market_task GROUP BY kind, state ORDER BY kind, state";

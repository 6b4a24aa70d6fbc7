//! The files for more than one machine say what the program says.

use std::path::Path;

use nest_market::task::SCALER_QUERY;

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/market").join(name))
        .unwrap()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_scaler_runs_the_query_that_is_tested() {
    assert!(words(&file("kubernetes.yaml")).contains(&words(SCALER_QUERY)));
}

/// Every metric that a rule names is one that is served.
#[cfg(feature = "server")]
#[test]
fn the_rules_name_metrics_that_there_are() {
    let rules = file("prometheus-rules.yaml");
    let mut named = 0;
    for expression in rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")) {
        let end = expression.find(['{', ' ']).unwrap();
        assert!(nest_market::rest::METRICS.contains(&&expression[..end]), "{expression}");
        named += 1;
    }
    assert_eq!(named, 3);
}

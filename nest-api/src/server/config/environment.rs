//! Environment variables that stand in the place of settings.

use std::collections::BTreeMap;

use toml::Value;

use super::section::Section;

/// How the text of an environment variable is read.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Switch,
}

/// The settings that an environment variable can replace, by section and key.
const REPLACEABLE: [(Option<&str>, &str, Kind); 21] = [
    (None, "listen", Kind::Text),
    (None, "domain", Kind::Text),
    (None, "plain_http", Kind::Switch),
    (None, "audit_log", Kind::Text),
    (None, "idempotency_hours", Kind::Number),
    (None, "repetitions", Kind::Text),
    (None, "repetitions_in_memory", Kind::Switch),
    (None, "upstream_door", Kind::Switch),
    (Some("tls"), "certificate", Kind::Text),
    (Some("tls"), "key", Kind::Text),
    (Some("limits"), "max_body_bytes", Kind::Number),
    (Some("limits"), "max_records", Kind::Number),
    (Some("limits"), "max_depth", Kind::Number),
    (Some("limits"), "request_seconds", Kind::Number),
    (Some("limits"), "requests_at_once", Kind::Number),
    (Some("limits"), "bytes_in_flight", Kind::Number),
    (Some("limits"), "connections", Kind::Number),
    (Some("limits"), "connections_per_address", Kind::Number),
    (Some("limits"), "idempotency_keys", Kind::Number),
    (Some("limits"), "idempotency_bytes", Kind::Number),
    (Some("paas"), "config", Kind::Text),
];

/// The variable that stands in the place of a setting.
fn variable_of(section: Option<&str>, key: &str) -> String {
    let section = section.map(|section| format!("{section}_")).unwrap_or_default();
    format!("NEST_{section}{key}").to_ascii_uppercase()
}

/// Puts the values of variables in the place of settings.
pub(super) fn replace(root: &mut Section, variables: &BTreeMap<String, String>, faults: &mut Vec<String>) {
    for (section, key, kind) in REPLACEABLE {
        let name = variable_of(section, key);
        let Some(text) = variables.get(&name) else { continue };
        let (value, what) = match kind {
            Kind::Text => (Some(Value::String(text.clone())), "a text"),
            Kind::Number => (text.parse().ok().map(Value::Integer), "a whole number"),
            Kind::Switch => (text.parse().ok().map(Value::Boolean), "`true` or `false`"),
        };
        match value {
            Some(value) => root.set(section, key, value),
            None => faults.push(format!("the environment variable `{name}` must be {what}")),
        }
    }
}

/// Names every variable that is neither a setting nor a token.
pub(super) fn unknown_variables(
    variables: &BTreeMap<String, String>,
    tokens: &[String],
    faults: &mut Vec<String>,
) {
    let own = variables.iter().filter(|(name, _)| name.starts_with("NEST_") && *name != "NEST_CONFIG");
    for (name, value) in own {
        let known = REPLACEABLE.iter().any(|(section, key, _)| variable_of(*section, key) == *name);
        if !known && !tokens.contains(name) && !is_service_link(name, value) {
            let name = name.escape_debug();
            faults.push(format!("the environment variable `{name}` is no setting: unset or rename it"));
        }
    }
}

/// Whether Kubernetes, or Docker with links, set the variable for a service whose name begins with `nest`:
/// `NEST_SERVICE_HOST`, `NEST_SERVICE_PORT_HTTPS`, `NEST_PORT=tcp://10.0.0.7:8443`, `NEST_PORT_8443_TCP_ADDR`, and
/// the same of `NEST_SOURCE_…`.
fn is_service_link(name: &str, value: &str) -> bool {
    let of_port = || {
        let (_, port) = name.rsplit_once("_PORT_")?;
        let (number, rest) = port.split_once('_')?;
        let protocol = ["TCP", "UDP", "SCTP"].into_iter().find_map(|protocol| rest.strip_prefix(protocol))?;
        let known = matches!(protocol, "" | "_PROTO" | "_PORT" | "_ADDR");
        Some(known && number.parse::<u16>().is_ok())
    };
    let is_url = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || (name.ends_with("_PORT") && is_url)
        || of_port().unwrap_or(false)
}

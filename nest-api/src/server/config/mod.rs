//! The settings of a data source that serves alone. They are a TOML file. Environment variables can replace single
//! settings. All are checked before anything starts.
//!
//! ```toml
//! listen = "0.0.0.0:8443"
//! domain = "school"
//! # other_domains = ["school-adults"]     # where participants have other pseudonyms; left out for none
//! plain_http = false                      # `true` only behind a proxy that adds TLS
//! audit_log = "/var/lib/nest/audit.log"
//! idempotency_hours = 24
//! # repetitions = "/var/lib/nest/repetitions"  # a folder; left out, `repetitions` beside the audit log or this file
//! repetitions_in_memory = false           # `true`: a restart forgets them
//! upstream_door = false
//!
//! [tls]
//! certificate = "certificate.pem"         # paths begin at the folder of this file
//! key = "key.pem"
//!
//! [limits]
//! max_body_bytes = 33554432
//! max_records = 10000
//! max_depth = 64
//! request_seconds = 120
//! requests_at_once = 32
//! # bytes_in_flight = 134217728           # left out, four times `max_body_bytes`
//! # connections = 768                     # left out, three quarters of the files that may be open
//! # connections_per_address = 192         # left out, a quarter of these
//! # proxies = ["10.0.0.1"]                # addresses with any number of connections; left out for none
//! idempotency_keys = 100000               # of each caller, and so are the bytes
//! idempotency_bytes = 67108864
//!
//! [[callers]]
//! name = "nest"
//! token_hashes = ["…"]                    # $ printf %s TOKEN | sha256sum
//! domains = ["platform"]                  # these three only to restrict it
//! activities = ["reading-test"]
//! operations = ["results"]
//! metrics = false                         # `true`: may read the metrics, and call nothing
//!
//! [paas]
//! config = "paas.json"
//! plain_http = false                      # `true` only for transcryptors on this same machine
//! root_certificate = "ca.pem"             # only for a certificate authority of your own
//! tokens.transcryptor-1.env = "TRANSCRYPTOR_1_TOKEN"
//! tokens.transcryptor-2.file = "/run/secrets/transcryptor-2"
//! ```
//!
//! Load the file with [`Config::load`], build the API with [`DataSourceApi::configured`](crate::DataSourceApi), and
//! serve it with `serve_configured`. `build` names all faults at once: keys, files, certificates, addresses,
//! transcryptors, the audit log, and the rights of callers. `body_timeout`, `call_timeout`, `calls_at_once` and
//! `public_docs` are not in the file. Call them on the builder that `configured` gives. `upstream_door` needs the
//! crate nest-upstream.
//!
//! The file of `[paas]` is what each transcryptor gives at `GET /config`, unchanged. The operator of the transcryptor
//! gives you an account, a token, and rules that let you receive from your callers' domains in yours. The name of the
//! account has no `_`.
//!
//! An environment variable replaces the setting of its name: `NEST_LISTEN`, `NEST_TLS_KEY`,
//! `NEST_LIMITS_MAX_RECORDS`. These settings can be replaced: those outside of sections except `other_domains`, those
//! in `[tls]` and `[limits]`, and `config` in `[paas]`. Any other variable `NEST_…` is a fault like an unknown key,
//! unless the file names it. `NEST_CONFIG` is left to your program, for the path of this file. Variables that
//! Kubernetes and Docker add for a service whose name begins with `nest` are not faults (`NEST_PORT`,
//! `NEST_SERVICE_HOST`, `NEST_PORT_8443_TCP_ADDR`).

mod caller;
mod environment;
mod file;
mod limits;
mod paas;
mod section;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nest_core::Domain;
use toml::Table;

use crate::pem;
use crate::server::start_error::cannot_listen;
use crate::{Caller, StartError, Tls};

use environment::{replace, unknown_variables};
use file::{absolute, tls};
use limits::ConfiguredLimits;
pub(crate) use paas::PaasSettings;
use section::Section;

/// The settings of a data source that serves alone, and all their faults.
///
/// Reading goes on after a fault. [`build`](crate::DataSourceApiBuilder::build) names all faults that keep the source
/// from starting, and [`check`](Self::check) names those of the settings alone.
#[derive(Debug)]
pub struct Config {
    /// The faults, one sentence each. Without faults, all required settings are there.
    pub(crate) faults: Vec<String>,
    /// Where to listen.
    pub(crate) listen: Option<SocketAddr>,
    /// The domains in which the source knows its participants.
    pub(crate) domains: Vec<Domain>,
    /// The certificate of the server. `None` means plain HTTP, which the settings ask for or which is on a loopback
    /// address.
    pub(crate) tls: Option<Tls>,
    /// The callers, at least one.
    pub(crate) callers: Vec<Caller>,
    pub(crate) limits: ConfiguredLimits,
    /// The file of the audit log.
    pub(crate) audit_log: Option<PathBuf>,
    /// How long the answer to a request with an idempotency key is kept.
    pub(crate) idempotency: Duration,
    /// The folder of repetitions; `None` where they are kept in memory.
    pub(crate) repetitions: Option<PathBuf>,
    pub(crate) upstream_door: bool,
    pub(crate) paas: Option<PaasSettings>,
}

impl Config {
    /// Reads the file and the environment of this process. Faults are kept.
    /// [`build`](crate::DataSourceApiBuilder::build) or [`check`](Self::check) names them.
    #[must_use]
    pub fn load(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let path = absolute(path);
                return Self::wrong(format!(
                    "the settings {} cannot be read: {}",
                    path.display(),
                    error.kind()
                ));
            }
        };
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        match pem::text(&bytes) {
            Ok(text) => Self::parse(text, path.parent().unwrap_or(Path::new("")), variables.collect()),
            Err(fault) => Self::wrong(format!("the file {} {}", absolute(path).display(), fault.sentence())),
        }
    }

    /// Names every fault of the settings and of the files in them.
    ///
    /// # Errors
    ///
    /// A [`StartError`] with each fault: the key, the file, and what to write instead. It never holds a secret.
    pub fn check(&self) -> Result<(), StartError> {
        if self.faults.is_empty() { Ok(()) } else { Err(StartError::new(self.faults.clone())) }
    }

    /// Nothing but a fault.
    fn wrong(fault: String) -> Self {
        Self { faults: vec![fault], ..Self::empty() }
    }

    fn empty() -> Self {
        Self {
            faults: Vec::new(),
            listen: None,
            domains: Vec::new(),
            tls: None,
            callers: Vec::new(),
            limits: limits::read(None, &mut Vec::new()),
            audit_log: None,
            idempotency: Duration::from_secs(24 * 3600),
            repetitions: None,
            upstream_door: false,
            paas: None,
        }
    }

    /// Reads this text and these environment variables. Paths begin at `folder`.
    fn parse(text: &str, folder: &Path, variables: BTreeMap<String, String>) -> Self {
        let table: Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(error) => {
                // The error's own text quotes the line. The line may hold a secret.
                let start = error.span().map_or(0, |span| span.start);
                let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
                return Self::wrong(format!(
                    "line {line} of the settings is no TOML, or names a key twice: look at it and above it"
                ));
            }
        };
        let faults = &mut Vec::new();
        let mut root = Section::root(table);
        replace(&mut root, &variables, faults);

        let listen_as = "an address and a port, as in `listen = \"127.0.0.1:8080\"`";
        let listen: Option<SocketAddr> = root.required("listen", listen_as, faults, |text| text.parse().ok());
        let domain_as = "a name of 1 to 100 visible ASCII characters, as in `domain = \"school\"`";
        let domain = root.required("domain", domain_as, faults, |text| Domain::new(text).ok());
        let others_as = "names of domains of this source, besides `domain`";
        let others = root.list("other_domains", others_as, faults, |name| Domain::new(name).ok());
        let plain_http = root.switch("plain_http", faults);
        let wants_tls = root.has("tls");
        let tls = root.section("tls", faults).and_then(|section| tls(section, folder, faults));
        if wants_tls && plain_http {
            faults.push("`plain_http` contradicts `tls`: remove one of them".to_owned());
        }
        if !wants_tls && !plain_http && listen.is_some_and(|address| !address.ip().is_loopback()) {
            let repair = "add `[tls]` with `certificate` and `key`, listen on 127.0.0.1, or write \
                          `plain_http = true` behind a proxy that adds TLS";
            faults.push(format!("`listen` can be reached from elsewhere without TLS: {repair}"));
        }
        let audit_log = root.text("audit_log", faults).map(|path| folder.join(path));
        let hours = root.number("idempotency_hours", 24, 1..=24 * 366, faults);
        let in_memory = root.switch("repetitions_in_memory", faults);
        let repetitions = root.text("repetitions", faults).map(|path| folder.join(path));
        if in_memory && repetitions.is_some() {
            faults.push("`repetitions_in_memory` contradicts `repetitions`: remove one of them".to_owned());
        }
        let beside = audit_log.as_deref().and_then(Path::parent).unwrap_or(folder);
        let repetitions = repetitions.unwrap_or_else(|| beside.join("repetitions"));
        let repetitions = (!in_memory).then_some(repetitions);
        let upstream_door = root.switch("upstream_door", faults);
        let limits = limits::read(root.section("limits", faults), faults);
        let callers = caller::read(&mut root, faults);
        let (paas, token_variables) = paas::read(&mut root, folder, &variables, faults);
        root.end(faults);
        unknown_variables(&variables, &token_variables, faults);

        if let Some(address) = listen
            && let Err(error) = TcpListener::bind(address)
        {
            faults.push(format!("`listen`: {}", cannot_listen(&[address], &error)));
        }
        let mut domains: Vec<Domain> = domain.into_iter().collect();
        let mut known: BTreeSet<String> = domains.iter().map(|domain| domain.as_str().to_owned()).collect();
        for (i, other) in others.into_iter().flatten().enumerate() {
            if known.insert(other.as_str().to_owned()) {
                domains.push(other);
            } else {
                faults.push(format!(
                    "`other_domains[{i}]` is there before, in `domain` or in the list: remove it"
                ));
            }
        }
        // One line for each repetition would bury the other faults.
        let repeated = |fault: &String| fault.starts_with("`other_domains[");
        let twice = faults.iter().filter(|fault| repeated(fault)).count();
        if twice > 3 {
            let mut shown = 0;
            faults.retain(|fault| {
                !repeated(fault) || {
                    shown += 1;
                    shown <= 3
                }
            });
            faults.push(format!("and {} more of `other_domains` are there before", twice - 3));
        }
        Self {
            faults: std::mem::take(faults),
            listen,
            domains,
            tls,
            callers,
            limits,
            audit_log,
            idempotency: Duration::from_secs(hours * 3600),
            repetitions,
            upstream_door,
            paas,
        }
    }
}

#[cfg(test)]
mod tests;

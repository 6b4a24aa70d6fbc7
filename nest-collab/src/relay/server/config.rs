//! The settings of a relay.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::directory::EntryHash;
use crate::error::CollabError;
use crate::identity::{IdentityKey, OrgName};

/// The settings of a relay, a file in TOML.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayConfig {
    /// The address to listen on, such as `127.0.0.1:8470`.
    pub listen: String,
    /// `sqlite:FILE` or `postgres://…`.
    pub database: String,
    /// The file that gets one line for each change.
    #[serde(default)]
    pub audit: Option<PathBuf>,
    /// SHA-256 of the token of the operator, who admits organisations. Without it, those in the settings are all.
    #[serde(default)]
    pub operator_token_sha256: Option<EntryHash>,
    /// TLS. Without it the relay listens on an address of the own machine only.
    #[serde(default)]
    pub tls: Option<RelayTls>,
    /// Limits.
    #[serde(default)]
    pub limits: RelayLimits,
    /// The organisations that are admitted from the beginning.
    #[serde(default)]
    pub organizations: BTreeMap<OrgName, RelayOrganization>,
}

/// The certificate of a relay and its key, in PEM.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayTls {
    /// The file of the certificates, its own first.
    pub certificate: PathBuf,
    /// The file of the key.
    pub key: PathBuf,
}

/// What one organisation may use.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelayLimits {
    /// Connections of all callers at once.
    pub connections: usize,
    /// Requests of one organisation in a minute.
    pub requests_per_minute: u32,
    /// Bytes that wait for one organisation.
    pub mailbox_bytes: u64,
    /// Open runs that one organisation started.
    pub open_runs: u64,
    /// Seconds after which a run is cancelled and its messages forgotten, however long its starter asked for.
    pub run_seconds: u64,
}

impl Default for RelayLimits {
    fn default() -> Self {
        Self {
            connections: 1_000,
            requests_per_minute: 120_000,
            mailbox_bytes: 256 << 20,
            open_runs: 100,
            run_seconds: 7 * 24 * 3600,
        }
    }
}

/// An organisation that is admitted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayOrganization {
    /// Its identity.
    pub identity: IdentityKey,
    /// SHA-256 of its token.
    pub token_sha256: EntryHash,
}

impl RelayConfig {
    /// Reads the settings. Files that they name are beside them.
    ///
    /// # Errors
    ///
    /// [`CollabError::Settings`].
    pub fn load(path: &Path) -> Result<Self, CollabError> {
        let wrong = |what: String| CollabError::Settings(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.kind().to_string()))?;
        let mut config: Self = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        config.audit = config.audit.map(|file| folder.join(file));
        if let Some(tls) = &mut config.tls {
            (tls.certificate, tls.key) = (folder.join(&tls.certificate), folder.join(&tls.key));
        }
        if let Some(file) = config.database.strip_prefix("sqlite:") {
            config.database = format!("sqlite:{}", folder.join(file).display());
        }
        Ok(config)
    }
}

//! The transcryptors of the settings: their public configuration, and a token for each. A token stands in an
//! environment variable or in a file of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use paas_api::config::PAASConfig;
use paas_client::auth::{BearerTokenAuth, SystemAuths};

use super::file;
use super::section::{Section, toml_key};
use crate::{ConnectError, Paas, pem};

/// What is needed to connect to the transcryptors.
pub(crate) struct PaasSettings {
    config: PAASConfig,
    tokens: BTreeMap<String, String>,
    plain_http: bool,
    /// In PEM, where the transcryptors have a certificate authority of their own.
    root_certificate: Option<Vec<u8>>,
}

impl PaasSettings {
    /// Connects to the transcryptors.
    pub(crate) async fn connect(&self) -> Result<Paas, ConnectError> {
        let auth = |(name, token): (&String, &String)| (name.clone(), BearerTokenAuth::new(token.clone()));
        let auths = SystemAuths::from_auths(self.tokens.iter().map(auth).collect());
        let mut builder = Paas::builder(self.config.clone(), auths);
        if self.plain_http {
            builder = builder.plain_http();
        }
        if let Some(certificate) = &self.root_certificate {
            builder = builder.root_certificate_pem(certificate);
        }
        builder.connect().await
    }

    #[cfg(test)]
    pub(super) fn token(&self, transcryptor: &str) -> Option<&str> {
        self.tokens.get(transcryptor).map(String::as_str)
    }
}

impl fmt::Debug for PaasSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.tokens.keys().collect();
        f.debug_struct("PaasSettings").field("transcryptors", &names).finish_non_exhaustive()
    }
}

/// The settings, and the environment variables that hold tokens.
pub(super) fn read(
    root: &mut Section,
    folder: &Path,
    variables: &BTreeMap<String, String>,
    faults: &mut Vec<String>,
) -> (Option<PaasSettings>, Vec<String>) {
    let mut named = Vec::new();
    if !root.has("paas") {
        faults.push(
            "`paas` is missing: write `[paas]` with `config` and a token for each transcryptor".to_owned(),
        );
    }
    let Some(mut section) = root.section("paas", faults) else { return (None, named) };
    let config = file::path(&mut section, "config", folder, faults).and_then(|path| {
        let name = section.name("config");
        let json = file::text_of(&path, &name, faults)?;
        let config = serde_json::from_str::<PAASConfig>(&json).ok();
        if config.as_ref().is_none_or(|config| config.transcryptors.is_empty()) {
            faults.push(format!(
                "the file that {name} names is no configuration of PAAS: take what a transcryptor gives at `GET \
                 /config` as it is"
            ));
        }
        config
    });

    let plain_http = section.switch("plain_http", faults);
    let root_certificate = section.has("root_certificate").then(|| {
        let path = file::path(&mut section, "root_certificate", folder, faults)?;
        let pem = fs::read(&path).ok()?;
        let name = section.name("root_certificate");
        if let Err(fault) = pem::certificates(&pem) {
            faults.push(format!("the file that {name} names, {}, {fault}", path.display()));
        }
        Some(pem)
    });

    let mut tokens = BTreeMap::new();
    let listed = section.section("tokens", faults);
    let present: Vec<String> = listed.as_ref().map(Section::keys).unwrap_or_default();
    if let Some(mut listed) = listed {
        for name in &present {
            let Some(mut source) = listed.section(name, faults) else { continue };
            if let Some(token) = token(&mut source, folder, variables, &mut named, faults) {
                tokens.insert(name.clone(), token);
            }
            source.end(faults);
        }
    }
    if let Some(config) = &config {
        let systems: Vec<&String> = config.transcryptors.iter().map(|member| &member.system_id).collect();
        for system in systems.iter().filter(|system| !present.contains(system)) {
            let system = toml_key(system);
            faults.push(format!(
                "`paas.tokens.{system}` is missing: write `tokens.{system}.env` or `tokens.{system}.file`"
            ));
        }
        for name in present.iter().filter(|name| !systems.contains(name)) {
            let name = toml_key(name);
            faults.push(format!("`paas.tokens.{name}` is of no transcryptor in `paas.config`: remove it"));
        }
    }
    section.end(faults);
    let root_certificate = root_certificate.flatten();
    (config.map(|config| PaasSettings { config, tokens, plain_http, root_certificate }), named)
}

fn token(
    source: &mut Section,
    folder: &Path,
    variables: &BTreeMap<String, String>,
    named: &mut Vec<String>,
    faults: &mut Vec<String>,
) -> Option<String> {
    if source.has("env") == source.has("file") {
        let (env, file) = (source.name("env"), source.name("file"));
        faults
            .push(format!("either {env} or {file} is needed: write one of them, and never the token itself"));
    }
    let env = source.text("env", faults);
    let file = source.text("file", faults);
    let (token, key, tried) = match (env, file) {
        (Some(variable), None) => {
            let token = variables.get(&variable).cloned();
            let tried = if token.is_some() { "" } else { ", and the environment variable is not set" };
            named.push(variable);
            (token, "env", tried.to_owned())
        }
        (None, Some(path)) => {
            // Only the folder is shown. Somebody may have written the token itself in the place of a path.
            let path = file::absolute(&folder.join(path));
            let folder = path.parent().unwrap_or(folder).display().to_string();
            match fs::read(&path) {
                Err(error) => {
                    (None, "file", format!(", and the file in {folder} cannot be read: {}", error.kind()))
                }
                Ok(bytes) => match pem::text(&bytes) {
                    Err(fault) => (None, "file", format!(", and the file in {folder} {}", fault.sentence())),
                    Ok(text) => (Some(text.to_owned()), "file", String::new()),
                },
            }
        }
        _ => return None,
    };
    let token = token.map(|token| token.trim().to_owned()).filter(|token| {
        // A header can hold only these.
        !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
    });
    if token.is_none() {
        let name = source.name(key);
        faults.push(format!(
            "{name} names no token of visible ASCII characters{tried}: set it, or correct the name"
        ));
    }
    token
}

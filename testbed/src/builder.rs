//! The settings of the transcryptors: the parties and rules that a test chooses, and keys that are made for it.

use crate::parties::{self, Party, Rule};
use crate::routes::Setup;
use crate::server::Transcryptor;
use crate::{TRANSCRYPTORS, Transcryptors};
use libpep::factors::{EncryptionSecret, PseudonymizationSecret};
use libpep::keys::distribution::{BlindingFactor, make_distributed_global_keys};
use libpep::transcryptor::DistributedTranscryptor;
use paas_api::config::{PAASConfig, TranscryptorConfig};
use paas_server::auth::token::SimpleTokenValidator;
use paas_server::auth::{AuthType, Authentication};
use paas_server::config::ServerConfig;
use rustls::ServerConfig as Tls;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::num::NonZeroUsize;
use std::time::Duration;

/// What [`Transcryptors`] starts with.
///
/// By default every party may transcrypt from any listed domain to each of its own, because in PAAS it is the receiver
/// who calls the transcryptors.
#[derive(Clone, Debug)]
pub struct Builder {
    parties: Vec<Party>,
    rules: Vec<Rule>,
    lifetime: Duration,
    behind: Option<[String; TRANSCRYPTORS]>,
    tls: Option<Tls>,
    workers: NonZeroUsize,
    single_login: bool,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            parties: Vec::new(),
            rules: Vec::new(),
            lifetime: ServerConfig::default().pep_session_lifetime,
            behind: None,
            tls: None,
            workers: NonZeroUsize::MIN,
            single_login: false,
        }
    }

    /// Adds a party: its name, or a [`Party`] with domains called otherwise.
    #[must_use]
    pub fn party(mut self, party: impl Into<Party>) -> Self {
        self.parties.push(party.into());
        self
    }

    /// Allows a party to transcrypt from one domain to another. The first rule replaces the default: whatever no rule
    /// allows is then denied, to all parties.
    #[must_use]
    pub fn allow(mut self, party: &str, from: &str, to: &str) -> Self {
        self.rules.push(Rule { party: party.to_owned(), from: from.to_owned(), to: to.to_owned() });
        self
    }

    /// How long a session lives, instead of an hour. paas-server counts in whole seconds, so a session may end up to a
    /// second early.
    #[must_use]
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The URLs that the configuration gives instead of the transcryptors' own, as where each stands behind a gateway.
    /// The gateway finds them at [`Transcryptors::addresses`].
    #[must_use]
    pub fn behind(mut self, gateways: [String; TRANSCRYPTORS]) -> Self {
        self.behind = Some(gateways);
        self
    }

    /// Serves over TLS instead of plain HTTP, with a certificate for 127.0.0.1.
    #[must_use]
    pub fn tls(mut self, config: Tls) -> Self {
        self.tls = Some(config);
        self
    }

    /// How many threads answer requests at each transcryptor. One, unless this says more; paas-server itself has one
    /// for each core.
    #[must_use]
    pub fn workers(mut self, workers: NonZeroUsize) -> Self {
        self.workers = workers;
        self
    }

    /// Gives each party one token for both transcryptors, as where both trust one identity service. Otherwise each
    /// transcryptor has its own, so that none can act as a party towards the other.
    #[must_use]
    pub fn single_login(mut self) -> Self {
        self.single_login = true;
        self
    }

    /// Generates all keys and starts both transcryptors on free ports.
    ///
    /// Fails if a gateway's URL is none, and with [`io::ErrorKind::InvalidInput`] if a party name is empty, holds a `_` or is listed twice, or if a
    /// rule names a party or a domain that is not listed.
    pub async fn start(self) -> io::Result<Transcryptors> {
        parties::check(&self.parties, &self.rules)?;
        let (global_public_keys, blinded_global_keys, blinding_factors) =
            make_distributed_global_keys(TRANSCRYPTORS, &mut rand::rng());

        // Every transcryptor serves the addresses of both, so both ports are bound before either starts.
        let mut listeners = Vec::new();
        let mut transcryptors = Vec::new();
        for number in 0..TRANSCRYPTORS {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let scheme = if self.tls.is_some() { "https" } else { "http" };
            let own = format!("{scheme}://{}", listener.local_addr()?);
            let gateway = self.behind.as_ref().and_then(|gateways| gateways.get(number));
            transcryptors.push(TranscryptorConfig {
                system_id: format!("transcryptor-{}", number + 1),
                url: gateway.unwrap_or(&own).parse().map_err(io::Error::other)?,
            });
            listeners.push(listener);
        }
        let config = PAASConfig { blinded_global_keys, global_public_keys, transcryptors };

        let mut started = Vec::new();
        let shared = self.single_login.then(|| parties::random_tokens(&self.parties));
        let members = config.transcryptors.iter().zip(blinding_factors);
        for (listener, (member, blinding_factor)) in listeners.into_iter().zip(members) {
            let tokens = shared.clone().unwrap_or_else(|| parties::random_tokens(&self.parties));
            let validator = SimpleTokenValidator::new(parties::users(&tokens));
            let setup = Setup {
                system_id: member.system_id.clone(),
                auth: Authentication::new(AuthType::SimpleToken(validator)),
                rules: parties::access_rules(&self.parties, &self.rules),
                pep: random_secrets(blinding_factor),
                config: config.clone(),
                tls: self.tls.clone(),
                workers: self.workers,
            };
            started.push(Transcryptor::start(setup, tokens, listener, self.lifetime).await?);
        }
        Ok(Transcryptors { config, transcryptors: started })
    }
}

/// A transcryptor with secrets of its own. The blinding factors alone belong together.
fn random_secrets(blinding_factor: BlindingFactor) -> DistributedTranscryptor {
    DistributedTranscryptor::new(
        PseudonymizationSecret::from(parties::random_text().into_bytes()),
        EncryptionSecret::from(parties::random_text().into_bytes()),
        blinding_factor,
    )
}

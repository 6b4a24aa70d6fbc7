//! Two real PAAS transcryptors on loopback, so that examples and tests need no deployment and no mock.
//!
//! [`Transcryptors`] runs paas-server's own handlers twice, with keys, secrets and tokens generated on the spot:
//! nothing is read from disk, and nothing outlives the process. Traffic is plain HTTP unless [`Builder::tls`] says
//! otherwise, so clients connect with paas-client's `PseudonymService::new_allow_http`.
//!
//! ```
//! use nest_testbed::Transcryptors;
//! use paas_client::pseudonym_service::PseudonymService;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let testbed = Transcryptors::builder().party("nest").party("school").start().await?;
//! let mut school =
//!     PseudonymService::new_allow_http(testbed.config().clone(), testbed.auths("school")).await?;
//! school.init().await?;
//! testbed.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! This crate is for tests: all secrets of both transcryptors lie in one process, which is exactly what PEP forbids.

mod builder;
mod parties;
mod routes;
mod server;
#[cfg(test)]
mod tests;

pub use builder::Builder;
pub use parties::Party;
pub use server::Sessions;

use paas_api::config::PAASConfig;
use paas_client::auth::{BearerTokenAuth, SystemAuths};
use server::Transcryptor;
use std::io;
use std::net::SocketAddr;

/// How many transcryptors there are: the fewest among which trust can be divided.
pub const TRANSCRYPTORS: usize = 2;

/// Two running transcryptors, in the order in which clients visit them.
///
/// Dropping it stops them as well, but only [`stop`](Self::stop) waits until they have.
pub struct Transcryptors {
    config: PAASConfig,
    transcryptors: Vec<Transcryptor>,
}

impl Transcryptors {
    /// Starts both for these parties, with sessions of an hour and the default rules of [`Builder`].
    pub async fn start(parties: &[Party]) -> io::Result<Self> {
        let builder = Self::builder();
        parties.iter().cloned().fold(builder, Builder::party).start().await
    }

    /// Lists parties, and anything that differs from the defaults, before starting.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The public configuration that every client needs, with the real addresses.
    pub fn config(&self) -> &PAASConfig {
        &self.config
    }

    /// The tokens of a party for both transcryptors.
    ///
    /// A party that is not listed has none, and paas-client will say `MissingAuth`.
    pub fn auths(&self, party: &str) -> SystemAuths {
        let auth = |(system, token)| (system, BearerTokenAuth::new(token));
        SystemAuths::from_auths(self.tokens(party).into_iter().map(auth).collect())
    }

    /// The token of a party at each transcryptor, by the transcryptor's id: for a client in another process.
    pub fn tokens(&self, party: &str) -> Vec<(String, String)> {
        let token_at = |transcryptor: &Transcryptor| {
            Some((transcryptor.system_id().to_owned(), transcryptor.token(party)?.to_owned()))
        };
        self.transcryptors.iter().filter_map(token_at).collect()
    }

    /// Where each of them listens, also while it is stopped.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.transcryptors.iter().map(Transcryptor::address).collect()
    }

    /// Stops one of them, 0 or 1: its port refuses connections until [`restart`](Self::restart). Does nothing if it
    /// has stopped already.
    pub async fn halt(&mut self, index: usize) -> io::Result<()> {
        self.get_mut(index)?.halt().await
    }

    /// Starts one of them again, stopping it first if it runs, with the same port, secrets and tokens.
    ///
    /// Fails if another program has taken the port in the meantime.
    pub async fn restart(&mut self, index: usize, sessions: Sessions) -> io::Result<()> {
        self.get_mut(index)?.restart(sessions).await
    }

    /// Stops both and waits until they have.
    pub async fn stop(mut self) {
        for transcryptor in &mut self.transcryptors {
            // A server that failed has stopped as well, which is all that is asked for here.
            let _ = transcryptor.halt().await;
        }
    }

    fn get_mut(&mut self, index: usize) -> io::Result<&mut Transcryptor> {
        self.transcryptors.get_mut(index).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("there is no transcryptor {index}"))
        })
    }
}

//! The common parts of the examples: two transcryptors, and an account at both for each party. In a deployment other
//! organisations run the transcryptors, and give a party its configuration and tokens.

use nest_api::Paas;
use nest_core::Domain;
use nest_testbed::Transcryptors;
use paas_client::pseudonym_service::PseudonymService;

use crate::Failure;
use crate::party::Party;

/// Two transcryptors on loopback.
pub struct Field(Transcryptors);

impl Field {
    /// Starts them, for parties of these names, each with a domain called like itself.
    ///
    /// # Errors
    ///
    /// Whatever binding their ports says.
    pub async fn start(parties: &[&str]) -> Result<Self, Failure> {
        let builder = parties.iter().fold(Transcryptors::builder(), |builder, name| builder.party(*name));
        Ok(Self(builder.start().await?))
    }

    /// One of the parties, with its account.
    ///
    /// # Errors
    ///
    /// Where the party is none of those that they were started for.
    pub async fn join(&self, name: &str) -> Result<Party, Failure> {
        let paas = Paas::connect_plain_http(self.0.config().clone(), self.0.auths(name)).await?;
        Ok(Party { domain: Domain::new(name)?, paas })
    }

    /// A session of one of the parties in paas-client itself, for what is not built on nest.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub async fn paas_client(&self, name: &str) -> Result<PseudonymService, Failure> {
        let mut client =
            PseudonymService::new_allow_http(self.0.config().clone(), self.0.auths(name)).await?;
        client.init().await?;
        Ok(client)
    }

    /// Name and address of each.
    pub fn transcryptors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.config().transcryptors.iter().map(|member| (member.system_id.as_str(), member.url.as_str()))
    }

    /// Stops them.
    pub async fn stop(self) {
        self.0.stop().await;
    }
}

/// A token as a data source would hand it out: random, and too long to be found by trying.
pub fn random_token() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}

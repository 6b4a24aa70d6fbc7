//! How a party connects to the transcryptors of a PAAS configuration.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use nest_core::{SessionIds, TranscryptionError};
use paas_api::config::PAASConfig;
use paas_client::auth::SystemAuths;
use reqwest::{Certificate, Client, redirect};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::connect::{ConnectError, ConnectFault};
use super::link::Link;
use super::{Paas, Shared};
use crate::pem;

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How a party connects to the transcryptors: [`Paas::builder`].
pub struct PaasBuilder {
    config: PAASConfig,
    auths: SystemAuths,
    plain_http: bool,
    call_timeout: Duration,
    calls_at_once: usize,
    certificates: Vec<Vec<u8>>,
}

impl PaasBuilder {
    pub(super) fn new(config: PAASConfig, auths: SystemAuths) -> Self {
        Self {
            config,
            auths,
            plain_http: false,
            call_timeout: Duration::from_secs(60),
            calls_at_once: 2,
            certificates: Vec::new(),
        }
    }

    /// Uses plain HTTP where the configuration says so. For tests and for transcryptors on this same machine.
    ///
    /// # Privacy
    ///
    /// Anybody on the way can read the tokens and the *session keys*, and with these everything that is sealed for
    /// this party.
    #[must_use]
    pub fn plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// How long one call to a transcryptor may take, with all tries, instead of 60 seconds. A transcryptor that takes
    /// longer counts as down.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// How many pieces of one batch may be at one transcryptor at once, instead of 2. At least 1.
    #[must_use]
    pub fn calls_at_once(mut self, calls: usize) -> Self {
        self.calls_at_once = calls.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Trusts the certificate authorities of this PEM text too, besides those of the machine.
    #[must_use]
    pub fn root_certificate_pem(mut self, pem: &[u8]) -> Self {
        self.certificates.push(pem.to_vec());
        self
    }

    /// Connects, and checks that all transcryptors have this same configuration.
    ///
    /// # Errors
    ///
    /// A [`ConnectError`] with the name of every transcryptor that cannot be used. Its address is not `https` and
    /// plain HTTP was not asked for; it cannot be reached; there is no token for it, or it does not know the token;
    /// or it has another name, another configuration or an incompatible version. Also where a certificate is not
    /// valid, or two transcryptors have one name.
    pub async fn connect(self) -> Result<Paas, ConnectError> {
        let Self { config, auths, plain_http, call_timeout, calls_at_once, certificates } = self;
        let mut faults = Vec::new();
        // Each will have a session under its name.
        let names = config.transcryptors.iter().map(|member| (member.system_id.clone(), "-".to_owned()));
        if SessionIds::new(names).is_err() {
            faults.push(ConnectFault::Names);
        }
        let secure = config.transcryptors.iter().any(|member| member.url.scheme() == "https");
        let client = http_client(plain_http, secure, &certificates).map_err(|fault| faults.push(fault)).ok();
        let mut asked = JoinSet::new();
        for (i, member) in config.transcryptors.iter().enumerate() {
            let name = || member.system_id.clone();
            if member.url.scheme() != "https" && !(plain_http && member.url.scheme() == "http") {
                faults.push(ConnectFault::PlainHttp(name()));
                continue;
            }
            let Some(auth) = auths.get(&member.system_id) else {
                faults.push(ConnectFault::NoToken(name()));
                continue;
            };
            let Some(client) = client.clone() else { continue };
            let link = Link::new(member, auth, client, call_timeout);
            let (name, url, expected) = (name(), member.url.to_string(), config.clone());
            asked.spawn(async move { (i, asked_of(link, name, url, &expected).await) });
        }
        let mut links = Vec::with_capacity(config.transcryptors.len());
        let mut failed = Vec::new();
        while let Some(answer) = asked.join_next().await {
            match answer {
                Ok((i, Ok(link))) => links.push((i, Arc::new(link))),
                Ok((i, Err(fault))) => failed.push((i, fault)),
                Err(_) => faults.push(ConnectFault::Names),
            }
        }
        failed.sort_by_key(|(i, _)| *i);
        faults.extend(failed.into_iter().map(|(_, fault)| fault));
        if !faults.is_empty() {
            return Err(ConnectError::new(faults));
        }
        links.sort_by_key(|(i, _)| *i);
        let links = links.into_iter().map(|(_, link)| link).collect();
        Ok(Paas { shared: Arc::new(Shared::new(config.blinded_global_keys, links, calls_at_once)) })
    }
}

/// Checks that a transcryptor is the one of the configuration, and has this same configuration.
async fn asked_of(
    link: Link,
    name: String,
    url: String,
    expected: &PAASConfig,
) -> Result<Link, ConnectFault> {
    let of_call = |error| match error {
        TranscryptionError::Unavailable => ConnectFault::Unreachable(name.clone(), url.clone()),
        TranscryptionError::Denied => ConnectFault::Denied(name.clone()),
        TranscryptionError::Configuration | TranscryptionError::Answer => {
            ConnectFault::OtherServer(name.clone(), url.clone())
        }
        error => ConnectFault::Other(name.clone(), error),
    };
    link.status().await.map_err(of_call)?;
    if link.config().await.map_err(of_call)? == *expected {
        Ok(link)
    } else {
        Err(ConnectFault::OtherConfiguration(name))
    }
}

/// The client of one [`Paas`]: its connections are kept alive between calls. Where none of them is `https`, the machine
/// need not have certificates of authorities.
fn http_client(plain_http: bool, secure: bool, certificates: &[Vec<u8>]) -> Result<Client, ConnectFault> {
    let mut roots = Vec::new();
    for pem in certificates {
        for found in pem::certificates(pem).map_err(|_| ConnectFault::RootCertificate)? {
            roots.push(Certificate::from_der(&found).map_err(|_| ConnectFault::RootCertificate)?);
        }
    }
    let client = || {
        let client = Client::builder()
            // A redirect could take the batch and the token elsewhere.
            .redirect(redirect::Policy::none())
            .https_only(!plain_http)
            .connect_timeout(CONNECT_TIMEOUT)
            // With HTTP/2 all calls would share one connection. paas-server, on actix, does the work of a connection
            // on one thread.
            .http1_only()
            // Otherwise the end of each request waits for an acknowledgement.
            .tcp_nodelay(true);
        if plain_http { client.no_proxy() } else { client }
    };
    if !secure {
        return client().tls_certs_only(roots).build().map_err(|_| ConnectFault::NoRootCertificates);
    }
    // The given certificates are enough where the machine has none.
    let client = if roots.is_empty() { client() } else { client().tls_certs_merge(roots) };
    client.build().map_err(|_| ConnectFault::NoRootCertificates)
}

impl fmt::Debug for PaasBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.config.transcryptors.iter().map(|member| &member.system_id).collect();
        f.debug_struct("PaasBuilder").field("transcryptors", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate authority that is not used elsewhere.
    const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUUKvdhnx8jzPdxBDe4jyxYMYHHlIwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyMTEyNDk0NVoYDzIxMjYxMDI4MTI0
OTQ1WjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASjYTDgeaoLo/a6ud/HsbM45IROqOCUE9l2B6sgbkIrTsywzWXCY4Wc5hFyLvqz
u+n+Lheoyus2DRJXPuxeRa9fo1MwUTAdBgNVHQ4EFgQUaG5ioeqrlAUM+427gG/j
t7MKwKYwHwYDVR0jBBgwFoAUaG5ioeqrlAUM+427gG/jt7MKwKYwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAuB/6VICLwOPqTlTUlUN5oFMHH8qA
qdQRuJWqzgRyUq4CID4lYwxy2SETZvaKmZRXNgImOMaFwDQ9bKz4eCMHB7bB
-----END CERTIFICATE-----
";

    #[test]
    fn certificates_are_read_and_anything_else_is_refused() {
        let client = |pems: &[&[u8]]| {
            let pems: Vec<_> = pems.iter().map(|pem| pem.to_vec()).collect();
            http_client(false, true, &pems).map(|_| ())
        };
        assert_eq!(client(&[]), Ok(()));
        assert_eq!(client(&[CERTIFICATE]), Ok(()));
        assert_eq!(client(&[&[CERTIFICATE, CERTIFICATE].concat()]), Ok(()));
        assert_eq!(client(&[&[b"\xef\xbb\xbf", CERTIFICATE].concat()]), Ok(()));
        let half = CERTIFICATE.get(..CERTIFICATE.len() / 2).unwrap_or_default();
        for wrong in [&b""[..], b"no certificate", half, &[CERTIFICATE, half].concat()] {
            assert_eq!(client(&[CERTIFICATE, wrong]), Err(ConnectFault::RootCertificate));
        }
    }
}

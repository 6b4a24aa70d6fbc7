//! Certificates for one run. paas-client takes no certificate as a setting and insists on TLS, so the process that
//! measures trusts an authority of its own.

use std::env;
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nest_api::Tls;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS as AUTHORITIES;

use crate::{Failure, Report};

/// Where reqwest, by way of rustls-native-certs, looks for the authorities of the machine.
const STORE: &str = "SSL_CERT_FILE";
const TRUST: &str = "NEST_BENCH_TRUST";
const ROOT: &str = "NEST_BENCH_ROOT";
const CERTIFICATE: &str = "NEST_BENCH_CERTIFICATE";
const KEY: &str = "NEST_BENCH_KEY";

/// Whom a process trusts.
///
/// Upstream builds a client for each call and then reads its trust store again, so it matters how large that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// The authority of this run and no other.
    One,
    /// Those of Mozilla as well, which is what systems come with.
    System,
}

impl Trust {
    const fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::System => "system",
        }
    }

    /// How many authorities the trust store holds.
    pub(super) fn authorities(self) -> usize {
        match self {
            Self::One => 1,
            Self::System => 1 + AUTHORITIES.len(),
        }
    }
}

/// What every server of this run proves its name with, and what its clients trust.
pub(super) struct Identity {
    root: String,
    certificate: String,
    key: String,
}

impl Identity {
    /// The identity that [`run`](Self::run) gave this process, where it did, and whom the process trusts.
    pub(super) fn handed() -> Option<(Self, Trust)> {
        let trust = env::var(TRUST).ok()?;
        let trust = [Trust::One, Trust::System].into_iter().find(|known| known.name() == trust)?;
        let own = Self {
            root: env::var(ROOT).ok()?,
            certificate: env::var(CERTIFICATE).ok()?,
            key: env::var(KEY).ok()?,
        };
        Some((own, trust))
    }

    /// Runs this program again as a process that has this identity, and reads the report that it writes as JSON: the
    /// variable that says whom to trust has to be there before the first thread.
    pub(super) fn run(&self, trust: Trust) -> Result<Report, Failure> {
        let store = Removed(env::temp_dir().join(format!("nest-bench-{}.pem", process::id())));
        fs::write(&store.0, self.store(trust))?;
        let mut again = Command::new(env::current_exe()?);
        again.args(env::args_os().skip(1)).env(STORE, &store.0).env_remove("SSL_CERT_DIR");
        again.env(TRUST, trust.name()).env(ROOT, &self.root);
        again.env(CERTIFICATE, &self.certificate).env(KEY, &self.key);
        let output = again.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err("whole exchanges could not be measured".into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// The certificates of all whom a process is to trust.
    fn store(&self, trust: Trust) -> String {
        let mut store = self.root.clone();
        if trust == Trust::System {
            AUTHORITIES.iter().for_each(|authority| store.push_str(&pem(authority)));
        }
        store
    }

    pub(super) fn new() -> Result<Self, Failure> {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let server = CertificateParams::new([Ipv4Addr::LOCALHOST.to_string()])?;
        let certificate = server.signed_by(&key, &authority)?.pem();
        Ok(Self { root: authority.pem(), certificate, key: key.serialize_pem() })
    }

    pub(super) fn root_pem(&self) -> &[u8] {
        self.root.as_bytes()
    }

    pub(super) fn nest(&self) -> Result<Tls, Failure> {
        Ok(Tls::from_pem(self.certificate.as_bytes(), self.key.as_bytes())?)
    }

    /// The same settings as [`Tls`] has.
    pub(super) fn rustls(&self) -> Result<ServerConfig, Failure> {
        let chain = vec![CertificateDer::from_pem_slice(self.certificate.as_bytes())?];
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes())?;
        Ok(ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?)
    }
}

fn pem(certificate: &[u8]) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in certificate.chunks(48) {
        STANDARD.encode_string(line, &mut text);
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

/// A file that goes when this does.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        // It holds a certificate that nobody trusts any more.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{AUTHORITIES, Identity, Trust};
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    #[test]
    fn a_trust_store_holds_its_own_authority_first_and_then_all_others_as_they_are() {
        let own = Identity::new().unwrap();
        for trust in [Trust::One, Trust::System] {
            let store = own.store(trust);
            let read: Vec<_> = CertificateDer::pem_slice_iter(store.as_bytes()).map(Result::unwrap).collect();
            assert_eq!(read.len(), trust.authorities());
            assert!(read.iter().skip(1).eq(AUTHORITIES.iter().take(read.len() - 1)));
        }
    }
}

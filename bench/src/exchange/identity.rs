//! Certificates for one run. paas-client takes no certificate as a setting and insists on TLS, so this process trusts
//! an authority of its own.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{self, Command, ExitCode};
use std::sync::Arc;

use nest_api::Tls;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::Failure;

/// Where reqwest, by way of rustls-native-certs, looks for the authorities of the machine.
const ROOTS: &str = "SSL_CERT_FILE";
const CERTIFICATE: &str = "NEST_BENCH_CERTIFICATE";
const KEY: &str = "NEST_BENCH_KEY";

/// What every server of this run proves its name with, and what its clients trust.
pub struct Identity {
    root: String,
    certificate: String,
    key: String,
}

impl Identity {
    /// Runs this program again as a process that trusts one new authority and no other: the variable that says so has
    /// to be there before the first thread. Its identity comes with it.
    ///
    /// One certificate is also all that upstream then reads when it builds a client for each call. The hundred and
    /// more of a machine would make it slower.
    ///
    /// # Errors
    ///
    /// Whatever making keys and starting a process says; and what `work` says, in the process that was started.
    pub fn with_own(work: impl FnOnce(&Self) -> Result<(), Failure>) -> Result<ExitCode, Failure> {
        if let (Some(roots), Ok(certificate), Ok(key)) =
            (env::var_os(ROOTS), env::var(CERTIFICATE), env::var(KEY))
        {
            work(&Self { root: fs::read_to_string(roots)?, certificate, key })?;
            return Ok(ExitCode::SUCCESS);
        }
        let Self { root, certificate, key } = Self::new()?;
        let roots = Removed(env::temp_dir().join(format!("nest-bench-{}.pem", process::id())));
        fs::write(&roots.0, root)?;
        let mut again = Command::new(env::current_exe()?);
        again.args(env::args_os().skip(1)).env(CERTIFICATE, certificate).env(KEY, key);
        let status =
            again.env(ROOTS, AsRef::<OsStr>::as_ref(&roots.0)).env_remove("SSL_CERT_DIR").status()?;
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn new() -> Result<Self, Failure> {
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

/// A file that goes when this does.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        // It holds a certificate that nobody trusts any more.
        let _ = fs::remove_file(&self.0);
    }
}

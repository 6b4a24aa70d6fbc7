//! The certificate of a server, and the key that belongs to it.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a server proves its name with: TLS 1.2 and 1.3 by [rustls], with its safe defaults.
///
/// [rustls]: https://docs.rs/rustls
#[derive(Clone)]
pub struct Tls {
    config: ServerConfig,
}

impl Tls {
    /// A chain of certificates, the server's own first, and its private key, each in a file in PEM.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] where there is no certificate or key in them or they do not belong
    /// together, and whatever reading says. The error names the file, and nothing of what is in it.
    pub fn from_files(certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> io::Result<Self> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {}", path.display(), error.kind()))
            })
        };
        Self::from_pem(&read(certificates.as_ref())?, &read(key.as_ref())?)
    }

    /// A chain of certificates, the server's own first, and its private key, in PEM.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] where there is no certificate or key in them, or they do not belong
    /// together.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> io::Result<Self> {
        let fault = |what| io::Error::new(io::ErrorKind::InvalidData, what);
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<_, _>>()
            .map_err(|_| fault("the certificates are no PEM"))?;
        if certificates.is_empty() {
            return Err(fault("there is no certificate in PEM"));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| fault("there is no private key in PEM"))?;
        // The provider is named, so that no other crate of the application can make it ambiguous.
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| fault("the TLS library has no safe version"))?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .map_err(|_| fault("certificate and key do not belong together"))?;
        Ok(Self { config })
    }

    pub(crate) fn into_config(self) -> ServerConfig {
        self.config
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(…)")
    }
}

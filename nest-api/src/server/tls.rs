//! The certificate of a server, and its key.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{ASN1Time, FromDer, X509Certificate};

use crate::pem;

/// How long before its expiry the log warns of a certificate at each start.
const WARN_BEFORE: i64 = 14 * 24 * 3600;

/// The certificate and key of a server, for TLS 1.2 and 1.3 by [rustls] with its safe defaults.
///
/// [rustls]: https://docs.rs/rustls
#[derive(Clone)]
pub struct Tls {
    config: ServerConfig,
}

/// Why a certificate and its key cannot be used. The sentence names the file, and quotes nothing of its content.
/// `Debug` is the same text.
#[derive(Clone, PartialEq, Eq)]
pub struct TlsError(String);

impl Tls {
    /// A chain of certificates, the server's own first, and its private key, each in a file in PEM.
    ///
    /// The log warns of a key that every user of the machine can read, and of a certificate that expires within two
    /// weeks.
    ///
    /// # Errors
    ///
    /// A [`TlsError`] with the file: it cannot be read, it holds no certificate or no key, the two do not belong
    /// together, or a certificate has expired or is not yet valid.
    pub fn from_files(certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, TlsError> {
        let (certificates, key) = (certificates.as_ref(), key.as_ref());
        let read = |path: &Path| {
            std::fs::read(path)
                .map_err(|error| TlsError(format!("{} cannot be read: {}", path.display(), error.kind())))
        };
        let (chain, secret) = (read(certificates)?, read(key)?);
        if everybody_reads(key) {
            let key = key.display();
            tracing::warn!("every user of this machine can read the key {key}: run `chmod 600 {key}`");
        }
        made(&chain, &secret, &certificates.display().to_string(), &key.display().to_string())
    }

    /// A chain of certificates, the server's own first, and its private key, in PEM.
    ///
    /// # Errors
    ///
    /// As [`from_files`](Self::from_files), without names of files.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        made(certificates, key, "the PEM of the certificate", "the PEM of the key")
    }

    pub(crate) fn into_config(self) -> ServerConfig {
        self.config
    }
}

/// Checks everything. Faults name the two as `chain_name` and `key_name`.
fn made(chain: &[u8], key: &[u8], chain_name: &str, key_name: &str) -> Result<Tls, TlsError> {
    let chain = pem::certificates(chain).map_err(|fault| TlsError(format!("{chain_name} {fault}")))?;
    let now = ASN1Time::now().timestamp();
    for (i, certificate) in chain.iter().enumerate() {
        in_time(certificate, now).map_err(|fault| {
            let which = if i == 0 { String::new() } else { format!("certificate {} of the chain: ", i + 1) };
            TlsError(format!("{chain_name}: {which}{fault}"))
        })?;
    }
    let text = pem::text(key).map_err(|fault| TlsError(format!("{key_name} {}", fault.sentence())))?;
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| {
        let encrypted = text.contains("ENCRYPTED");
        let why = if encrypted { "is encrypted: decrypt it" } else { "holds no private key in PEM" };
        TlsError(format!("{key_name} {why}"))
    })?;
    // The provider is named. Another crate of the application could make a default ambiguous.
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError("the TLS library has no safe version".to_owned()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|_| {
            TlsError(format!("the first certificate of {chain_name} does not belong to {key_name}"))
        })?;
    Ok(Tls { config })
}

/// Checks that a certificate is valid now, and warns where it expires soon.
fn in_time(certificate: &CertificateDer<'_>, now: i64) -> Result<(), String> {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
        return Err("it is no X.509 certificate".to_owned());
    };
    let validity = certificate.validity();
    if now < validity.not_before.timestamp() {
        return Err(format!("it is valid from {}: look at this machine's clock", validity.not_before));
    }
    if now > validity.not_after.timestamp() {
        return Err(format!("it expired on {}: renew it", validity.not_after));
    }
    if validity.not_after.timestamp() - now < WARN_BEFORE {
        tracing::warn!(
            "the certificate of this server expires on {}: renew it, and restart",
            validity.not_after
        );
    }
    Ok(())
}

#[cfg(unix)]
fn everybody_reads(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn everybody_reads(_: &Path) -> bool {
    false
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(…)")
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsError {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn pair(from: i32, to: i32) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    fn fault(certificate: &str, key: &str) -> String {
        Tls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_would_fail_every_client_is_refused_at_the_start() {
        let (good, key) = pair(2020, 2100);
        assert!(Tls::from_pem(good.as_bytes(), key.as_bytes()).is_ok());
        assert!(
            Tls::from_pem(format!("\u{feff}{good}").as_bytes(), format!("\u{feff}{key}").as_bytes()).is_ok()
        );
        let (expired, of_expired) = pair(2019, 2020);
        assert!(
            fault(&expired, &of_expired).contains("it expired on Jan  1"),
            "{}",
            fault(&expired, &of_expired)
        );
        let (early, of_early) = pair(2090, 2100);
        assert!(fault(&early, &of_early).contains("it is valid from"));
        let chain = format!("{good}{expired}");
        assert!(fault(&chain, &key).contains("certificate 2 of the chain: it expired"));
        assert!(fault(&good, &of_early).contains("does not belong to the PEM of the key"));
        assert!(fault(&good, &good).contains("holds no private key"));
        assert!(fault(&key, &key).contains("holds no certificate"));
        let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let error = Tls::from_pem(&utf16, key.as_bytes()).unwrap_err();
        assert_eq!(format!("{error:?}"), "the PEM of the certificate is UTF-16: save it as UTF-8");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_everybody_reads_is_known() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("nest-key-{}", crate::RequestId::random()));
        std::fs::write(&path, "key").unwrap();
        for (mode, everybody) in [(0o644, true), (0o640, false), (0o600, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(everybody_reads(&path), everybody, "{mode:o}");
        }
        std::fs::remove_file(path).unwrap();
    }
}

//! A private certificate authority that lives as long as one run, so that examples and tests speak TLS without
//! a file or a name on the internet.

use std::fmt;
use std::net::Ipv4Addr;

use nest_api::Tls;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};

use crate::Failure;

/// An authority with a key of its own, which is nowhere but in memory.
pub struct PrivateAuthority(CertifiedIssuer<'static, KeyPair>);

impl PrivateAuthority {
    /// A new one.
    ///
    /// # Errors
    ///
    /// Whatever making a key says.
    pub fn new() -> Result<Self, Failure> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Ok(Self(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?))
    }

    /// What a client has to trust, in PEM.
    pub fn root_pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate and its key for a server at 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Whatever making a key or a certificate says.
    pub fn loopback(&self) -> Result<Tls, Failure> {
        let key = KeyPair::generate()?;
        let params = CertificateParams::new([Ipv4Addr::LOCALHOST.to_string()])?;
        let certificate = params.signed_by(&key, &self.0)?;
        Ok(Tls::from_pem(certificate.pem().as_bytes(), key.serialize_pem().as_bytes())?)
    }
}

impl fmt::Debug for PrivateAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateAuthority(…)")
    }
}

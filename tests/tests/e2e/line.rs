//! A connection to a server, plain or over TLS, that one thread writes to while another reads from it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

/// How long anything may take. The head of a request has ten seconds.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// Where a server listens, and what it is trusted by.
#[derive(Clone)]
pub(crate) struct Address {
    address: String,
    tls: Option<ClientConfig>,
}

impl Address {
    /// Nothing is encrypted, whatever the URL says.
    pub(crate) fn plain(url: &str) -> Self {
        Self { address: url.split_once("://").unwrap().1.to_owned(), tls: None }
    }

    /// The same over TLS, with a certificate of this authority.
    pub(crate) fn over_tls(self, authority_pem: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority_pem.as_bytes()).unwrap()).unwrap();
        // The provider is named, because other members of the workspace bring another one.
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let tls = tls.with_safe_default_protocol_versions().unwrap();
        Self { tls: Some(tls.with_root_certificates(roots).with_no_client_auth()), ..self }
    }

    /// The same, where the client asks for one of these protocols.
    pub(crate) fn speaking(mut self, protocols: &[&str]) -> Self {
        self.tls.as_mut().unwrap().alpn_protocols =
            protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        self
    }

    /// A handshake that nothing has been sent of yet.
    pub(crate) fn handshake(&self) -> ClientConnection {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        ClientConnection::new(Arc::new(self.tls.clone().unwrap()), name).unwrap()
    }

    /// A connection, with its handshake done.
    pub(crate) fn connect(&self) -> io::Result<Line> {
        let mut tcp = TcpStream::connect(&self.address)?;
        tcp.set_read_timeout(Some(DEADLINE))?;
        tcp.set_write_timeout(Some(DEADLINE))?;
        let mut tls = self.tls.is_some().then(|| self.handshake());
        while let Some(tls) = tls.as_mut().filter(|tls| tls.is_handshaking()) {
            tls.complete_io(&mut tcp)?;
        }
        Ok(Line { tcp, tls: tls.map(|tls| Arc::new(Mutex::new(tls))) })
    }
}

/// A connection.
pub(crate) struct Line {
    tcp: TcpStream,
    tls: Option<Arc<Mutex<ClientConnection>>>,
}

impl Line {
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { tcp: self.tcp.try_clone()?, tls: self.tls.clone() })
    }

    /// The protocol that was agreed on.
    pub(crate) fn protocol(&self) -> Option<String> {
        let tls = self.tls.as_ref()?.lock().unwrap();
        tls.alpn_protocol().map(|protocol| String::from_utf8_lossy(protocol).into_owned())
    }

    /// Says that nothing more is sent.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        if let Some(tls) = &self.tls {
            tls.lock().unwrap().send_close_notify();
            self.write_all_records()?;
        }
        self.cut()
    }

    /// Sends nothing more, and does not say so in TLS.
    pub(crate) fn cut(&self) -> io::Result<()> {
        self.tcp.shutdown(Shutdown::Write)
    }

    pub(crate) fn close(&self) {
        self.tcp.shutdown(Shutdown::Both).ok();
    }

    /// Sends what TLS has made. Reading does not wait for it.
    fn write_all_records(&mut self) -> io::Result<()> {
        let mut records = Vec::new();
        if let Some(tls) = &self.tls {
            let mut tls = tls.lock().unwrap();
            while tls.wants_write() {
                tls.write_tls(&mut records)?;
            }
        }
        self.tcp.write_all(&records)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else { return self.tcp.write(bytes) };
        let written = tls.lock().unwrap().writer().write(bytes)?;
        self.write_all_records()?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

impl Read for Line {
    fn read(&mut self, part: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else { return self.tcp.read(part) };
        let mut records = [0; 4096];
        loop {
            match tls.lock().unwrap().reader().read(part) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                read => return read,
            }
            let len = self.tcp.read(&mut records)?;
            let (mut tls, mut records) = (tls.lock().unwrap(), &records[..len]);
            // Once for the end, too.
            loop {
                tls.read_tls(&mut records)?;
                tls.process_new_packets().map_err(io::Error::other)?;
                if records.is_empty() {
                    break;
                }
            }
        }
    }
}

//! Text and certificates from files that people edit.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Why bytes are not readable text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextFault {
    /// Two bytes for each letter, as some editors on Windows save.
    Utf16,
    /// Anything else that is not UTF-8.
    NotUtf8,
}

impl TextFault {
    /// The sentence about the file, without its subject.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            TextFault::Utf16 => "is UTF-16: save it as UTF-8",
            TextFault::NotUtf8 => "is no text: save it as UTF-8",
        }
    }
}

/// The text of a file in UTF-8, without the byte order mark that some editors put first.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, TextFault> {
    let zero = |i: usize| bytes.get(i) == Some(&0);
    let marked = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    if marked || (bytes.len() >= 4 && ((zero(1) && zero(3)) || (zero(0) && zero(2)))) {
        return Err(TextFault::Utf16);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| TextFault::NotUtf8)
}

/// The certificates of a PEM, or its fault. A certificate that the parser would skip is a fault.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    let pem = text(pem).map_err(TextFault::sentence)?;
    let found: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| "holds a certificate that is cut off or changed")?;
    if found.is_empty() {
        return Err("holds no certificate in PEM, which begins with `-----BEGIN CERTIFICATE-----`");
    }
    if found.len() != pem.matches("BEGIN CERTIFICATE").count() {
        return Err(
            "holds a certificate whose first or last line is damaged: let each line begin with its dashes",
        );
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_save_is_read_or_named() {
        assert_eq!(text(b"\xef\xbb\xbfa = 1"), Ok("a = 1"));
        assert_eq!(text("ä".as_bytes()), Ok("ä"));
        assert_eq!(text(b"\xe4"), Err(TextFault::NotUtf8));
        let letters = "listen".encode_utf16();
        let little: Vec<u8> = letters.clone().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = letters.flat_map(u16::to_be_bytes).collect();
        for bytes in
            [&little, &big, &[&[0xff, 0xfe][..], &little].concat(), &[&[0xfe, 0xff][..], &big].concat()]
        {
            assert_eq!(text(bytes), Err(TextFault::Utf16));
        }
    }

    #[test]
    fn no_certificate_is_skipped_without_a_word() {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem();
        let both = [own.as_str(), &own].concat();
        assert_eq!(certificates(both.as_bytes()).unwrap().len(), 2);
        assert_eq!(certificates(format!("\u{feff}{both}").as_bytes()).unwrap().len(), 2);
        assert_eq!(certificates(both.replace('\n', "\r\n").as_bytes()).unwrap().len(), 2);
        for damaged in
            [both.replacen("-----BEGIN", "x-----BEGIN", 1), both.replacen("-----BEGIN", "---BEGIN", 1)]
        {
            assert!(certificates(damaged.as_bytes()).is_err(), "{damaged}");
        }
        let utf16: Vec<u8> = both.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(certificates(&utf16), Err("is UTF-16: save it as UTF-8"));
    }
}

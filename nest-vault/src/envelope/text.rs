//! The text form of an envelope, for columns and messages that cannot hold bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::EnvelopeError;

/// What a text form of this version begins with.
const PREFIX: &str = "nest-vault-1.";

/// An envelope as text: `nest-vault-1.` and its bytes in base64url without padding.
pub fn to_text(envelope: &[u8]) -> String {
    let mut text = PREFIX.to_owned();
    URL_SAFE_NO_PAD.encode_string(envelope, &mut text);
    text
}

/// Reads what [`to_text`] writes, and no other form of it.
///
/// # Errors
///
/// [`EnvelopeError::UnknownFormat`] with 0 where the prefix is another, [`EnvelopeError::Tampered`] where the rest is no
/// base64url.
pub fn from_text(text: &str) -> Result<Vec<u8>, EnvelopeError> {
    let text = text.strip_prefix(PREFIX).ok_or(EnvelopeError::UnknownFormat(0))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| EnvelopeError::Tampered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_form_is_refused() {
        assert_eq!(to_text(&[251, 255, 1]), "nest-vault-1.-_8B");
        assert_eq!(from_text("nest-vault-1.-_8B"), Ok(vec![251, 255, 1]));
        assert_eq!(from_text("nest-vault-2.-_8B"), Err(EnvelopeError::UnknownFormat(0)));
        for text in ["nest-vault-1.-_8B=", "nest-vault-1.+/8B", "nest-vault-1.A"] {
            assert_eq!(from_text(text), Err(EnvelopeError::Tampered), "{text}");
        }
    }
}

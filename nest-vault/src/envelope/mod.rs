//! The envelope: one sealed text with the number of its key and the name of its cipher, as it stands in a column.

pub(crate) mod place;
pub(crate) mod suite;
mod text;

use zeroize::Zeroizing;

use crate::id::KeyId;
pub(crate) use place::Place;
use suite::{LONGEST_NONCE, MOST_PLAINTEXT, TAG};
pub use suite::{PersonKey, Suite};
pub use text::{from_text, to_text};

/// The first byte of every envelope: how it is written.
pub(crate) const FORMAT: u8 = 1;

/// Format, suite and key.
const HEAD: usize = 2 + 16;

/// Why an envelope does not open. None of them says anything of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The first byte is a format that this version does not know.
    UnknownFormat(u8),
    /// The second byte is a suite that this version does not know.
    UnknownSuite(u8),
    /// It is shorter than any envelope, or the text is longer than the suite can seal.
    Length,
    /// It was sealed with another key than the one given.
    OtherKey,
    /// It was changed, or stands in another place than it was sealed for.
    Tampered,
}

/// An envelope that was read, not opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envelope<'a> {
    pub(crate) suite: Suite,
    pub(crate) key: KeyId,
    nonce: &'a [u8],
    text: &'a [u8],
    tag: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Reads the parts of an envelope.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        let (&format, rest) = bytes.split_first().ok_or(EnvelopeError::Length)?;
        if format != FORMAT {
            return Err(EnvelopeError::UnknownFormat(format));
        }
        let (&suite, rest) = rest.split_first().ok_or(EnvelopeError::Length)?;
        let suite = Suite::from_code(suite).ok_or(EnvelopeError::UnknownSuite(suite))?;
        let (key, rest) = rest.split_at_checked(16).ok_or(EnvelopeError::Length)?;
        let key = KeyId::from_slice(key).ok_or(EnvelopeError::Length)?;
        let (nonce, rest) = rest.split_at_checked(suite.nonce_len()).ok_or(EnvelopeError::Length)?;
        let text = rest.len().checked_sub(TAG).ok_or(EnvelopeError::Length)?;
        let (text, tag) = rest.split_at_checked(text).ok_or(EnvelopeError::Length)?;
        Ok(Self { suite, key, nonce, text, tag })
    }

    /// The plaintext, in memory that is wiped.
    pub(crate) fn open(&self, key: &PersonKey, place: &Place) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        if key.id() != self.key || key.suite() != self.suite {
            return Err(EnvelopeError::OtherKey);
        }
        let mut text = Zeroizing::new(self.text.to_vec());
        let data = place.associated_data();
        key.decrypt(self.nonce, &data, &mut text, self.tag).map_err(|_| EnvelopeError::Tampered)?;
        Ok(text)
    }
}

/// Seals a text for one place. The length of the envelope depends on that of the text alone.
///
/// The nonce is random for each call: at most 2³⁶ texts under one key, after which a chance of 2⁻³² is reached that
/// one was drawn twice.
pub(crate) fn seal(key: &PersonKey, place: &Place, plaintext: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    if key.suite() == Suite::Aes128Ccm && plaintext.len() > MOST_PLAINTEXT {
        return Err(EnvelopeError::Length);
    }
    let mut nonce: [u8; LONGEST_NONCE] = rand::random();
    let nonce = nonce.split_at_mut(key.suite().nonce_len()).0;
    let mut bytes = Vec::with_capacity(HEAD + nonce.len() + plaintext.len() + TAG);
    bytes.extend_from_slice(&[FORMAT, key.suite().code()]);
    bytes.extend_from_slice(&key.id().0);
    bytes.extend_from_slice(nonce);
    let text = bytes.len();
    bytes.extend_from_slice(plaintext);
    let (_, text) = bytes.split_at_mut(text);
    let tag = key.encrypt(nonce, &place.associated_data(), text).map_err(|_| EnvelopeError::Length)?;
    bytes.extend_from_slice(&tag);
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::{Deployment, RowId};

    fn place<'a>() -> Place<'a> {
        Place {
            deployment: Deployment([1; 16]),
            table: "activity_walk",
            row: RowId([2; 16]),
            slot: "",
            version: 3,
            declared: [4; 16],
        }
    }

    #[test]
    fn it_opens_in_its_place_and_with_its_key_only() {
        for suite in [Suite::Aes128Ccm, Suite::Aes256GcmSiv] {
            let key = PersonKey::random(suite);
            let sealed = seal(&key, &place(), b"plain").unwrap();
            let open = |place: Place, key: &PersonKey| Envelope::read(&sealed).unwrap().open(key, &place);
            assert_eq!(*open(place(), &key).unwrap(), b"plain");
            for other in [
                Place { deployment: Deployment([9; 16]), ..place() },
                Place { table: "activity_run", ..place() },
                Place { row: RowId([9; 16]), ..place() },
                Place { slot: "teacher", ..place() },
                Place { version: 4, ..place() },
                Place { declared: [9; 16], ..place() },
            ] {
                assert_eq!(open(other, &key), Err(EnvelopeError::Tampered));
            }
            assert_eq!(open(place(), &PersonKey::random(suite)), Err(EnvelopeError::OtherKey));
            let impostor = PersonKey::from_parts(key.id(), suite, PersonKey::random(suite).bytes()).unwrap();
            assert_eq!(open(place(), &impostor), Err(EnvelopeError::Tampered));
        }
    }

    #[test]
    fn an_unknown_format_is_not_called_damage() {
        let key = PersonKey::random(Suite::Aes128Ccm);
        let mut sealed = seal(&key, &place(), b"plain").unwrap();
        sealed[1] = 9;
        assert_eq!(Envelope::read(&sealed).unwrap_err(), EnvelopeError::UnknownSuite(9));
        sealed[0] = 2;
        assert_eq!(Envelope::read(&sealed).unwrap_err(), EnvelopeError::UnknownFormat(2));
    }

    #[test]
    fn a_text_that_ccm_cannot_count_is_refused() {
        let key = PersonKey::random(Suite::Aes128Ccm);
        assert!(seal(&key, &place(), &vec![0; MOST_PLAINTEXT]).is_ok());
        assert_eq!(seal(&key, &place(), &vec![0; MOST_PLAINTEXT + 1]), Err(EnvelopeError::Length));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_and_its_length_is_that_of_the_text(
            plain in prop::collection::vec(any::<u8>(), 0..300),
            siv in any::<bool>(),
        ) {
            let suite = if siv { Suite::Aes256GcmSiv } else { Suite::Aes128Ccm };
            let key = PersonKey::random(suite);
            let sealed = seal(&key, &place(), &plain).unwrap();
            prop_assert_eq!(sealed.len(), 2 + 16 + suite.nonce_len() + plain.len() + 16);
            let text = to_text(&sealed);
            let sealed = from_text(&text).unwrap();
            prop_assert_eq!(&*Envelope::read(&sealed).unwrap().open(&key, &place()).unwrap(), &plain);
        }

        #[test]
        fn nothing_that_is_read_panics(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(envelope) = Envelope::read(&bytes) {
                let key = PersonKey::from_parts(envelope.key, envelope.suite, &[0; 32][..envelope.suite.key_len()]);
                prop_assert!(envelope.open(&key.unwrap(), &place()).is_err());
            }
        }
    }
}

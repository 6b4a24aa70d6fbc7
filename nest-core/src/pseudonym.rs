//! The pseudonym: how one party knows a person.

use std::fmt;
use std::hash::{Hash, Hasher};

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::traits::Identity;
use sha2::{Digest, Sha512};

use crate::encode::block;

/// How one party, in its own domain, knows a person: an element of the ristretto255 group, always one block.
///
/// Transcryption to another domain turns it into another pseudonym of the same person, and back into the
/// same one on the way back. Two pseudonyms of one person in two domains cannot be matched without the
/// transcryptors.
///
/// # Making one
///
/// | from | with | reversible in its own domain |
/// | --- | --- | --- |
/// | nothing: a new person | [`random`](Self::random) | – |
/// | 32 bytes or hex, as stored before | [`from_bytes`](Self::from_bytes), [`from_hex`](Self::from_hex) | yes |
/// | an identifier of at most 15 bytes | [`from_short_id`](Self::from_short_id) | yes, [`to_short_id`](Self::to_short_id) |
/// | an identifier of any length | [`from_long_id`](Self::from_long_id), [`try_from_long_id`](Self::try_from_long_id) | no |
///
/// # Identifiers from files
///
/// An identifier is hashed or held byte by byte. Two spellings of one identifier are two people, and nothing says so
/// later. Settle these before, in the same way wherever people are registered:
///
/// - **Letters.** `Zoë` can be written in two ways, with one letter or with an `e` and a diaeresis. Normalise to NFC
///   ([UAX #15](https://unicode.org/reports/tr15/)), with the crate `unicode-normalization` for example.
/// - **Spaces and case.** `" 144"` is not `"144"`, and `Anna@school.example` is not `anna@school.example`.
/// - **Numbers.** A spreadsheet turns `0144` into `144`, and a data frame with a gap turns it into `144.0`. Read the
///   column as text, and give it back the length that its register has.
/// - **Gaps.** `""`, `NA` and `-` are no identifiers. [`from_short_id`](Self::from_short_id) and
///   [`try_from_long_id`](Self::try_from_long_id) refuse what is empty or blank; other words for a gap are yours to
///   know.
///
/// Nothing of this is done here: neither [`from_long_id`](Self::from_long_id) nor
/// [`try_from_long_id`](Self::try_from_long_id) changes a letter. The canonical form of a field, `canon = "nfc,trim,upper"`,
/// is for texts that are compared when people are linked, and not for identifiers.
///
/// ```
/// use nest_core::Pseudonym;
///
/// let pupil = |id: &str| Pseudonym::from_long_id("school-7/pupils", id);
/// assert_ne!(pupil("Zo\u{eb}"), pupil("Zoe\u{308}"));
/// assert_ne!(pupil("144"), pupil("144.0"));
///
/// // A number of six digits, whatever became of its zeros.
/// let canonical = |id: &str| format!("{:0>6}", id.trim().trim_end_matches(".0"));
/// assert_eq!(canonical("144.0"), canonical("000144"));
/// ```
///
/// # Privacy
///
/// A pseudonym is personal data for the party whose domain it belongs to. One made from an identifier is no
/// secret from anybody who can guess the identifier *and* sees the pseudonym in that same domain: only
/// transcryption separates domains, so register people in one domain and let the others receive theirs.
/// `Debug` shows four hexadecimal digits, enough to tell two pseudonyms apart in a test and too few to find
/// a person by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pseudonym(RistrettoPoint);

/// Why something is no pseudonym.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PseudonymError {
    /// Not 64 hexadecimal digits.
    NotHex,
    /// The 32 bytes encode no element of the group: about fifteen in sixteen strings do not.
    NotAPoint,
    /// The neutral element, which stays the same in every domain and so would be a global identifier.
    Neutral,
    /// The short identifier has more than 15 bytes.
    TooLong,
    /// The identifier is empty or blank: all rows without one would be one person.
    Blank,
}

impl fmt::Display for PseudonymError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PseudonymError::NotHex => "a pseudonym in hex has 64 hexadecimal digits",
            PseudonymError::NotAPoint => "these bytes are no pseudonym",
            PseudonymError::Neutral => "the neutral element is no pseudonym",
            PseudonymError::TooLong => {
                "a short identifier has at most 15 bytes: use `Pseudonym::from_long_id`"
            }
            PseudonymError::Blank => {
                "an identifier that is empty or blank belongs to no person: leave the row out, or use `Pseudonym::random`"
            }
        })
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for PseudonymError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for PseudonymError {}

impl Pseudonym {
    /// A new pseudonym, of no person yet, from the operating system's random numbers.
    pub fn random() -> Self {
        Pseudonym(RistrettoPoint::random(&mut rand::rng()))
    }

    /// The pseudonym with this encoding.
    ///
    /// # Errors
    ///
    /// [`PseudonymError::NotAPoint`] for bytes that encode no group element, [`PseudonymError::Neutral`] for
    /// the neutral element.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, PseudonymError> {
        let point = CompressedRistretto(*bytes).decompress().ok_or(PseudonymError::NotAPoint)?;
        Self::from_point(point).ok_or(PseudonymError::Neutral)
    }

    /// The pseudonym with this encoding in 64 hexadecimal digits, in either case.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](Self::from_bytes), and [`PseudonymError::NotHex`].
    pub fn from_hex(hex: &str) -> Result<Self, PseudonymError> {
        let digits = hex.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return Err(PseudonymError::NotHex);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair
                .iter()
                .try_fold(0, |sum, digit| {
                    let digit = char::from(*digit).to_digit(16)?;
                    Some(sum * 16 + u8::try_from(digit).ok()?)
                })
                .ok_or(PseudonymError::NotHex)?;
        }
        Self::from_bytes(&bytes)
    }

    /// The pseudonym that holds an identifier of at most 15 bytes of UTF-8.
    ///
    /// A party of this same domain can read the identifier back; in every other domain no party can.
    ///
    /// The identifier is taken as it is: see [Identifiers from files](Self#identifiers-from-files).
    ///
    /// # Errors
    ///
    /// [`PseudonymError::TooLong`]; [`PseudonymError::Blank`] for one that is empty or white space only.
    pub fn from_short_id(id: &str) -> Result<Self, PseudonymError> {
        if id.trim().is_empty() {
            return Err(PseudonymError::Blank);
        }
        let block = block::pad(id.as_bytes()).ok_or(PseudonymError::TooLong)?;
        Self::from_point(block::to_point(&block)).ok_or(PseudonymError::Neutral)
    }

    /// The pseudonym of an identifier of any length, such as an e-mail address, by hashing to the group.
    ///
    /// One block whatever the length; the identifier cannot be read back, though it can be guessed and tried
    /// in the same domain. `context` separates uses: the same identifier in two contexts gives two unrelated
    /// pseudonyms. Name the party and the purpose, `"hospital-a/patients"`.
    ///
    /// The hash is `hash_to_ristretto255` of [RFC 9380], appendix B, with `expand_message_xmd` over SHA-512
    /// and the tag `nest-v1-pseudonym:` followed by the context.
    ///
    /// [RFC 9380]: https://www.rfc-editor.org/rfc/rfc9380
    ///
    /// ```
    /// use nest_core::Pseudonym;
    ///
    /// let anna = Pseudonym::from_long_id("school-7/pupils", "anna.de.vries@school-7.example");
    /// assert_eq!(anna, Pseudonym::from_long_id("school-7/pupils", "anna.de.vries@school-7.example"));
    /// assert_ne!(anna, Pseudonym::from_long_id("school-8/pupils", "anna.de.vries@school-7.example"));
    /// assert_eq!(anna.to_short_id(), None);
    /// ```
    ///
    /// It checks nothing: an empty identifier is an identifier, and makes all rows that have none one person.
    /// [`try_from_long_id`](Self::try_from_long_id) refuses it. Nor does it normalise: see [Identifiers from
    /// files](Self#identifiers-from-files).
    pub fn from_long_id(context: &str, id: &str) -> Self {
        let tag = [b"nest-v1-pseudonym:", context.as_bytes()].concat();
        Pseudonym(RistrettoPoint::from_uniform_bytes(&expand_message(id.as_bytes(), &tag)))
    }

    /// As [`from_long_id`](Self::from_long_id), for identifiers that come from a file or a form.
    ///
    /// # Errors
    ///
    /// [`PseudonymError::Blank`] for one that is empty or white space only.
    ///
    /// ```
    /// use nest_core::{Pseudonym, PseudonymError};
    ///
    /// assert_eq!(Pseudonym::try_from_long_id("school-7/pupils", " "), Err(PseudonymError::Blank));
    /// assert!(Pseudonym::try_from_long_id("school-7/pupils", "144").is_ok());
    /// ```
    pub fn try_from_long_id(context: &str, id: &str) -> Result<Self, PseudonymError> {
        if id.trim().is_empty() {
            return Err(PseudonymError::Blank);
        }
        Ok(Self::from_long_id(context, id))
    }

    /// The 32 bytes of the pseudonym, for storage in its own domain.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.compress().to_bytes()
    }

    /// The pseudonym in 64 hexadecimal digits, for storage in its own domain.
    pub fn to_hex(&self) -> String {
        self.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The pseudonym that is the opposite of this one in the group. No person has it: it marks a place, and is the opposite
    /// of the same person's pseudonym in every other domain too.
    #[must_use]
    pub fn opposite(&self) -> Self {
        Pseudonym(-self.0)
    }

    /// The identifier in a pseudonym that was made with [`from_short_id`](Self::from_short_id), in that same
    /// domain; `None` for every other pseudonym.
    pub fn to_short_id(&self) -> Option<String> {
        let block = block::from_point(&self.0)?;
        let id = block::unpad(&block)?;
        String::from_utf8(id.to_vec()).ok()
    }

    /// `None` for the neutral element.
    pub(crate) fn from_point(point: RistrettoPoint) -> Option<Self> {
        (point != RistrettoPoint::identity()).then_some(Pseudonym(point))
    }

    pub(crate) fn to_point(self) -> RistrettoPoint {
        self.0
    }
}

/// By its encoding: one element has several coordinates.
impl Hash for Pseudonym {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_bytes().hash(state);
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, ..] = self.to_bytes();
        write!(f, "Pseudonym({first:02x}{second:02x}…)")
    }
}

/// `expand_message_xmd` of RFC 9380, section 5.3.1, with SHA-512 and one block of output.
///
/// A tag of more than 255 bytes is hashed first, as section 5.3.3 says.
fn expand_message(message: &[u8], tag: &[u8]) -> [u8; 64] {
    expand_message_len(message, tag, 64)
}

fn expand_message_len(message: &[u8], tag: &[u8], len: u16) -> [u8; 64] {
    let hashed;
    let (tag, tag_len) = match u8::try_from(tag.len()) {
        Ok(len) => (tag, len),
        Err(_) => {
            hashed = Sha512::new().chain_update(b"H2C-OVERSIZE-DST-").chain_update(tag).finalize();
            (hashed.as_slice(), 64)
        }
    };
    let first = Sha512::new()
        .chain_update([0; 128])
        .chain_update(message)
        .chain_update(len.to_be_bytes())
        .chain_update([0])
        .chain_update(tag)
        .chain_update([tag_len])
        .finalize();
    Sha512::new()
        .chain_update(first)
        .chain_update([1])
        .chain_update(tag)
        .chain_update([tag_len])
        .finalize()
        .into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// RFC 9380, appendix K.3: SHA-512, 32 bytes of output.
    #[test]
    fn expand_message_gives_the_vectors_of_the_rfc() {
        let tag = b"QUUX-V01-CS02-with-expander-SHA512-256";
        let hex = |message: &[u8]| {
            expand_message_len(message, tag, 32)[..32]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        assert_eq!(hex(b""), "6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964c394179ba");
        assert_eq!(hex(b"abc"), "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc");
    }

    #[test]
    fn an_identifier_of_15_bytes_comes_back_and_one_of_16_is_refused() {
        let pseudonym = Pseudonym::from_short_id("123456789012345").unwrap();
        assert_eq!(pseudonym.to_short_id().as_deref(), Some("123456789012345"));
        assert_eq!(Pseudonym::from_short_id("1234567890123456"), Err(PseudonymError::TooLong));
        assert_eq!(Pseudonym::random().to_short_id(), None);
    }

    #[test]
    fn bytes_and_hex_come_back() {
        let pseudonym = Pseudonym::random();
        assert_eq!(Pseudonym::from_bytes(&pseudonym.to_bytes()), Ok(pseudonym));
        assert_eq!(Pseudonym::from_hex(&pseudonym.to_hex()), Ok(pseudonym));
        assert_eq!(Pseudonym::from_hex(&pseudonym.to_hex().to_uppercase()), Ok(pseudonym));
    }

    #[test]
    fn what_is_no_pseudonym_is_refused() {
        assert_eq!(Pseudonym::from_bytes(&[0; 32]), Err(PseudonymError::Neutral));
        assert_eq!(Pseudonym::from_bytes(&[0xff; 32]), Err(PseudonymError::NotAPoint));
        assert_eq!(Pseudonym::from_hex("00"), Err(PseudonymError::NotHex));
        assert_eq!(Pseudonym::from_hex(&"+1".repeat(32)), Err(PseudonymError::NotHex));
    }

    #[test]
    fn debug_shows_four_digits() {
        let pseudonym = Pseudonym::from_short_id("marked-person").unwrap();
        let debug = format!("{pseudonym:?}");
        assert_eq!(debug, format!("Pseudonym({}…)", &pseudonym.to_hex()[..4]));
    }
}

//! The ciphers that an envelope may be sealed with, and the key of one person.

use std::fmt;

use aes::Aes128;
use aes_gcm_siv::Aes256GcmSiv;
use ccm::aead::inout::InOutBuf;
use ccm::aead::{AeadInOut, KeyInit};
use ccm::consts::{U13, U16};
use ccm::{Ccm, Nonce, Tag};
use zeroize::Zeroizing;

use crate::id::KeyId;

/// Which cipher seals new envelopes. Both are read, whichever is chosen.
///
/// - [`Aes128Ccm`](Suite::Aes128Ccm): [RFC 3610](https://www.rfc-editor.org/rfc/rfc3610) with a random nonce of 13 bytes
///   and a tag of 16, crates `aes` and `ccm`.
/// - [`Aes256GcmSiv`](Suite::Aes256GcmSiv): [RFC 8452](https://www.rfc-editor.org/rfc/rfc8452), crate `aes-gcm-siv`.
///   A nonce that is drawn twice tells only whether two plaintexts are equal. Larger by no byte of text; half as fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Suite {
    /// AES-128 in CCM.
    #[default]
    Aes128Ccm,
    /// AES-256 in GCM-SIV.
    Aes256GcmSiv,
}

pub(crate) const TAG: usize = 16;
pub(crate) const LONGEST_NONCE: usize = 13;

/// What CCM can seal with a nonce of 13 bytes: its length field has two.
pub(crate) const MOST_PLAINTEXT: usize = 65_535;

type Aes128Ccm = Ccm<Aes128, U16, U13>;

impl Suite {
    /// The byte that names it in an envelope.
    pub fn code(self) -> u8 {
        match self {
            Suite::Aes128Ccm => 1,
            Suite::Aes256GcmSiv => 2,
        }
    }

    /// The suite that this byte names.
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Suite::Aes128Ccm),
            2 => Some(Suite::Aes256GcmSiv),
            _ => None,
        }
    }

    /// Its name in settings and commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Suite::Aes128Ccm => "aes-128-ccm",
            Suite::Aes256GcmSiv => "aes-256-gcm-siv",
        }
    }

    /// The suite of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Suite::Aes128Ccm, Suite::Aes256GcmSiv].into_iter().find(|suite| suite.as_str() == name)
    }

    pub(crate) fn key_len(self) -> usize {
        match self {
            Suite::Aes128Ccm => 16,
            Suite::Aes256GcmSiv => 32,
        }
    }

    pub(crate) fn nonce_len(self) -> usize {
        match self {
            Suite::Aes128Ccm => 13,
            Suite::Aes256GcmSiv => 12,
        }
    }
}

/// The key of one person, unwrapped. It is wiped when it is dropped, and `Debug` shows its number only.
#[derive(Clone)]
pub struct PersonKey {
    id: KeyId,
    suite: Suite,
    bytes: Zeroizing<[u8; 32]>,
}

/// That a cipher refused: the tag does not fit, or the text is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

impl PersonKey {
    pub(crate) fn random(suite: Suite) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        let drawn = Zeroizing::new(rand::random::<[u8; 32]>());
        bytes.iter_mut().zip(drawn.iter()).take(suite.key_len()).for_each(|(byte, drawn)| *byte = *drawn);
        Self { id: KeyId::random(), suite, bytes }
    }

    /// A key of the suite's length.
    pub(crate) fn from_parts(id: KeyId, suite: Suite, key: &[u8]) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        if key.len() != suite.key_len() {
            return None;
        }
        bytes.iter_mut().zip(key).for_each(|(byte, key)| *byte = *key);
        Some(Self { id, suite, bytes })
    }

    /// Its number, which the envelopes name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What it is a key for.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.split_at(self.suite.key_len()).0
    }

    /// Encrypts in place and returns the tag.
    pub(crate) fn encrypt(&self, nonce: &[u8], data: &[u8], text: &mut [u8]) -> Result<[u8; TAG], Refused> {
        let text = InOutBuf::from(text);
        let tag = match self.suite {
            Suite::Aes128Ccm => {
                let cipher = Aes128Ccm::new_from_slice(self.bytes()).map_err(|_| Refused)?;
                cipher.encrypt_inout_detached(&nonce_of(nonce)?, data, text)
            }
            Suite::Aes256GcmSiv => {
                let cipher = Aes256GcmSiv::new_from_slice(self.bytes()).map_err(|_| Refused)?;
                let nonce = aes_gcm_siv::Nonce::try_from(nonce).map_err(|_| Refused)?;
                cipher.encrypt_inout_detached(&nonce, data, text)
            }
        };
        Ok(tag.map_err(|_| Refused)?.into())
    }

    /// Decrypts in place. Where it refuses, what stands in `text` means nothing.
    pub(crate) fn decrypt(
        &self,
        nonce: &[u8],
        data: &[u8],
        text: &mut [u8],
        tag: &[u8],
    ) -> Result<(), Refused> {
        let tag = Tag::<U16>::try_from(tag).map_err(|_| Refused)?;
        let text = InOutBuf::from(text);
        let opened = match self.suite {
            Suite::Aes128Ccm => {
                let cipher = Aes128Ccm::new_from_slice(self.bytes()).map_err(|_| Refused)?;
                cipher.decrypt_inout_detached(&nonce_of(nonce)?, data, text, &tag)
            }
            Suite::Aes256GcmSiv => {
                let cipher = Aes256GcmSiv::new_from_slice(self.bytes()).map_err(|_| Refused)?;
                let nonce = aes_gcm_siv::Nonce::try_from(nonce).map_err(|_| Refused)?;
                cipher.decrypt_inout_detached(&nonce, data, text, &tag)
            }
        };
        opened.map_err(|_| Refused)
    }
}

fn nonce_of(nonce: &[u8]) -> Result<Nonce<U13>, Refused> {
    Nonce::try_from(nonce).map_err(|_| Refused)
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonKey({}, {})", self.id, self.suite.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use ccm::consts::{U8, U10};

    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex::decode(hex.replace(' ', "")).unwrap()
    }

    fn seal<M: ccm::TagSize + ccm::aead::array::ArraySize>(
        key: &str,
        nonce: &str,
        packet: &str,
        clear: usize,
    ) -> String {
        let packet = bytes(packet);
        let (data, text) = packet.split_at(clear);
        let mut text = text.to_vec();
        let cipher = Ccm::<Aes128, M, U13>::new_from_slice(&bytes(key)).unwrap();
        let nonce = nonce_of(&bytes(nonce)).unwrap();
        let tag = cipher.encrypt_inout_detached(&nonce, data, InOutBuf::from(text.as_mut_slice())).unwrap();
        hex::encode([data, &text, &tag].concat())
    }

    const KEY: &str = "c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 ca cb cc cd ce cf";

    /// RFC 3610, section 8: packet vectors 1, 2, 3 and 7, with the tags of 8 and 10 bytes that they have.
    #[test]
    fn ccm_gives_the_packet_vectors_of_the_rfc() {
        let nonce = |number: &str| format!("00 00 00 {number} a0 a1 a2 a3 a4 a5");
        let packet = |len: u8| (0..len).map(|byte| format!("{byte:02x}")).collect::<String>();
        for (number, len, clear, sealed) in [
            (
                "03 02 01 00",
                31,
                8,
                "0001020304050607588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0",
            ),
            (
                "04 03 02 01",
                32,
                8,
                "000102030405060772c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916",
            ),
            (
                "05 04 03 02",
                33,
                8,
                "000102030405060751b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5",
            ),
        ] {
            assert_eq!(seal::<U8>(KEY, &nonce(number), &packet(len), clear), sealed);
        }
        let sealed = "0001020304050607 0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c048c56602c97acbb7490";
        assert_eq!(seal::<U10>(KEY, &nonce("09 08 07 06"), &packet(31), 8), sealed.replace(' ', ""));
    }

    #[test]
    fn a_wrong_bit_anywhere_is_refused() {
        for suite in [Suite::Aes128Ccm, Suite::Aes256GcmSiv] {
            let key = PersonKey::random(suite);
            let (nonce, data) = (vec![7; suite.nonce_len()], b"associated".to_vec());
            let mut text = *b"what is sealed";
            let tag = key.encrypt(&nonce, &data, &mut text).unwrap();
            let sealed = [text.as_slice(), &tag].concat();
            for bit in 0..8 * sealed.len() {
                let mut changed = sealed.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                let (text, tag) = changed.split_at_mut(14);
                assert_eq!(key.decrypt(&nonce, &data, text, tag), Err(Refused));
            }
            assert_eq!(key.decrypt(&nonce, b"another", &mut text.clone(), &tag), Err(Refused));
            assert_eq!(
                PersonKey::random(suite).decrypt(&nonce, &data, &mut text.clone(), &tag),
                Err(Refused)
            );
            key.decrypt(&nonce, &data, &mut text, &tag).unwrap();
            assert_eq!(&text, b"what is sealed");
        }
    }

    #[test]
    fn names_and_codes_read_back() {
        for suite in [Suite::Aes128Ccm, Suite::Aes256GcmSiv] {
            assert_eq!(Suite::from_code(suite.code()), Some(suite));
            assert_eq!(Suite::parse(suite.as_str()), Some(suite));
        }
        assert_eq!((Suite::from_code(0), Suite::parse("aes")), (None, None));
    }
}

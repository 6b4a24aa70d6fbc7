//! HPKE in base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
//!
//! The `hpke` crate asks for a generator of an older `rand_core`, which is named in this file only.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{
    Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _, single_shot_open, single_shot_seal,
};
use rand_core_09::{OsRng, TryRngCore as _};
use zeroize::Zeroizing;

type Private = <X25519HkdfSha256 as Kem>::PrivateKey;
type Public = <X25519HkdfSha256 as Kem>::PublicKey;
type Encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey;

/// The public half of an X25519 key.
pub(crate) fn public(secret: &[u8; 32]) -> [u8; 32] {
    // Any 32 bytes are a private key.
    let Ok(secret) = Private::from_bytes(secret) else { return [0; 32] };
    X25519HkdfSha256::sk_to_pk(&secret).to_bytes().into()
}

/// Seals to a public key: the encapsulated key, and the sealed text with its tag. `None` where the key is none.
pub(crate) fn seal(to: &[u8; 32], info: &[u8], text: &[u8]) -> Option<([u8; 32], Vec<u8>)> {
    let to = Public::from_bytes(to).ok()?;
    let mut random = OsRng.unwrap_err();
    let (enc, sealed) = single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256, _>(
        &OpModeS::Base,
        &to,
        info,
        text,
        &[],
        &mut random,
    )
    .ok()?;
    Some((enc.to_bytes().into(), sealed))
}

/// Opens what [`seal`] sealed; `None` where it was changed or is for another key.
pub(crate) fn open(secret: &[u8; 32], enc: &[u8], info: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let secret = Private::from_bytes(secret).ok()?;
    let enc = Encapsulated::from_bytes(enc).ok()?;
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &enc,
        info,
        sealed,
        &[],
    )
    .ok()
    .map(Zeroizing::new)
}

//! An envelope is opened with what `docs/collab-format.md` says, and without any code of the crate.

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use hpke::{Deserializable, OpModeR, single_shot_open};
use nest_collab::envelope::{Sealing, SizeClass, seal};
use nest_collab::identity::{DeviceKey, Identity};
use sha2::{Digest, Sha256};

use super::envelopes::header;

type Kem = hpke::kem::X25519HkdfSha256;

#[test]
fn the_page_is_enough_to_open_an_envelope() {
    let identity = Identity::generate().unwrap();
    let secret = [0x42; 32];
    let public = *DeviceKey::from_secret(1, secret.into()).public();
    let sealing =
        Sealing { header: header(SizeClass::SMALLEST), identity: &identity, keys: &[[9; 32], public] };
    let bytes = seal(&sealing, b"12 patients").unwrap().remove(0);

    // From here on, the page.
    let (signed, signature) = bytes.split_at(bytes.len() - 64);
    let message = [b"nest-collab/env/1".as_slice(), signed].concat();
    UnparsedPublicKey::new(&ED25519, identity.key().0).verify(&message, signature).unwrap();
    let (head, rest) = signed.split_at(143);
    assert_eq!(&head[..3], b"nc1");
    assert_eq!(&head[3..19], [1; 16]);
    assert_eq!(&head[19..35], [2; 16]);
    assert_eq!(&head[35..67], [3; 32]);
    assert_eq!(&head[67..69], [0, 4]);
    assert_eq!(&head[69..101], [5; 32]);
    assert_eq!(&head[101..133], [6; 32]);
    assert_eq!(&head[133..141], [0, 0, 0, 0, 0, 0, 0, 7]);
    assert_eq!(&head[141..], [0, 2]);
    let (keys, content) = rest.split_at(2 * 88);
    assert_eq!(content.len(), 256 + 16);
    let id = &Sha256::new().chain_update("nest-collab/key/1").chain_update(public).finalize()[..8];
    let wrap = keys.chunks(88).find(|wrap| &wrap[..8] == id).unwrap();
    let private = <Kem as hpke::Kem>::PrivateKey::from_bytes(&secret).unwrap();
    let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(&wrap[8..40]).unwrap();
    let content_key = single_shot_open::<hpke::aead::ChaCha20Poly1305, hpke::kdf::HkdfSha256, Kem>(
        &OpModeR::Base,
        &private,
        &enc,
        head,
        &wrap[40..],
        b"",
    )
    .unwrap();
    let cipher = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &content_key).unwrap());
    let mut text = content.to_vec();
    let data = Aad::from(&signed[..143 + 2 * 88]);
    let part = cipher.open_in_place(Nonce::assume_unique_for_key([0; 12]), data, &mut text).unwrap();
    assert_eq!(part[..12], [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 11]);
    assert_eq!(&part[12..23], b"12 patients");
    assert!(part[23..].iter().all(|byte| *byte == 0));
}

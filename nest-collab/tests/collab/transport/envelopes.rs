//! Every byte of an envelope is authenticated, and it opens for its receiver only.

use nest_collab::envelope::{
    CollabId, Envelope, EnvelopeError, Header, MAX_KEYS, RunId, Sealing, SizeClass, TermsHash, seal,
};
use nest_collab::identity::{DeviceKey, DeviceKeys, Identity, OrgId};

pub(crate) fn header(class: SizeClass) -> Header {
    Header {
        collab: CollabId([1; 16]),
        run: RunId([2; 16]),
        terms: TermsHash([3; 32]),
        step: 4,
        sender: OrgId([5; 32]),
        receiver: OrgId([6; 32]),
        seq: 7,
        class,
        keys: 1,
    }
}

#[test]
fn no_byte_can_be_changed() {
    let identity = Identity::generate().unwrap();
    let keys = DeviceKeys::generate();
    let public = [*keys.newest().unwrap().public()];
    let sealing = Sealing { header: header(SizeClass::SMALLEST), identity: &identity, keys: &public };
    let envelope = seal(&sealing, b"12 patients").unwrap().remove(0);
    let (read, whole) = Envelope::read(&envelope).unwrap();
    assert_eq!(read, header(SizeClass::SMALLEST));
    let opened = whole.open(&identity.key(), &keys).unwrap();
    assert!(opened.part[12..].starts_with(b"12 patients"));
    assert!(!envelope.windows(11).any(|bytes| bytes == b"12 patients"));
    for place in 0..envelope.len() {
        for bit in [0x01, 0x80] {
            let mut changed = envelope.clone();
            changed[place] ^= bit;
            let refused = match Envelope::read(&changed) {
                Ok((_, envelope)) => envelope.open(&identity.key(), &keys).err(),
                Err(error) => Some(error),
            };
            assert!(refused.is_some(), "byte {place} can be changed");
        }
    }
    for length in 0..envelope.len() {
        assert!(Envelope::read(&envelope[..length]).is_err());
    }
    let longer = [envelope.as_slice(), &[0]].concat();
    assert_eq!(Envelope::read(&longer).err(), Some(EnvelopeError::NoEnvelope));
}

#[test]
fn an_envelope_is_signed_by_its_sender_alone() {
    let (identity, other) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let keys = DeviceKeys::generate();
    let public = [*keys.newest().unwrap().public()];
    let sealing = Sealing { header: header(SizeClass::SMALLEST), identity: &other, keys: &public };
    let envelope = seal(&sealing, b"").unwrap().remove(0);
    let (_, envelope) = Envelope::read(&envelope).unwrap();
    assert_eq!(envelope.open(&identity.key(), &keys).err(), Some(EnvelopeError::Signature));
    assert_eq!(envelope.open(&other.key(), &DeviceKeys::generate()).err(), Some(EnvelopeError::OtherKey));
}

#[test]
fn sixteen_nodes_and_users_open_it_and_a_seventeenth_is_refused() {
    let identity = Identity::generate().unwrap();
    let devices: Vec<DeviceKeys> = (0..MAX_KEYS).map(|_| DeviceKeys::generate()).collect();
    let mut public: Vec<[u8; 32]> = devices.iter().map(|keys| *keys.newest().unwrap().public()).collect();
    let sealing = Sealing { header: header(SizeClass::SMALLEST), identity: &identity, keys: &public };
    let envelope = seal(&sealing, b"for all").unwrap().remove(0);
    let (read, envelope) = Envelope::read(&envelope).unwrap();
    assert_eq!(usize::from(read.keys), MAX_KEYS);
    for keys in &devices {
        assert!(envelope.open(&identity.key(), keys).unwrap().part[12..].starts_with(b"for all"));
    }
    public.push([9; 32]);
    for keys in [public.as_slice(), &[]] {
        let sealing = Sealing { header: header(SizeClass::SMALLEST), identity: &identity, keys };
        assert_eq!(seal(&sealing, b"").err(), Some(EnvelopeError::Keys));
    }
}

#[test]
fn an_old_epoch_still_opens_what_was_sealed_before() {
    let identity = Identity::generate().unwrap();
    let mut keys = DeviceKeys::generate();
    let public = [*keys.newest().unwrap().public()];
    keys.advance();
    assert_eq!(keys.newest().map(DeviceKey::epoch), Some(2));
    let sealing = Sealing { header: header(SizeClass::SMALLEST), identity: &identity, keys: &public };
    let envelope = seal(&sealing, b"old").unwrap().remove(0);
    assert!(Envelope::read(&envelope).unwrap().1.open(&identity.key(), &keys).is_ok());
}

#[test]
fn lengths_tell_the_class_and_the_number_of_parts_alone() {
    let identity = Identity::generate().unwrap();
    let keys = [*DeviceKeys::generate().newest().unwrap().public()];
    let class = SizeClass::new(1).unwrap();
    let sealing = Sealing { header: header(class), identity: &identity, keys: &keys };
    let lengths = |bytes: usize| -> Vec<usize> {
        seal(&sealing, &vec![1; bytes]).unwrap().iter().map(Vec::len).collect()
    };
    assert_eq!(lengths(0), lengths(class.room()));
    assert_eq!(lengths(class.room() + 1), lengths(2 * class.room()));
    assert_eq!(lengths(class.room() + 1).len(), 2);
    let envelopes = seal(&sealing, &vec![1; 3000]).unwrap();
    let seqs: Vec<u64> = envelopes.iter().map(|bytes| Envelope::read(bytes).unwrap().0.seq).collect();
    assert_eq!(seqs, [7, 8, 9]);
}

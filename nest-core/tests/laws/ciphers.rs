//! Ciphertexts that nobody honest sends, made from a string of bytes: any at all, and real ones that were changed.
//!
//! They are made by the definition of ElGamal and with fixed keys, so that the same bytes always do the same. Read by
//! the fuzz targets, too.

use arbitrary::{Result, Unstructured};
use libpep::arithmetic::group_elements::{G, GroupElement};
use libpep::arithmetic::scalars::ScalarNonZero;
use libpep::client::decrypt;
use libpep::data::json::PEPJSONValue;
use libpep::data::simple::ElGamalEncryptable;
use libpep::keys::{AttributeSessionKeys, PseudonymSessionKeys, SessionKeys};
use nest_core::schema::{Schema, Type};
use nest_core::{Batch, Domain, Expected, Session, SessionIds};

use crate::hostile::{element, neutral, rarely};
use crate::values::Sample;

/// The ciphertext of one block.
type Block = [u8; 64];

/// A session, and the keys that libpep opens with what it opens.
pub(crate) struct Keys {
    session: Session,
    libpep: SessionKeys,
}

impl Keys {
    pub(crate) fn new() -> Self {
        let secrets = [3, 5].map(|seed| ScalarNonZero::from_hash(&[seed; 64]));
        let [pseudonym, attribute] = secrets;
        let libpep = SessionKeys {
            pseudonym: PseudonymSessionKeys { public: (pseudonym * G).into(), secret: pseudonym.into() },
            attribute: AttributeSessionKeys { public: (attribute * G).into(), secret: attribute.into() },
        };
        Self { session: Session::from_libpep(ids(), libpep), libpep }
    }
}

fn ids() -> SessionIds {
    SessionIds::new([("t0".to_owned(), "a".to_owned())]).unwrap()
}

/// What is asked of blocks that are opened as records: no panic; the same answer alone, in a batch, and whatever
/// numbers are expected in it; libpep's answer, which has no tables of values; and what opens can be sealed and opened
/// again.
///
/// Returns how many were accepted.
pub(crate) fn open_and_seal_again<T: Sample>(keys: &Keys, bytes: &[u8]) -> usize {
    let (session, domain) = (&keys.session, Domain::new("school").unwrap());
    let Some(batch) = Batch::<T>::from_bytes(domain, ids(), bytes) else {
        assert!(!bytes.len().is_multiple_of(Batch::<T>::RECORD_BYTES));
        return 0;
    };
    assert_eq!(batch.to_bytes(), bytes);
    let opened = batch.open(session);
    assert_eq!(opened, batch.open_expecting(session, &Expected::numbers([0, 1, 9, 300, u64::MAX])));
    let neutral = |block: &[u8]| block.starts_with(&neutral().to_bytes());
    let records = bytes.chunks(Batch::<T>::RECORD_BYTES);
    for ((sealed, opened), blocks) in batch.into_sealed().iter().zip(&opened).zip(records) {
        assert_eq!(&session.open(sealed), opened);
        match sealed.to_libpep() {
            Ok(libpep) if !blocks.chunks(64).any(neutral) => {
                assert_eq!(&T::from_pep(&decrypt(&libpep, &keys.libpep)), opened);
            }
            // What is no element of the group, or opens under every key.
            _ => assert!(opened.is_err()),
        }
        if let Ok(record) = opened {
            let again = session.seal(record).expect("what is opened can be sealed");
            assert_eq!(session.open(&again).as_ref(), Ok(record));
        }
    }
    opened.iter().flatten().count()
}

/// Records of the type, sealed, with now and then something else in the place of a block.
pub(crate) fn ciphers<T: Sample>(bytes: &mut Unstructured<'_>, keys: &Keys) -> Result<Vec<u8>> {
    // One in so many blocks: of none, of a few, and of all.
    let one_in = *bytes.choose(&[255, 24, 1])?;
    let mut sealed: Vec<Block> = Vec::new();
    for _ in 0..bytes.int_in_range(1..=3)? {
        let mut plain = Vec::new();
        collect_record(T::SCHEMA, &T::sample(bytes)?.to_pep().expect("every sample encodes"), &mut plain);
        for (public, point) in plain.iter().map(|leaf| (leaf.public(&keys.libpep), leaf.point())) {
            let honest = hide(bytes, public, point)?;
            let other = rarely(bytes, one_in)?;
            sealed.push(if other { changed(bytes, public, honest, &sealed)? } else { honest });
        }
    }
    let mut sealed = sealed.into_flattened();
    if rarely(bytes, 64)? {
        sealed.truncate(bytes.choose_index(sealed.len())?);
    }
    Ok(sealed)
}

/// The element hidden by a random number that the bytes give.
fn hide(bytes: &mut Unstructured<'_>, public: GroupElement, point: GroupElement) -> Result<Block> {
    let mut seed = [1; 64];
    seed[0] = bytes.arbitrary()?;
    let random = ScalarNonZero::from_hash(&seed);
    Ok(joined(random * G, point + random * public))
}

fn joined(share: GroupElement, hidden: GroupElement) -> Block {
    let mut block = [0; 64];
    block[..32].copy_from_slice(&share.to_bytes());
    block[32..].copy_from_slice(&hidden.to_bytes());
    block
}

/// Something else in the place of a block, given those before it.
fn changed(
    bytes: &mut Unstructured<'_>,
    public: GroupElement,
    mut block: Block,
    before: &[Block],
) -> Result<Block> {
    Ok(match bytes.int_in_range(0..=8)? {
        0 => bytes.arbitrary()?,
        1 => {
            block[bytes.choose_index(64)?] ^= 1 << bytes.int_in_range(0..=7)?;
            block
        }
        2 => {
            block.rotate_left(32);
            block
        }
        // The half of another block, or all of it.
        3 if !before.is_empty() => {
            block[32..].copy_from_slice(&bytes.choose(before)?[32..]);
            block
        }
        4 if !before.is_empty() => *bytes.choose(before)?,
        5 => joined(neutral(), element(bytes)?),
        6 => joined(element(bytes)?, element(bytes)?),
        // Hidden as it should be, and nothing that a record of this type holds.
        _ => {
            let point = element(bytes)?;
            hide(bytes, public, point)?
        }
    })
}

/// One block of a record before it is sealed.
enum Leaf {
    Pseudonym(GroupElement),
    Attribute(GroupElement),
}

impl Leaf {
    fn point(&self) -> GroupElement {
        match self {
            Leaf::Pseudonym(point) | Leaf::Attribute(point) => *point,
        }
    }

    fn public(&self, keys: &SessionKeys) -> GroupElement {
        match self {
            Leaf::Pseudonym(_) => *keys.pseudonym.public,
            Leaf::Attribute(_) => *keys.attribute.public,
        }
    }
}

/// The blocks of a record in the order of its declaration.
fn collect_record(schema: &Schema, value: &PEPJSONValue, leaves: &mut Vec<Leaf>) {
    let PEPJSONValue::Object(fields) = value else { unreachable!() };
    for field in schema.fields {
        collect(&field.ty, &fields[field.name], leaves);
    }
}

fn collect(ty: &Type, value: &PEPJSONValue, leaves: &mut Vec<Leaf>) {
    match (*ty, value) {
        (Type::Optional { item, .. }, value) => collect(item, value, leaves),
        (Type::Record(schema), value) => collect_record(schema, value, leaves),
        (Type::List { item, .. }, PEPJSONValue::Object(fields)) => {
            collect(&Type::Integer { min: 0, max: 0 }, &fields["count"], leaves);
            collect(&Type::Array { item, len: 0 }, &fields["items"], leaves);
        }
        (Type::Array { item, .. }, PEPJSONValue::Array(items)) => {
            items.iter().for_each(|value| collect(item, value, leaves));
        }
        (_, PEPJSONValue::Pseudonym(pseudonym)) => leaves.push(Leaf::Pseudonym(*pseudonym.value())),
        (_, PEPJSONValue::Bool(block) | PEPJSONValue::Number(block) | PEPJSONValue::String(block)) => {
            leaves.push(Leaf::Attribute(*block.value()));
        }
        (_, PEPJSONValue::LongString(blocks)) => {
            leaves.extend(blocks.0.iter().map(|block| Leaf::Attribute(*block.value())));
        }
        _ => unreachable!(),
    }
}

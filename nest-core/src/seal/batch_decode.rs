//! Blocks that were decrypted and are not known yet: their values are recognised by how elements are encoded, since many
//! elements are encoded together in the time that it takes to decode one.

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use zeroize::Zeroize;

use crate::encode::block::{self, Block};
use crate::encode::plaintext::{Opened, Plain};
use crate::encode::value_table::Table;

/// Blocks whose values are to be recognised by the encodings of elements, which are cheap for many at once.
#[derive(Default)]
pub(crate) struct Unknown<'a> {
    blocks: Vec<(&'a mut Opened, How<'a>)>,
    /// The elements whose doubles are encoded, for each of the blocks as many as it needs.
    encoded: Vec<RistrettoPoint>,
}

enum How<'a> {
    /// By the double of its element.
    InTable(&'a Table, RistrettoPoint),
    /// By how each of few values would be hidden.
    OneOf { few: &'a [(Block, RistrettoPoint)], half_mask: RistrettoPoint, hidden: CompressedRistretto },
}

impl<'a> Unknown<'a> {
    /// A block of this element, which is likely to be in the table.
    pub(crate) fn in_table(&mut self, table: &'a Table, point: RistrettoPoint, opened: &'a mut Opened) {
        self.encoded.push(point);
        self.blocks.push((opened, How::InTable(table, point)));
    }

    /// A block that is likely to have one of few values. Where it has, what hides it need not be decompressed: with the
    /// mask `P` and the element `M` of a value, `P + M` is encoded as it is, and nothing else is.
    pub(crate) fn one_of(
        &mut self,
        few: &'a [(Block, RistrettoPoint)],
        half_mask: RistrettoPoint,
        hidden: CompressedRistretto,
        opened: &'a mut Opened,
    ) {
        self.encoded.extend(few.iter().map(|(_, half)| half_mask + half));
        self.blocks.push((opened, How::OneOf { few, half_mask, hidden }));
    }

    /// The elements that will be encoded.
    pub(crate) fn len(&self) -> usize {
        self.encoded.len()
    }

    /// Opens all that was put in.
    pub(crate) fn recognise(&mut self) {
        let doubles = RistrettoPoint::double_and_compress_batch(&self.encoded);
        self.encoded.zeroize();
        let mut doubles = doubles.into_iter();
        for (opened, how) in self.blocks.drain(..) {
            let block = match how {
                How::InTable(table, point) => {
                    let known = doubles.next().and_then(|double| table.get(double.as_bytes()).copied());
                    known.or_else(|| block::from_point(&point))
                }
                How::OneOf { few, half_mask, hidden } => {
                    // All are compared, whichever it is. One element has one encoding, so at most one is equal.
                    let place = doubles
                        .by_ref()
                        .take(few.len())
                        .zip(1..)
                        .fold(0, |place, (double, next)| place.max(usize::from(double == hidden) * next));
                    match few.get(place.wrapping_sub(1)) {
                        Some((block, _)) => Some(*block),
                        None => hidden
                            .decompress()
                            .and_then(|hidden| block::from_point(&(hidden - half_mask - half_mask))),
                    }
                }
            };
            *opened = block.map(Plain::Data);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::LazyLock;

    use curve25519_dalek::scalar::Scalar;
    use libpep::client::distributed::make_session_keys_distributed;
    use libpep::factors::{EncryptionContext, EncryptionSecret, PseudonymizationSecret};
    use libpep::keys::distribution::make_distributed_global_keys;
    use libpep::transcryptor::DistributedTranscryptor;
    use proptest::prelude::*;

    use crate::declare::schema::{Absent, Type};
    use crate::encode::block::{self, Block, FILL, Number};
    use crate::encode::layout::Leaf;
    use crate::encode::plaintext::Plain;
    use crate::encode::value_table::Domain;
    use crate::seal::cipher::{Cipher, Sealed64};

    static CIPHER: LazyLock<Cipher> = LazyLock::new(|| {
        let (_, global, mut blinding) = make_distributed_global_keys(1, &mut rand::rng());
        let system = DistributedTranscryptor::new(
            PseudonymizationSecret::from(vec![1; 32]),
            EncryptionSecret::from(vec![2; 32]),
            blinding.remove(0),
        );
        let shares = system.session_key_shares(&EncryptionContext::from("session-7"));
        Cipher::new(&make_session_keys_distributed(global, &[shares]))
    });

    /// Blocks of few values, of more than a few, and of any.
    fn layout() -> [Leaf; 6] {
        let of = |ty, absent| Leaf::Attribute(Some(Domain::of(&ty, absent).unwrap()));
        [
            of(Type::Bool, None),
            of(Type::Bool, Some(Absent::BuiltIn)),
            of(Type::Integer { min: 0, max: 4 }, None),
            of(Type::Integer { min: 0, max: 4 }, Some(Absent::Number(6))),
            of(Type::Text { max_bytes: 31 }, Some(Absent::Text(""))),
            Leaf::Attribute(None),
        ]
    }

    /// In some of the domains, and in none.
    fn plain() -> impl Strategy<Value = Block> {
        prop_oneof![
            (0..4_u8).prop_map(|byte| block::pad(&[byte]).unwrap()),
            (-1..8_i128).prop_map(|number| Number::Integer(number).to_block().unwrap()),
            Just(FILL),
            Just(block::pad(&[]).unwrap()),
            any::<Block>(),
        ]
    }

    /// `p - s` for the bytes of `s`: another encoding of the same element, which is none that is accepted.
    fn negated(bytes: &[u8]) -> Vec<u8> {
        let mut borrow = 0;
        let p = |place| match place {
            0 => 0xed,
            31 => 0x7f,
            _ => 0xff,
        };
        let digits = bytes.iter().enumerate().map(|(place, byte)| {
            let digit = p(place) - i16::from(*byte) - borrow;
            borrow = i16::from(digit < 0);
            digit.rem_euclid(256) as u8
        });
        digits.collect()
    }

    /// What was sealed, with something done to it.
    fn altered(mut sealed: Sealed64, how: u8, random: [u8; 64]) -> Sealed64 {
        let (share, hidden) = sealed.split_at_mut(32);
        let element = (&Scalar::from_bytes_mod_order_wide(&random)
            * curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE)
            .compress();
        match how {
            0 => hidden.copy_from_slice(&negated(hidden)),
            1 => share.copy_from_slice(&negated(share)),
            2 => hidden.iter_mut().last().into_iter().for_each(|byte| *byte |= 128),
            3 => hidden.fill(0),
            4 => share.fill(0),
            5 => hidden.copy_from_slice(share),
            6 => hidden.copy_from_slice(element.as_bytes()),
            7 => share.copy_from_slice(element.as_bytes()),
            8 => sealed = random,
            9 => hidden.copy_from_slice(random.split_at(32).0),
            10 => sealed.fill(0),
            11 => hidden.copy_from_slice(&negated(&[0; 32])),
            _ => {}
        }
        sealed
    }

    proptest! {
        #[test]
        fn what_is_recognised_is_what_would_be_decoded(
            blocks in prop::collection::vec((plain(), 0..24_u8, any::<[u8; 32]>(), any::<[u8; 32]>()), 6..60)
        ) {
            let layout = layout();
            let whole = blocks.len() / layout.len() * layout.len();
            let blocks = blocks.get(..whole).unwrap();
            let data: Vec<_> = blocks.iter().map(|block| Plain::Data(block.0)).collect();
            let mut sealed = CIPHER.seal(&layout, &data).unwrap();
            let opened = CIPHER.open(&layout, &sealed, None);
            prop_assert!(opened.iter().zip(&data).all(|(opened, data)| *opened == Some(*data)));

            for (sealed, (_, how, one, other)) in sealed.iter_mut().zip(blocks) {
                let random = [*one, *other].as_flattened().try_into().unwrap();
                *sealed = altered(*sealed, *how, random);
            }
            let recognised = CIPHER.open(&layout, &sealed, None);
            let decoded = CIPHER.open(&[Leaf::Attribute(None)], &sealed, None);
            prop_assert!(recognised == decoded);
        }
    }
}

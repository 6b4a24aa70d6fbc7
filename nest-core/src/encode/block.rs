//! One block: 16 bytes, the last of them padding, as libpep writes them.
//!
//! The formats are libpep's, so that it opens what is encoded here and the other way round. The decoding is
//! our own: libpep 0.12 panics on a number whose tag or value it does not expect, and accepts numbers in
//! more than one encoding.

use curve25519_dalek::ristretto::RistrettoPoint;
use sha2::Sha256;

use crate::error::DecodeFault;

/// The plaintext of one encryption block.
pub(crate) type Block = [u8; 16];

/// A block that only fills up a text: it cannot be the last block of any, whose padding is never zero.
pub(crate) const FILL: Block = [0; 16];

/// Pads up to 15 bytes to a block (PKCS #7, RFC 5652 section 6.3); `None` for more.
pub fn pad(data: &[u8]) -> Option<Block> {
    let padding = u8::try_from(16_usize.checked_sub(data.len())?).ok()?;
    let mut block = [padding; 16];
    block.get_mut(..data.len())?.copy_from_slice(data);
    (padding > 0).then_some(block)
}

/// The data in a padded block; `None` where the padding lies.
pub fn unpad(block: &Block) -> Option<&[u8]> {
    let [.., padding] = *block;
    let len = 16_usize.checked_sub(usize::from(padding))?;
    let (data, rest) = block.split_at_checked(len)?;
    (padding > 0 && rest.iter().all(|byte| *byte == padding)).then_some(data)
}

/// The group element of a block.
pub(crate) fn to_point(block: &Block) -> RistrettoPoint {
    RistrettoPoint::lizard_encode::<Sha256>(block)
}

/// The block of a group element; `None` where the element encodes none, as after a wrong key.
pub(crate) fn from_point(point: &RistrettoPoint) -> Option<Block> {
    point.lizard_decode::<Sha256>()
}

/// A number as it travels: a JSON number is an unsigned integer, a negative one, or a float.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i128),
    /// A number with decimals.
    Float(f64),
}

impl Number {
    const UNSIGNED: u8 = 0;
    const NEGATIVE: u8 = 1;
    const FLOAT: u8 = 2;

    /// The block of the number; `None` for an integer of more than 64 bits and for a float that is not
    /// finite.
    pub fn to_block(self) -> Option<Block> {
        let (tag, bits) = match self {
            Number::Integer(value) if value >= 0 => (Self::UNSIGNED, u64::try_from(value).ok()?),
            Number::Integer(value) => {
                (Self::NEGATIVE, u64::from_be_bytes(i64::try_from(value).ok()?.to_be_bytes()))
            }
            Number::Float(value) if value.is_finite() => (Self::FLOAT, value.to_bits()),
            Number::Float(_) => return None,
        };
        let [a, b, c, d, e, f, g, h] = bits.to_be_bytes();
        pad(&[tag, a, b, c, d, e, f, g, h])
    }

    /// The number in a block, in its one accepted encoding.
    pub fn from_block(block: &Block) -> Result<Self, DecodeFault> {
        let data = unpad(block).ok_or(DecodeFault::Padding)?;
        let &[tag, ref bits @ ..] = data else {
            return Err(DecodeFault::Number);
        };
        let bits: [u8; 8] = bits.try_into().map_err(|_| DecodeFault::Number)?;
        match tag {
            Self::UNSIGNED => Ok(Number::Integer(u64::from_be_bytes(bits).into())),
            Self::NEGATIVE => match i64::from_be_bytes(bits) {
                value if value < 0 => Ok(Number::Integer(value.into())),
                _ => Err(DecodeFault::Number),
            },
            Self::FLOAT => match f64::from_be_bytes(bits) {
                value if value.is_finite() => Ok(Number::Float(value)),
                _ => Err(DecodeFault::Number),
            },
            _ => Err(DecodeFault::Number),
        }
    }
}

/// The blocks of a text: padded data, then fill up to the bound's number of blocks.
///
/// The caller has checked that the text fits.
pub fn text_to_blocks(text: &str, blocks: usize) -> Vec<Block> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(blocks);
    let mut whole = bytes.chunks_exact(16);
    for chunk in whole.by_ref() {
        let mut block = FILL;
        block.copy_from_slice(chunk);
        out.push(block);
    }
    out.extend(pad(whole.remainder()));
    out.resize(blocks, FILL);
    out
}

/// The text in its blocks.
pub fn text_from_blocks(blocks: &[Block], max_bytes: usize) -> Result<String, DecodeFault> {
    let data_blocks = blocks.iter().rposition(|block| *block != FILL).ok_or(DecodeFault::Padding)?;
    let (whole, last) = blocks
        .get(..=data_blocks)
        .and_then(<[Block]>::split_last)
        .map(|(last, whole)| (whole, last))
        .ok_or(DecodeFault::Padding)?;
    let mut bytes = whole.as_flattened().to_vec();
    bytes.extend(unpad(last).ok_or(DecodeFault::Padding)?);
    if bytes.len() > max_bytes {
        return Err(DecodeFault::TextTooLong { max_bytes });
    }
    String::from_utf8(bytes).map_err(|_| DecodeFault::Utf8)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use libpep::data::json::PEPJSONValue;
    use libpep::data::simple::{Attribute, ElGamalEncryptable};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn to_attribute(block: &Block) -> Attribute {
        Attribute::from_bytes(&to_point(block).compress().to_bytes()).unwrap()
    }

    proptest! {
        #[test]
        fn padding_comes_back_and_has_one_form(block: Block, data in prop::collection::vec(any::<u8>(), 0..20)) {
            match pad(&data) {
                Some(padded) => prop_assert_eq!(unpad(&padded), Some(data.as_slice())),
                None => prop_assert!(data.len() > 15),
            }
            if let Some(data) = unpad(&block) {
                prop_assert_eq!(pad(data), Some(block));
            }
        }

        #[test]
        fn numbers_come_back_and_have_one_form(value: u64, negative in i64::MIN..0, float: f64, block: Block) {
            for number in [
                Number::Integer(value.into()),
                Number::Integer(negative.into()),
                Number::Float(if float.is_finite() { float } else { 0.5 }),
            ] {
                prop_assert_eq!(Number::from_block(&number.to_block().unwrap()), Ok(number));
            }
            if let Ok(number) = Number::from_block(&block) {
                prop_assert_eq!(number.to_block(), Some(block));
            }
        }

        #[test]
        fn libpep_reads_our_numbers_and_we_read_its(value: i64, float in -1e300..1e300) {
            for (number, json) in [
                (Number::Integer(value.into()), json!(value)),
                (Number::Float(float), json!(float)),
            ] {
                let ours = PEPJSONValue::Number(to_attribute(&number.to_block().unwrap()));
                prop_assert_eq!(&ours, &PEPJSONValue::from_value(&json));
                prop_assert_eq!(ours.to_value().unwrap(), json);
            }
        }

        #[test]
        fn texts_come_back_and_libpep_reads_them(text in "\\PC{0,24}", spare in 0_usize..40) {
            let max_bytes = text.len() + spare;
            let blocks = text_to_blocks(&text, max_bytes / 16 + 1);
            prop_assert_eq!(blocks.len(), max_bytes / 16 + 1);
            let read = text_from_blocks(&blocks, max_bytes);
            prop_assert_eq!(read.as_deref(), Ok(text.as_str()));
            let attributes: Vec<_> = blocks.iter().map(to_attribute).collect();
            let value = PEPJSONValue::LongString(attributes.into());
            prop_assert_eq!(value.to_value().unwrap(), json!(text));
        }

        #[test]
        fn texts_have_one_form(blocks in prop::collection::vec(any::<Block>(), 0..4)) {
            if let Ok(text) = text_from_blocks(&blocks, 64) {
                prop_assert_eq!(text_to_blocks(&text, blocks.len()), blocks);
            }
        }
    }
}

//! Valid values with one thing changed: nearer to what is accepted than anything made from nothing.

use arbitrary::{Result, Unstructured};
use libpep::data::json::PEPJSONValue;
use libpep::data::simple::{Attribute, ElGamalEncryptable};

use crate::hostile::{anything, number_block};

/// Changes one thing somewhere in a value, by what the bytes say.
pub(crate) fn mutate(bytes: &mut Unstructured<'_>, value: &mut PEPJSONValue) -> Result<()> {
    if bytes.int_in_range(0..=15)? == 15 {
        *value = anything(bytes, 2)?;
        return Ok(());
    }
    match value {
        PEPJSONValue::Object(fields) if !fields.is_empty() => {
            // A map has no order of its own, and the same bytes must always do the same.
            let mut names: Vec<_> = fields.keys().cloned().collect();
            names.sort();
            let (one, other) = (bytes.choose(&names)?, bytes.choose(&names)?);
            match bytes.int_in_range(0..=15)? {
                0 => drop(fields.remove(one)),
                1 => drop(fields.insert(format!("{one} "), anything(bytes, 1)?)),
                2 => {
                    if let Some(value) = fields.remove(one) {
                        fields.insert(one.to_uppercase(), value);
                    }
                }
                3 => {
                    if let (Some(first), Some(second)) = (fields.remove(one), fields.remove(other)) {
                        fields.insert(one.clone(), second);
                        fields.insert(other.clone(), first);
                    }
                }
                _ => {
                    if let Some(value) = fields.get_mut(one) {
                        mutate(bytes, value)?;
                    }
                }
            }
        }
        PEPJSONValue::Array(items) if !items.is_empty() => {
            let (one, other) = (bytes.choose_index(items.len())?, bytes.choose_index(items.len())?);
            match bytes.int_in_range(0..=11)? {
                0 => drop(items.remove(one)),
                1 => items.insert(one, items[other].clone()),
                2 => items.swap(one, other),
                // Of a used place and an unused one, this puts data where filler should be.
                3 => items[one] = items[other].clone(),
                _ => mutate(bytes, &mut items[one])?,
            }
        }
        leaf => mutate_leaf(bytes, leaf)?,
    }
    Ok(())
}

fn mutate_leaf(bytes: &mut Unstructured<'_>, leaf: &mut PEPJSONValue) -> Result<()> {
    if bytes.int_in_range(0..=7)? == 7 {
        *leaf = retagged(bytes, leaf)?;
        return Ok(());
    }
    match leaf {
        // Often a count: a small number is one more or one less, or none at all.
        PEPJSONValue::Number(_) if bytes.int_in_range(0..=3)? == 0 => {
            *leaf = number_block(bytes.int_in_range(0..=2)?, bytes.int_in_range(0..=6)?);
        }
        PEPJSONValue::Bool(block) | PEPJSONValue::Number(block) | PEPJSONValue::String(block) => {
            *block = changed(bytes, block)?;
        }
        PEPJSONValue::LongString(long) => {
            let blocks = &mut long.0;
            match (bytes.int_in_range(0..=7)?, blocks.len()) {
                (_, 0) => {}
                (0, _) => drop(blocks.pop()),
                (1, _) => blocks.push(blocks[0]),
                (2, len) => blocks.swap(0, len - 1),
                (_, len) => {
                    let place = bytes.choose_index(len)?;
                    blocks[place] = changed(bytes, &blocks[place])?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// A block with one byte changed.
fn changed(bytes: &mut Unstructured<'_>, block: &Attribute) -> Result<Attribute> {
    let Some(mut data) = block.to_lizard() else {
        return Ok(*block);
    };
    let place: usize = bytes.int_in_range(0..=15)?;
    data[place] = match bytes.int_in_range(0..=3)? {
        0 => data[place].wrapping_add(1),
        1 => data[place].wrapping_sub(1),
        2 => data[15],
        _ => bytes.arbitrary()?,
    };
    Ok(Attribute::from_lizard(&data))
}

/// The same blocks under another tag.
fn retagged(bytes: &mut Unstructured<'_>, leaf: &PEPJSONValue) -> Result<PEPJSONValue> {
    let block = match leaf {
        PEPJSONValue::Bool(block) | PEPJSONValue::Number(block) | PEPJSONValue::String(block) => *block,
        PEPJSONValue::LongString(long) if !long.is_empty() => long[0],
        PEPJSONValue::Pseudonym(pseudonym) => Attribute::from_point(*pseudonym.value()),
        _ => return Ok(PEPJSONValue::Null),
    };
    Ok(match bytes.int_in_range(0..=5)? {
        0 => PEPJSONValue::Bool(block),
        1 => PEPJSONValue::Number(block),
        2 => PEPJSONValue::String(block),
        3 => PEPJSONValue::LongString(vec![block].into()),
        4 => PEPJSONValue::Array(vec![leaf.clone()]),
        _ => PEPJSONValue::Pseudonym(ElGamalEncryptable::from_point(*block.value())),
    })
}

//! What a record is between its fields and its ciphertexts: blocks in the order of its schema, and nothing else.

use curve25519_dalek::ristretto::RistrettoPoint;

use crate::encode::block::Block;
use crate::error::DecodeFault;

/// The plaintext of one block. No `Debug`: it would print what somebody is, or who.
#[derive(Clone, Copy, PartialEq)]
pub enum Plain {
    /// A pseudonym's element of the group.
    Pseudonym(RistrettoPoint),
    /// The data of an attribute.
    Data(Block),
}

/// The blocks of a record that is being written.
pub type Plaintext = Vec<Plain>;

/// A block that was opened: nothing, where it is no element of the group or encodes no data.
pub type Opened = Option<Plain>;

/// The data of the one block of a value.
pub(crate) fn data(blocks: &[Opened]) -> Result<&Block, DecodeFault> {
    match blocks {
        [Some(Plain::Data(block))] => Ok(block),
        [None] => Err(DecodeFault::NotData),
        _ => Err(DecodeFault::WrongShape),
    }
}

/// Whether what was opened is what would have been written.
pub(crate) fn equal(opened: &[Opened], written: &[Plain]) -> bool {
    opened.len() == written.len()
        && opened.iter().zip(written).all(|(opened, written)| *opened == Some(*written))
}

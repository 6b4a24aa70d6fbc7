//! One record of a file of repetitions: what is known of one request, and a hash that shows whether all of it was
//! written.
//!
//! A record is its length in four bytes, the highest first; its kind; the request's name and what was asked, 32 bytes
//! each; the second since 1970; the answer or the code; and the first 8 bytes of the SHA-256 hash of all but the length.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// The hash of a caller and a key of theirs, or of a path and a body.
pub(super) type Hash = [u8; 32];

/// The bytes of a record without its length, answer and hash.
const HEAD: usize = 1 + 32 + 32 + 8;

const CHECK: usize = 8;

/// The most bytes of a record that is read.
const MOST: usize = 1 << 30;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The source was called, and may have written.
    Called,
    /// It was answered.
    Answered,
    /// It failed, with the code of a problem.
    Failed,
}

impl Kind {
    fn of_byte(byte: u8) -> Option<Self> {
        [Kind::Called, Kind::Answered, Kind::Failed].into_iter().find(|kind| kind.byte() == byte)
    }

    fn byte(self) -> u8 {
        match self {
            Kind::Called => 1,
            Kind::Answered => 2,
            Kind::Failed => 3,
        }
    }
}

/// The head of a record: all but its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: Kind,
    pub(super) name: Hash,
    pub(super) asked: Hash,
    /// When it was written, in seconds since 1970.
    pub(super) at: u64,
}

/// The bytes of a record.
pub(super) fn write(head: &Head, with: &[u8]) -> io::Result<Vec<u8>> {
    let len = HEAD + with.len() + CHECK;
    let announced = u32::try_from(len).ok().filter(|_| len <= MOST);
    let announced = announced.ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
    let mut bytes = Vec::with_capacity(4 + len);
    bytes.extend_from_slice(&announced.to_be_bytes());
    bytes.push(head.kind.byte());
    bytes.extend_from_slice(&head.name);
    bytes.extend_from_slice(&head.asked);
    bytes.extend_from_slice(&head.at.to_be_bytes());
    bytes.extend_from_slice(with);
    let check = Sha256::digest(bytes.get(4..).unwrap_or_default());
    bytes.extend_from_slice(check.get(..CHECK).unwrap_or_default());
    Ok(bytes)
}

/// The next record, its data, and its whole length; `None` at the end, or where there is no valid record.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<(Head, Vec<u8>, u64)>> {
    let mut len = [0; 4];
    if !read_whole(from, &mut len)? {
        return Ok(None);
    }
    let len = u32::from_be_bytes(len) as usize;
    if !(HEAD + CHECK..=MOST).contains(&len) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    from.take(len as u64).read_to_end(&mut bytes)?;
    let record = (bytes.len() == len).then(|| parse(&bytes)).flatten();
    Ok(record.map(|(head, with)| (head, with.to_vec(), 4 + len as u64)))
}

fn parse(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let (bytes, check) = bytes.split_last_chunk::<CHECK>()?;
    if Sha256::digest(bytes).get(..CHECK)? != check {
        return None;
    }
    let (kind, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_first_chunk()?;
    let (asked, rest) = rest.split_first_chunk()?;
    let (at, with) = rest.split_first_chunk()?;
    let kind = Kind::of_byte(*kind)?;
    Some((Head { kind, name: *name, asked: *asked, at: u64::from_be_bytes(*at) }, with))
}

/// Whether all these bytes were there.
fn read_whole(from: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_record_comes_back_and_a_part_of_one_does_not(
            kind in prop::sample::select(vec![Kind::Called, Kind::Answered, Kind::Failed]),
            (name, asked, at) in any::<(Hash, Hash, u64)>(),
            with in prop::collection::vec(any::<u8>(), 0..100),
            cut in any::<prop::sample::Index>(),
            flip in any::<(prop::sample::Index, u8)>(),
        ) {
            let head = Head { kind, name, asked, at };
            let bytes = write(&head, &with).unwrap();
            let whole = Some((head, with, bytes.len() as u64));
            prop_assert_eq!(read(&mut bytes.as_slice()).unwrap(), whole.clone());
            prop_assert_eq!(read(&mut &bytes[..cut.index(bytes.len())]).unwrap(), None);
            let mut other = bytes.clone();
            let at = flip.0.index(bytes.len());
            other[at] ^= flip.1;
            let found = read(&mut other.as_slice()).unwrap();
            prop_assert_eq!(found, if flip.1 == 0 { whole } else { None });
        }

        #[test]
        fn what_is_no_record_is_none(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(read(&mut bytes.as_slice()).unwrap(), None);
        }
    }
}

//! The parts of a message, each padded to the size of its step.

use zeroize::Zeroizing;

use super::{EnvelopeError, SizeClass};

/// The bytes before the message in a part: its number, how many there are, and how many bytes it has.
pub(super) const HEAD: usize = 12;

/// The most parts of one message.
pub const MAX_PARTS: usize = 65_535;

/// The parts of a message: `number u32 | parts u32 | length u32 | bytes | zeros`. An empty message has one part.
pub(crate) fn split(message: &[u8], class: SizeClass) -> Result<Vec<Zeroizing<Vec<u8>>>, EnvelopeError> {
    let chunks: Vec<&[u8]> =
        if message.is_empty() { vec![&[]] } else { message.chunks(class.room()).collect() };
    if chunks.len() > MAX_PARTS {
        return Err(EnvelopeError::TooLarge);
    }
    let number = |number: usize| u32::try_from(number).map_err(|_| EnvelopeError::TooLarge);
    let mut parts = Vec::with_capacity(chunks.len());
    for (place, chunk) in chunks.iter().enumerate() {
        let mut part = Zeroizing::new(Vec::with_capacity(class.bytes()));
        for field in [number(place)?, number(chunks.len())?, number(chunk.len())?] {
            part.extend_from_slice(&field.to_be_bytes());
        }
        part.extend_from_slice(chunk);
        part.resize(class.bytes(), 0);
        parts.push(part);
    }
    Ok(parts)
}

/// A message that is put together from its parts, which have to come in order.
#[derive(Default)]
pub struct Assembly {
    parts: u32,
    next: u32,
    message: Zeroizing<Vec<u8>>,
}

impl Assembly {
    /// Adds the next part. The message, where it was the last.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError::Content`] where it is no part or is not padded with zeros, and [`EnvelopeError::OutOfOrder`] where
    /// it is not the next one.
    pub fn add(&mut self, part: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, EnvelopeError> {
        let (head, rest) = part.split_at_checked(HEAD).ok_or(EnvelopeError::Content)?;
        let field = |place: usize| -> Result<u32, EnvelopeError> {
            let bytes = head.get(place * 4..place * 4 + 4).and_then(|bytes| bytes.try_into().ok());
            bytes.map(u32::from_be_bytes).ok_or(EnvelopeError::Content)
        };
        let (place, parts, length) = (field(0)?, field(1)?, field(2)?);
        let length = usize::try_from(length).map_err(|_| EnvelopeError::Content)?;
        let (bytes, padding) = rest.split_at_checked(length).ok_or(EnvelopeError::Content)?;
        let many = usize::try_from(parts).is_ok_and(|parts| parts > MAX_PARTS);
        let full = place.checked_add(1) == Some(parts) || padding.is_empty();
        if padding.iter().any(|byte| *byte != 0) || parts == 0 || many || place >= parts || !full {
            return Err(EnvelopeError::Content);
        }
        if place != self.next || (place != 0 && parts != self.parts) {
            return Err(EnvelopeError::OutOfOrder);
        }
        self.parts = parts;
        self.next += 1;
        self.message.extend_from_slice(bytes);
        if self.next < parts {
            return Ok(None);
        }
        Ok(Some(std::mem::take(self).message))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_message_comes_out_as_it_went_in(message in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let parts = split(&message, SizeClass::SMALLEST).unwrap();
            let mut assembly = Assembly::default();
            let (last, first) = parts.split_last().unwrap();
            for part in first {
                prop_assert_eq!(part.len(), 256);
                prop_assert!(assembly.add(part).unwrap().is_none());
            }
            prop_assert_eq!(&**assembly.add(last).unwrap().unwrap(), message.as_slice());
        }
    }

    #[test]
    fn parts_in_another_order_or_padded_otherwise_are_refused() {
        let parts = split(&[1; 600], SizeClass::SMALLEST).unwrap();
        assert_eq!(parts.len(), 3);
        assert_eq!(Assembly::default().add(&parts[1]), Err(EnvelopeError::OutOfOrder));
        let mut assembly = Assembly::default();
        assert_eq!(assembly.add(&parts[0]), Ok(None));
        assert_eq!(assembly.add(&parts[0]), Err(EnvelopeError::OutOfOrder));
        let mut padded = parts[2].to_vec();
        *padded.last_mut().unwrap() = 1;
        assert_eq!(Assembly::default().add(&padded), Err(EnvelopeError::Content));
        assert_eq!(Assembly::default().add(&[0; 11]), Err(EnvelopeError::Content));
        assert_eq!(Assembly::default().add(&[0xff; 256]), Err(EnvelopeError::Content));
    }
}

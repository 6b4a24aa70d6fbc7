//! The sizes that contents are padded to.

use serde::{Deserialize, Serialize};

use super::EnvelopeError;

/// A size that contents are padded to: 256 bytes times a power of four, up to 4 MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct SizeClass(u8);

impl SizeClass {
    /// 256 bytes.
    pub const SMALLEST: Self = Self(0);

    /// 4 MiB.
    pub const LARGEST: Self = Self(7);

    /// The class of a number from 0 to 7.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError::Size`] for any other.
    pub const fn new(class: u8) -> Result<Self, EnvelopeError> {
        if class <= Self::LARGEST.0 { Ok(Self(class)) } else { Err(EnvelopeError::Size) }
    }

    /// The smallest class that holds so many bytes of a message in one part; the largest where none does.
    pub fn holding(bytes: usize) -> Self {
        (0..=Self::LARGEST.0).map(Self).find(|class| class.room() >= bytes).unwrap_or(Self::LARGEST)
    }

    /// The number of the class.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The bytes of a padded content.
    pub const fn bytes(self) -> usize {
        256 << (2 * self.0)
    }

    /// The bytes of a message that one part holds.
    pub const fn room(self) -> usize {
        self.bytes() - super::part::HEAD
    }
}

impl TryFrom<u8> for SizeClass {
    type Error = EnvelopeError;

    fn try_from(class: u8) -> Result<Self, EnvelopeError> {
        Self::new(class)
    }
}

impl From<SizeClass> for u8 {
    fn from(class: SizeClass) -> u8 {
        class.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_what_it_says() {
        assert_eq!(SizeClass::LARGEST.bytes(), 4 << 20);
        assert_eq!(SizeClass::holding(0), SizeClass::SMALLEST);
        assert_eq!(SizeClass::holding(244), SizeClass::SMALLEST);
        assert_eq!(SizeClass::holding(245).number(), 1);
        assert_eq!(SizeClass::holding(usize::MAX), SizeClass::LARGEST);
        assert!(SizeClass::new(8).is_err());
    }
}

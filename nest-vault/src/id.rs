//! The numbers that stand in the tables: random ones for rows and keys, keyed hashes for people.

use std::fmt;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) [u8; $len]);

        impl $name {
            /// The bytes, as they stand in the tables.
            pub fn to_bytes(self) -> [u8; $len] {
                self.0
            }

            /// The number with these bytes, or `None` where there are more or fewer of them.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Reads what `Display` writes.
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut bytes = [0; $len];
                from_hex(text, &mut bytes)?;
                Some(Self(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

number!(
    /// Which vault this is: 16 random bytes, made once. Every envelope is bound to it.
    Deployment,
    16
);
number!(
    /// The random number of a stored row. It says nothing about when the row came.
    RowId,
    16
);
number!(
    /// The random number of a key, which each envelope names.
    KeyId,
    16
);
number!(
    /// Which master key this is: a hash of the key, eight bytes.
    MasterId,
    8
);
number!(
    /// How a person is found without their pseudonym: a keyed hash of domain and pseudonym.
    ///
    /// It tells nothing without the master key, and it is the same wherever this person appears in one vault. Do not
    /// use it as a public id.
    Lookup,
    16
);

impl Deployment {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }
}

impl RowId {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }
}

impl KeyId {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }
}

/// Hexadecimal digits in lower case, exactly as many as fill the bytes.
pub(crate) fn from_hex(text: &str, bytes: &mut [u8]) -> Option<()> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    if pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(())
}

fn digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_back_from_its_digits_alone() {
        let row = RowId::random();
        assert_eq!(RowId::from_hex(&row.to_string()), Some(row));
        assert_eq!(RowId::from_slice(&row.to_bytes()), Some(row));
        for text in ["", "0", "zz", &"0".repeat(31), &"0".repeat(34), &"A".repeat(32)] {
            assert_eq!(RowId::from_hex(text), None, "{text}");
        }
    }
}

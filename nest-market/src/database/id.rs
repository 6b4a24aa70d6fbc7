//! Numbers of rows: sixteen random bytes, so that no number tells how many there are or which comes next.

/// Declares the number of one kind of row.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        #[allow(dead_code, reason = "not every kind of row needs every way to its number")]
        impl $name {
            /// A new random number.
            pub fn random() -> Self {
                Self(rand::random())
            }

            /// The number with these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, as they stand in the tables.
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0
            }

            /// Reads what `Display` writes: 32 hexadecimal digits in lower case.
            pub fn parse(text: &str) -> Option<Self> {
                let digits = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                if text.len() != 32 || !text.as_bytes().iter().all(digits) {
                    return None;
                }
                u128::from_str_radix(text, 16).ok().map(|number| Self(number.to_be_bytes()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:032x}", u128::from_be_bytes(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl From<$name> for $crate::database::Param {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("no number of a row"))
            }
        }
    };
}

pub(crate) use id;

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro declares public numbers")]
mod tests {
    id!(Number);

    #[test]
    fn a_number_reads_back_from_its_digits_alone() {
        let number = Number::random();
        assert_eq!(Number::parse(&number.to_string()), Some(number));
        for text in ["", "0", "+f", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33), &"é".repeat(16)] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }
}

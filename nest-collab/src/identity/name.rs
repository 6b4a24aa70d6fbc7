//! Names of organisations and of their nodes and users.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a name is refused.
const RULE: &str =
    "a name has 1 to 40 characters: small letters, digits and hyphens, and begins with a letter";

fn checked(name: &str) -> Result<String, &'static str> {
    let inner = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if inner && first && name.len() <= 40 { Ok(name.to_owned()) } else { Err(RULE) }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name of these characters.
            ///
            /// # Errors
            ///
            /// The rule for names, where these characters break it.
            pub fn new(name: &str) -> Result<Self, &'static str> {
                checked(name).map(Self)
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::new(name)
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(name: String) -> Result<Self, Self::Error> {
                Self::new(&name)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    };
}

name! {
    /// The name of an organisation, as it stands in pins, policies and terms.
    OrgName
}

name! {
    /// The name of a node or a user within its organisation.
    DeviceName
}

name! {
    /// The name that people give a run.
    RunName
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        assert!(OrgName::new("registry-a2").is_ok());
        for name in ["", "A", "a b", "2a", "-a", "ä", "a/b", &"a".repeat(41)] {
            assert!(OrgName::new(name).is_err(), "{name}");
        }
        assert!(serde_json::from_str::<OrgName>("\"../a\"").is_err());
    }
}

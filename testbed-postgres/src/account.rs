//! The user that the server runs as: PostgreSQL refuses to run as root, and tests in containers often are.

use std::io::{Error, Result};
use std::os::unix::fs::MetadataExt;

/// The numbers of a user of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

impl Account {
    /// The account to change to, or none where this process is not root and the server may run as it is.
    pub(crate) fn for_server() -> Result<Option<Self>> {
        if std::fs::metadata("/proc/self")?.uid() != 0 {
            return Ok(None);
        }
        let users = std::fs::read_to_string("/etc/passwd")?;
        let account = ["postgres", "nobody"].iter().find_map(|name| Self::named(&users, name));
        account
            .map(Some)
            .ok_or_else(|| Error::other("PostgreSQL needs a user other than root: add one named postgres"))
    }

    /// Reads a line such as `postgres:x:104:110:…`.
    fn named(users: &str, name: &str) -> Option<Self> {
        users.lines().find_map(|line| {
            let mut parts = line.split(':');
            if parts.next()? != name {
                return None;
            }
            let user = parts.nth(1)?.parse().ok()?;
            let group = parts.next()?.parse().ok()?;
            Some(Self { user, group })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\npostgres2:x:7:8::/:/bin/sh\npostgres:x:104:110:,,,:/var:/bin/bash\n";
        assert_eq!(Account::named(users, "postgres"), Some(Account { user: 104, group: 110 }));
        assert_eq!(Account::named(users, "nobody"), None);
    }
}

//! Open files. Each connection takes one, also those to transcryptors, and so do the files of the source.

use std::io;

/// How many open files are kept from callers, at least. Otherwise it is a quarter.
const RESERVED: u64 = 128;

/// The most connections where nothing is set.
const MOST: u64 = 10_000;

/// How many files this process may have open; `None` where the system does not say.
fn limit() -> Option<u64> {
    rlimit::Resource::NOFILE.get().ok().map(|(soft, _)| soft)
}

/// How many connections there may be in all: the number of the settings, or as many as there is room for.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] where there is no room for the number of the settings, or for any connection.
pub(crate) fn connections(asked: Option<usize>) -> io::Result<usize> {
    within(asked, limit())
}

fn within(asked: Option<usize>, limit: Option<u64>) -> io::Result<usize> {
    let room = limit.map_or(MOST, |limit| limit.saturating_sub(RESERVED.max(limit / 4)));
    let all = asked.map_or(room.min(MOST), |asked| asked as u64);
    if all == 0 || all > room {
        let limit = limit.unwrap_or(0);
        let refusal = format!(
            "{all} connections need more open files than there may be: {limit}, of which {} are kept for \
             transcryptors and the source. Raise the limit (`ulimit -n`, `LimitNOFILE=`), or lower \
             `limits.connections`",
            limit - room.min(limit)
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, refusal));
    }
    usize::try_from(all).map_err(io::Error::other)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_files_is_kept() {
        for (limit, room) in [(1024, 768), (256, 128), (65_536, 10_000)] {
            assert_eq!(within(None, Some(limit)).unwrap(), room, "{limit}");
        }
        assert_eq!(within(None, None).unwrap(), 10_000);
        assert_eq!(within(Some(20_000), Some(65_536)).unwrap(), 20_000);
    }

    #[test]
    fn more_than_there_is_room_for_is_said_with_both_numbers() {
        let refused = within(Some(900), Some(1024)).unwrap_err().to_string();
        for part in ["900", "1024", "256", "ulimit -n", "limits.connections"] {
            assert!(refused.contains(part), "{refused}");
        }
        assert!(within(None, Some(64)).is_err());
    }
}

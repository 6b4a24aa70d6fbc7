//! The end of a log: its last whole line, and text that a crash left after it.

use std::io::{self, Read, Seek, SeekFrom};

use super::line::{BEGIN, LONGEST, Line, LineHash};

/// How the file ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tail {
    /// Where its text ends; after it there are only spaces.
    pub(super) end: u64,
    /// The hash of the last whole line.
    pub(super) last: LineHash,
    /// Whether a newline is missing at `end`.
    pub(super) newline_missing: bool,
    /// The hash of the text after the last whole line, if there is any.
    pub(super) torn: Option<LineHash>,
}

/// The most bytes that a crash can leave: a torn line, and a torn line about it.
pub(super) const MOST_TORN: u64 = 2 * LONGEST;

/// Reads the end of the file, however large the file is.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidData`] where the file is no audit log, and whatever reading says.
pub(super) fn read(file: &mut (impl Read + Seek)) -> io::Result<Tail> {
    let len = file.seek(SeekFrom::End(0))?;
    let Some(at) = find_back(file, len, |byte| byte != b' ')? else {
        return Ok(Tail { end: 0, last: LineHash::START, newline_missing: false, torn: None });
    };
    let end = at + 1;
    let newline_missing = bytes(file, at, end)? != b"\n";
    let text_end = if newline_missing { end } else { at };

    let mut line_end = text_end;
    let (last, torn_from) = loop {
        let line_start = find_back(file, line_end, |byte| byte == b'\n')?.map_or(0, |at| at + 1);
        if line_end - line_start < LONGEST {
            let line = bytes(file, line_start, line_end)?;
            if Line::parse(&line).is_some() {
                break (LineHash::of(&line), line_end + 1);
            }
        }
        if text_end - line_start > MOST_TORN {
            return Err(no_log());
        }
        match line_start.checked_sub(1) {
            Some(newline) => line_end = newline,
            None => break (LineHash::START, 0),
        }
    };
    if torn_from > text_end {
        return Ok(Tail { end, last, newline_missing, torn: None });
    }
    let torn = bytes(file, torn_from, text_end)?;
    // A file without a whole line may belong to something else. Nothing is written to it unless it begins as a log
    // does.
    let begins = torn.starts_with(BEGIN) || (!torn.is_empty() && BEGIN.starts_with(&torn));
    if torn_from == 0 && !begins {
        return Err(no_log());
    }
    Ok(Tail { end, last, newline_missing, torn: Some(LineHash::of(&torn)) })
}

fn no_log() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the end of the file is no audit log: name another file")
}

/// The last place before `end` with such a byte.
fn find_back(
    file: &mut (impl Read + Seek),
    mut end: u64,
    wanted: impl Fn(u8) -> bool,
) -> io::Result<Option<u64>> {
    const BLOCK: u64 = 4096;
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        let found = bytes(file, start, end)?.iter().rposition(|byte| wanted(*byte));
        if let Some(index) = found {
            return Ok(Some(start + index as u64));
        }
        end = start;
    }
    Ok(None)
}

/// The bytes from one place up to another.
fn bytes(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(end - start).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn tail(text: impl AsRef<[u8]>) -> Option<Tail> {
        match read(&mut Cursor::new(text.as_ref())) {
            Ok(tail) => Some(tail),
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::InvalidData);
                None
            }
        }
    }

    fn line(previous: LineHash) -> String {
        String::from_utf8(Line::torn(LineHash::START, previous).to_json().unwrap()).unwrap()
    }

    fn clean(end: usize, last: LineHash) -> Option<Tail> {
        Some(Tail { end: end as u64, last, newline_missing: false, torn: None })
    }

    #[test]
    fn a_log_without_text_is_new() {
        assert_eq!(tail(""), clean(0, LineHash::START));
        assert_eq!(tail(" ".repeat(10_000)), clean(0, LineHash::START));
    }

    #[test]
    fn the_last_whole_line_is_found_before_any_number_of_spaces() {
        let first = line(LineHash::START);
        let second = line(LineHash::of(first.as_bytes()));
        let last = LineHash::of(second.as_bytes());
        for spaces in [0, 1, 4095, 4096, 100_000] {
            let text = format!("{first}\n{second}\n");
            assert_eq!(tail(format!("{text}{}", " ".repeat(spaces))), clean(text.len(), last));
            // The line only lacks its newline, so it is whole.
            let text = format!("{first}\n{second}");
            let found = tail(format!("{text}{}", " ".repeat(spaces))).unwrap();
            assert_eq!((found.end, found.last), (text.len() as u64, last));
            assert!(found.newline_missing && found.torn.is_none());
        }
    }

    #[test]
    fn what_a_crash_left_is_told_from_whole_lines() {
        let first = line(LineHash::START);
        let last = LineHash::of(first.as_bytes());
        let half = first.get(..50).unwrap();
        let spaces = " ".repeat(3000);
        for torn in [half.to_owned(), format!("{half}\n{half}"), format!("{spaces}\"}}")] {
            for newline in ["", "\n"] {
                let text = format!("{first}\n{torn}{newline}");
                let found = tail(format!("{text}{spaces}")).unwrap();
                let expected = Tail {
                    end: text.len() as u64,
                    last,
                    newline_missing: newline.is_empty(),
                    torn: Some(LineHash::of(torn.as_bytes())),
                };
                assert_eq!(found, expected, "{text:?}");
            }
        }
        let empty = tail(format!("{first}\n\n")).unwrap();
        assert_eq!((empty.last, empty.torn), (last, Some(LineHash::of(b""))));
        let only = tail(half).unwrap();
        assert_eq!((only.last, only.torn), (LineHash::START, Some(LineHash::of(half.as_bytes()))));
    }

    #[test]
    fn another_file_is_left_alone() {
        for text in ["\n", "secret = 1\n", "# Readme", &"x".repeat(1_000_000), &"{\"at\":\"\n".repeat(1000)] {
            assert_eq!(tail(text), None, "{}", text.len());
        }
    }
}

//! Whether a log is whole: every line is as it was written, in its order.

use std::fmt;
use std::io::{self, BufRead};

use sha2::{Digest, Sha256};

use super::line::{Line, LineHash};
use super::tail::MOST_TORN;

/// A log in which every line is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Whole {
    /// How many lines are whole.
    pub lines: u64,
    /// How many of these say that a crash has left torn text before them.
    pub torn: u64,
    /// The hash of the last line. Noted elsewhere, it tells later whether lines were cut off.
    pub last: LineHash,
}

/// The first line that is wrong. Lines are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The line is not a line of an audit log, and no later line says that a crash has left it.
    NoLine(u64),
    /// The line does not name the hash of the one before.
    DoesNotFollow(u64),
    /// The line says that torn text is before it. The text is missing or is another one.
    NotAsTorn(u64),
    /// The text from this line to the end is torn. A crash leaves such text, and a line that says so is added when
    /// the log is opened again. Or a line is being written at this moment.
    TornEnd(u64),
    /// No line has the hash that was noted. The log has this many lines: some were cut off, or all were written anew.
    NotedMissing(u64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Fault::NoLine(line) => write!(f, "line {line} is no line of an audit log: it was changed"),
            Fault::DoesNotFollow(1) => f.write_str("line 1 is not the first: lines before it were removed"),
            Fault::DoesNotFollow(line) => {
                let before = line - 1;
                write!(
                    f,
                    "line {line} does not follow line {before}: one of the two was changed, or lines were \
                     removed, inserted or moved here"
                )
            }
            Fault::NotAsTorn(line) => {
                write!(f, "line {line} tells of torn text before it that is another, or not there")
            }
            Fault::TornEnd(line) => {
                write!(f, "line {line} is torn, by a crash or because it is being written at this moment")
            }
            Fault::NotedMissing(lines) => write!(
                f,
                "none of the {lines} lines has the hash that was noted: lines were cut off, or written anew"
            ),
        }
    }
}

impl std::error::Error for Fault {}

/// Reads a log from its beginning to its end. It finds the first line that is wrong.
///
/// `noted` is the hash of a last line that was noted before. Some line must have it. Without it, lines that were cut
/// off at the end are not noticed.
///
/// It takes a few kilobytes of memory for any file. It ends at the first line that no crash can have left, so a file
/// of another kind is not read to its end.
///
/// # Errors
///
/// An error of reading.
pub fn verify(mut log: impl BufRead, noted: Option<LineHash>) -> io::Result<Result<Whole, Fault>> {
    let mut chain = Chain {
        whole: Whole { lines: 0, torn: 0, last: LineHash::START },
        number: 0,
        torn: None,
        noted: noted.filter(|noted| *noted != LineHash::START),
    };
    let mut line = Vec::new();
    loop {
        match read_line(&mut log, &mut line)? {
            Read::Line => {}
            Read::TooLong => return Ok(Err(chain.no_line())),
            Read::End => {
                // Spaces that were room for more lines, perhaps after a line that lacks its newline.
                line.truncate(line.iter().rposition(|byte| *byte != b' ').map_or(0, |at| at + 1));
                let last = if line.is_empty() { Ok(()) } else { chain.take(&line) };
                return Ok(last.and_then(|()| chain.end()));
            }
        }
        if let Err(fault) = chain.take(&line) {
            return Ok(Err(fault));
        }
    }
}

/// What was read.
enum Read {
    /// A line, without its newline.
    Line,
    /// Text after the last newline, without most of the spaces at its end.
    End,
    /// Text that is longer than any line and any torn text.
    TooLong,
}

/// Reads the next line. It keeps no more of it than a line or torn text can have.
fn read_line(log: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Read> {
    line.clear();
    let mut is_room = false;
    loop {
        let part = match log.fill_buf() {
            Ok([]) => return Ok(Read::End),
            Ok(part) => part,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = part.iter().position(|byte| *byte == b'\n');
        let (text, _) = part.split_at(end.unwrap_or(part.len()));
        let (kept, rest) = text.split_at(text.len().min(LONGEST_TEXT - line.len()));
        line.extend_from_slice(kept);
        is_room |= !rest.is_empty();
        // Text beyond that is room for more lines: spaces up to the end of the file.
        if rest.iter().any(|byte| *byte != b' ') || (is_room && end.is_some()) {
            return Ok(Read::TooLong);
        }
        let read = text.len() + usize::from(end.is_some());
        log.consume(read);
        if end.is_some() {
            return Ok(Read::Line);
        }
    }
}

/// The most bytes that are kept between two newlines.
#[allow(clippy::cast_possible_truncation)]
const LONGEST_TEXT: usize = MOST_TORN as usize + 1;

/// The chain as far as it was read.
struct Chain {
    whole: Whole,
    /// The number of the line that was read last, whole or not.
    number: u64,
    /// Where torn text began, its hash so far, and its length.
    torn: Option<(u64, Sha256, u64)>,
    /// The hash that has not been met yet.
    noted: Option<LineHash>,
}

impl Chain {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.number += 1;
        let previous = match (Line::parse(bytes), self.torn.take()) {
            (None, torn) => {
                let (first, hasher, len) = match torn {
                    Some((first, hasher, len)) => (first, hasher.chain_update(b"\n"), len + 1),
                    None => (self.number, Sha256::new(), 0),
                };
                let len = len + bytes.len() as u64;
                // A crash leaves no more than this. A log with more torn text is not continued.
                if len > MOST_TORN {
                    return Err(Fault::NoLine(first));
                }
                self.torn = Some((first, hasher.chain_update(bytes), len));
                return Ok(());
            }
            (Some(Line::Operation(line)), None) => line.previous,
            (Some(Line::Operation(_)), Some((first, ..))) => return Err(Fault::NoLine(first)),
            (Some(Line::Torn(line)), torn) => {
                if torn.is_none_or(|(_, hasher, _)| LineHash::finish(hasher) != line.torn) {
                    return Err(Fault::NotAsTorn(self.number));
                }
                self.whole.torn += 1;
                line.previous
            }
        };
        if previous != self.whole.last {
            return Err(Fault::DoesNotFollow(self.number));
        }
        self.whole.lines += 1;
        self.whole.last = LineHash::of(bytes);
        self.noted = self.noted.filter(|noted| *noted != self.whole.last);
        Ok(())
    }

    /// The next line is not a line of a log.
    fn no_line(&self) -> Fault {
        Fault::NoLine(self.torn.as_ref().map_or(self.number + 1, |(first, ..)| *first))
    }

    fn end(self) -> Result<Whole, Fault> {
        match (self.torn, self.noted) {
            (Some((first, ..)), _) => Err(Fault::TornEnd(first)),
            (None, Some(_)) => Err(Fault::NotedMissing(self.whole.lines)),
            (None, None) => Ok(self.whole),
        }
    }
}

//! The audit log: one line for each operation, chained by hashes, for which there is room before the operation
//! begins.
//!
//! A line is JSON, for instance
//!
//! ```json
//! {"at":"2026-03-15T14:30:05Z","request":"…","caller":"nest","operation":"results","activity":"reading-test",
//!  "domain":"platform","records":10,"failed":2,"outcome":"ok","previous":"…"}
//! ```
//!
//! without the break. `failed` is the number of records that were answered with an error. `outcome` is `ok`, the
//! code of the problem that the request was told, `repeated` where an earlier answer was given again, or `abandoned`
//! where it was given up. `activity` is `null` for participants, and `unknown` for a request through the upstream
//! door that was refused before it was read; `domain` is `null` where the operation did not come so far, or was about
//! nobody. What is answered with 401, 404, 405 or 501 is no operation, and leaves no line; of
//! requests that are refused before they are read, at most a few at once leave one. `previous` is the SHA-256 hash of the whole
//! line before, without its newline; 64 zeros in the first.
//!
//! # What the chain shows
//!
//! A line that was changed, removed, inserted or moved no longer fits its neighbours: see [`verify()`], or run
//! `nest-audit verify FILE`. Two things it cannot show by itself. Lines cut off *at the end* leave a shorter
//! chain that is whole, and somebody who may write the file can write all of it anew. Both are seen by whoever
//! has noted the hash of a last line elsewhere, which `nest-audit verify` prints, and gives it with `--last`.
//!
//! # Room
//!
//! After its last line the file holds spaces, at least as many as the longest line for each operation under way.
//! They are written and synced before the operation begins, and lines are written over them, so a disk that
//! fills meanwhile cannot cost a line. Readers ignore spaces at the end. When the log is closed they are cut off.
//!
//! It holds on file systems that write over a file in place: ext4, XFS, UFS, NTFS, and in memory tmpfs. It does
//! **not** hold on those that write elsewhere and need new space for it: Btrfs, ZFS, bcachefs, F2FS, on a volume
//! with snapshots or thin provisioning, or on XFS for a file that was copied with `--reflink`. There a quota or
//! partition of the log's own helps. If a line cannot be written after all, the log is closed to further
//! operations until it is opened again.
//!
//! # After a crash
//!
//! When a log is opened, text after its last whole line is kept as it is, ended with a newline if it has none,
//! and followed by a line `{"at":…,"torn":…,"previous":…}`. `torn` is the hash of that text without its last
//! newline, and `previous` that of the last *whole* line, so the chain goes around the torn text and still holds
//! it. A line that only lacks its newline is whole.
//!
//! # What an abrupt end leaves unlogged
//!
//! The line of an operation is written when it has ended, before its answer is given. A process that is killed, or a
//! machine that loses power, leaves no line of the operations that were under way, though the source may have
//! written for them already: as many as may be under way at once, at most. Whoever asked had no answer. Without
//! [`sync_each_line`](AuditLog::sync_each_line) a loss of power can take lines of answered operations as well. A
//! server that is told to stop finishes what it has begun, and leaves nothing unlogged.
//!
//! # Rotation
//!
//! Stop the server, move the file, start it; the last line of the old file is best noted. The new file begins a chain
//! of its own. A file that is cut in place while the log is open, as `logrotate` does with `copytruncate`, is noticed
//! before the next operation begins: nothing more is written to it, and operations are refused until the server is
//! started again. A file that is moved while the log is open goes on being written to where it is now.

mod disk;
mod line;
mod second;
mod tail;
mod verify;

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use nest_core::Domain;

use disk::Disk;
pub use line::LineHash;
pub(crate) use line::{Begun, CallerName};
use line::{Entry, LONGEST, Line};
pub use verify::{Fault, Whole, verify};

/// The outcome of an operation that was given up before it had one.
const ABANDONED: &str = "abandoned";

/// What is said of a log that was cut.
const CUT: &str = "the audit log was cut while it is open, as log rotation does (`copytruncate`): take it out of the \
                   rotation, and restart the server; lines that were copied elsewhere are a chain of their own";

/// How many bytes more than needed are made ready at once, so that not every operation waits for it.
const SPARE: u64 = 32 * LONGEST;

/// A file to which one line is added for each operation. Clones write to the same file.
///
/// # Privacy
///
/// A line names the caller, the domain, the operation, the time and how many records. It holds no pseudonym and
/// no value. On Unix only the owner of a new file may read it.
#[derive(Clone)]
pub struct AuditLog {
    state: Arc<Mutex<State>>,
}

struct State {
    disk: Box<dyn Disk>,
    sync: bool,
    /// Where the text ends, and the next line begins.
    end: u64,
    /// Up to where this process has written spaces. Those of one before it are not counted on.
    ready: u64,
    /// How many operations are under way.
    open: u64,
    last: LineHash,
    /// A line could not be written: nothing is known of what stands at the end.
    broken: bool,
}

impl AuditLog {
    /// Creates the file, or continues the one that is there. It reads no more than the end of it, so a chain
    /// that is broken further up is continued: [`verify()`] finds that.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::ResourceBusy`] where the log is open already, here or in another process;
    /// [`io::ErrorKind::InvalidData`] where the file is something else; and whatever the file system says.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let busy = "the audit log is open already, here or in another process";
                return Err(io::Error::new(io::ErrorKind::ResourceBusy, busy));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let tail = tail::read(&mut file)?;
        // A new file is there after a loss of power only once its folder is.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            folder.sync_all().ok();
        }
        Self::continued(Box::new(file), &tail)
    }

    fn continued(disk: Box<dyn Disk>, tail: &tail::Tail) -> io::Result<Self> {
        let (end, last) = (tail.end, tail.last);
        let mut state = State { disk, sync: true, end, ready: end, open: 0, last, broken: false };
        if tail.newline_missing {
            state.append(b"\n")?;
        }
        if let Some(torn) = tail.torn {
            state.write(&Line::torn(torn, tail.last))?;
        }
        Ok(Self { state: Arc::new(Mutex::new(state)) })
    }

    /// Whether each line is waited for until it would survive a loss of power. It is unless this is called with
    /// `false`, which makes operations a few milliseconds faster: a loss of power can then take the last lines,
    /// or leave some of them torn.
    #[must_use]
    pub fn sync_each_line(self, sync: bool) -> Self {
        if let Ok(mut state) = self.state.lock() {
            state.sync = sync;
        }
        self
    }

    /// Makes sure of room for the line of an operation that is about to begin. It blocks for as long as the disk
    /// takes.
    ///
    /// # Errors
    ///
    /// Whatever the disk says, [`io::ErrorKind::StorageFull`] above all. The operation must not begin then.
    pub(crate) fn reserve(&self, begun: Begun) -> io::Result<Reservation> {
        with(&self.state, State::make_room)?;
        let entry = Entry { begun, domain: None, records: 0, failed: 0, outcome: ABANDONED };
        Ok(Reservation { state: Arc::clone(&self.state), entry: Some(entry) })
    }
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditLog(…)")
    }
}

/// The line of one operation, which is certain to have room. If it is dropped, the line says that the operation
/// was abandoned.
#[must_use = "dropped, it says that the operation was abandoned"]
pub(crate) struct Reservation {
    state: Arc<Mutex<State>>,
    entry: Option<Entry>,
}

impl Reservation {
    /// The records have been opened: from where they are and how many.
    pub(crate) fn opened(&mut self, domain: &Domain, records: usize) {
        if let Some(entry) = &mut self.entry {
            entry.domain = Some(domain.clone());
            entry.records = records as u64;
        }
    }

    /// Writes the line: `ok` or the code of a problem, and how many records were answered with an error. It
    /// blocks for as long as the disk takes, and so does dropping.
    ///
    /// # Errors
    ///
    /// Whatever the disk says, though never that it is full where [room](self#room) holds. The log takes no
    /// further operations then.
    pub(crate) fn write(mut self, outcome: &'static str, failed: usize) -> io::Result<()> {
        let Some(entry) = self.entry.take() else { return Ok(()) };
        let entry = Entry { outcome, failed: failed as u64, ..entry };
        with(&self.state, |state| state.close(&entry))
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            // Nobody is left to be told of an error; the next operation will be.
            with(&self.state, |state| state.close(&entry)).ok();
        }
    }
}

/// Works on the state, unless it is not to be trusted any more.
fn with<T>(state: &Mutex<State>, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
    match state.lock() {
        Ok(mut state) if !state.broken => work(&mut state),
        _ => {
            Err(io::Error::other("the audit log was cut, or could not be written before: restart the server"))
        }
    }
}

impl State {
    /// Fails, now and from now on, where somebody has cut the file: what is written behind its end would leave a hole,
    /// and the chain that was begun is gone.
    fn check_whole(&mut self) -> io::Result<()> {
        if self.disk.len()? >= self.ready {
            return Ok(());
        }
        self.broken = true;
        Err(io::Error::new(io::ErrorKind::InvalidData, CUT))
    }

    /// Room for one more line than there are operations under way.
    fn make_room(&mut self) -> io::Result<()> {
        self.check_whole()?;
        let needed = self.end + (self.open + 1) * LONGEST;
        if self.ready < needed {
            let spaces = needed + SPARE - self.ready;
            self.disk.write_at(self.ready, &vec![b' '; usize::try_from(spaces).unwrap_or(usize::MAX)])?;
            // Always: some file systems say only now that there is no room.
            self.disk.sync()?;
            self.ready += spaces;
        }
        self.open += 1;
        Ok(())
    }

    /// Writes the line of an operation and gives back its room.
    fn close(&mut self, entry: &Entry) -> io::Result<()> {
        self.open = self.open.saturating_sub(1);
        self.write(&Line::operation(entry, self.last))
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut line = line.to_json()?;
        let hash = LineHash::of(&line);
        line.push(b'\n');
        self.append(&line)?;
        self.last = hash;
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.check_whole()?;
        // For as long as this is not done, and for ever if it fails or panics.
        self.broken = true;
        self.disk.write_at(self.end, bytes)?;
        if self.sync {
            self.disk.sync()?;
        }
        self.end += bytes.len() as u64;
        self.ready = self.ready.max(self.end);
        self.broken = false;
        Ok(())
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if !self.broken && self.ready > self.end {
            // The spaces may as well stay.
            self.disk.cut(self.end).ok();
        }
    }
}

#[cfg(test)]
mod tests;

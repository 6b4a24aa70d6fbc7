//! The audit log: one line for each operation. Lines are chained by hashes, and the room for a line is there before
//! its operation begins.
//!
//! A line is JSON, for instance
//!
//! ```json
//! {"at":"2026-03-15T14:30:05Z","request":"…","caller":"nest","operation":"results","activity":"reading-test",
//!  "domain":"platform","records":10,"failed":2,"outcome":"ok","previous":"…"}
//! ```
//!
//! without the break. `failed` is the number of records that were answered with an error. `outcome` is `ok`, the code
//! of the problem that was answered, `repeated` where an earlier answer was given again, or `abandoned` where the
//! operation was given up. `activity` is `null` for participants. It is `unknown` for a request through the upstream
//! door that was refused before it was read. `domain` is `null` where the operation did not come so far, or had no
//! records. Answers with 401, 404, 405 or 501 are not operations and leave no line. Of the requests that are refused
//! before they are read, at most a few at once leave a line. `previous` is the SHA-256 hash of the whole line before,
//! without its newline. It is 64 zeros in the first line.
//!
//! # What the chain shows
//!
//! A line that was changed, removed, inserted or moved no longer fits its neighbours: see [`verify()`], or run
//! `nest-audit verify FILE`. The chain cannot show two things by itself. Lines cut off *at the end* leave a shorter
//! chain that is whole, and a person who may write the file can write all of it anew. A hash that was noted elsewhere
//! shows both: `nest-audit verify` prints the hash of the last line, and takes a noted one with `--last`.
//!
//! # Room
//!
//! After its last line the file holds spaces: room for the longest line of each operation under way. The spaces are
//! written and synced before the operation begins, and lines are written over them. A disk that fills up meanwhile
//! does not cost a line. Readers ignore spaces at the end. They are cut off when the log is closed.
//!
//! This holds on file systems that overwrite a file in place: ext4, XFS, UFS, NTFS, and in memory tmpfs. It does
//! **not** hold on file systems that write elsewhere and need new space for that: Btrfs, ZFS, bcachefs, F2FS, a
//! volume with snapshots or thin provisioning, or XFS for a file that was copied with `--reflink`. There, give the
//! log a quota or partition of its own. If a line cannot be written after all, the log takes no further operations
//! until it is opened again.
//!
//! # After a crash
//!
//! When a log is opened, text after its last whole line is kept. It gets a newline if it has none, and is followed by
//! a line `{"at":…,"torn":…,"previous":…}`. `torn` is the hash of that text without its last newline, and `previous`
//! is the hash of the last *whole* line. So the chain goes around the torn text and still covers it. A line that only
//! lacks its newline is whole.
//!
//! # What an abrupt end leaves unlogged
//!
//! The line of an operation is written after its end and before its answer. A process that is killed, or a machine
//! that loses power, leaves no line of the operations under way. The source may have written for them already, and
//! their callers had no answer. There are at most as many as may be under way at once. Without
//! [`sync_each_line`](AuditLog::sync_each_line) a loss of power can also take lines of answered operations. A server
//! that is told to stop finishes what it has begun, and leaves nothing unlogged.
//!
//! # Rotation
//!
//! Stop the server, move the file, and start the server. Note the hash of the last line of the old file. The new file
//! begins a chain of its own. `logrotate` with `copytruncate` cuts a file while the log is open. This is noticed
//! before the next operation begins: nothing more is written to the file, and operations are refused until the server
//! is started again. A file that is moved while the log is open is still written to, in its new place.

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

/// The outcome of an operation that was given up.
const ABANDONED: &str = "abandoned";

/// The message about a log that was cut.
const CUT: &str = "the audit log was cut while it is open, as log rotation does (`copytruncate`): take it out of the \
                   rotation, and restart the server; lines that were copied elsewhere are a chain of their own";

/// How many more bytes than needed are made ready at once. So not every operation waits for the disk.
const SPARE: u64 = 32 * LONGEST;

/// A file that gets one line for each operation. Clones write to the same file.
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
    /// The end of the spaces that this process has written. Spaces of an earlier process are not relied on.
    ready: u64,
    /// How many operations are under way.
    open: u64,
    last: LineHash,
    /// A line could not be written, so the end of the file is not known.
    broken: bool,
}

impl AuditLog {
    /// Creates the file, or continues the one that is there. Only its end is read. A chain that is broken further up
    /// is continued; [`verify()`] finds that.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::ResourceBusy`] where the log is open already, here or in another process;
    /// [`io::ErrorKind::InvalidData`] where the file is something else; and errors of the file system.
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
        // After a loss of power, a new file exists only if its folder was synced.
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

    /// Whether the log waits for each line until it would survive a loss of power. It does by default. With `false`,
    /// operations are a few milliseconds faster, but a loss of power can take the last lines or leave some of them
    /// torn.
    #[must_use]
    pub fn sync_each_line(self, sync: bool) -> Self {
        if let Ok(mut state) = self.state.lock() {
            state.sync = sync;
        }
        self
    }

    /// Makes room for the line of an operation that is about to begin. It blocks while the disk works.
    ///
    /// # Errors
    ///
    /// An error of the disk, such as [`io::ErrorKind::StorageFull`]. The operation must not begin then.
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

/// The line of one operation. It is certain to have room. If this is dropped, the line says that the operation was
/// abandoned.
#[must_use = "dropped, it says that the operation was abandoned"]
pub(crate) struct Reservation {
    state: Arc<Mutex<State>>,
    entry: Option<Entry>,
}

impl Reservation {
    /// The records have been opened: their domain and their number.
    pub(crate) fn opened(&mut self, domain: &Domain, records: usize) {
        if let Some(entry) = &mut self.entry {
            entry.domain = Some(domain.clone());
            entry.records = records as u64;
        }
    }

    /// Writes the line: `ok` or the code of a problem, and how many records were answered with an error. It blocks
    /// while the disk works, and so does dropping it.
    ///
    /// # Errors
    ///
    /// An error of the disk. It is never full where [room](self#room) holds. The log takes no further operations
    /// then.
    pub(crate) fn write(mut self, outcome: &'static str, failed: usize) -> io::Result<()> {
        let Some(entry) = self.entry.take() else { return Ok(()) };
        let entry = Entry { outcome, failed: failed as u64, ..entry };
        with(&self.state, |state| state.close(&entry))
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            // There is no request left that could be told of an error. The next operation is told.
            with(&self.state, |state| state.close(&entry)).ok();
        }
    }
}

/// Works on the state, unless it is broken.
fn with<T>(state: &Mutex<State>, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
    match state.lock() {
        Ok(mut state) if !state.broken => work(&mut state),
        _ => {
            Err(io::Error::other("the audit log was cut, or could not be written before: restart the server"))
        }
    }
}

impl State {
    /// Fails, now and from now on, where the file was cut. Text behind its end would leave a hole, and the chain that
    /// was begun is gone.
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
            // This is always synced. Some file systems say only now that there is no room.
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
        // The state is broken until this is done, and for ever if it fails or panics.
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
            // An error is ignored: the spaces do no harm.
            self.disk.cut(self.end).ok();
        }
    }
}

#[cfg(test)]
mod tests;

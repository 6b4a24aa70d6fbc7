//! The folder in which repetitions outlive the process. Each caller has files of its own. Files are only appended to,
//! and are removed when nothing in them is needed.
//!
//! The requests of a caller are forgotten in the order in which they ended, so the oldest file goes first. A caller
//! that writes much does not fill the files of another.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::record::{self, Head, Kind};

/// How large a file may be before the next one is begun.
const FILE_BYTES: u64 = 8 * 1024 * 1024;

/// A folder for requests with an idempotency key, so that a restart forgets none of them.
///
/// # Privacy
///
/// It holds sealed answers, and hashes of keys, paths and bodies. On Unix only the owner of a new file may read it.
pub struct RepetitionsFolder {
    pub(super) path: PathBuf,
    /// Held for as long as the folder is in use.
    _lock: File,
}

impl RepetitionsFolder {
    /// Creates the folder, or continues the one that is there.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::ResourceBusy`] where it is in use already, here or in another process, and whatever the file
    /// system says.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        fs::create_dir_all(&path)?;
        let lock = options().open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                let busy = "the folder of repetitions is in use already, here or in another process";
                Err(io::Error::new(io::ErrorKind::ResourceBusy, busy))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The callers with files, by the names in the files, with the numbers of the files in their order.
    pub(super) fn callers(&self) -> io::Result<BTreeMap<String, Vec<u64>>> {
        let mut callers = BTreeMap::<String, Vec<u64>>::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let parts = name.to_str().and_then(|name| name.strip_suffix(".log")?.split_once('-'));
            if let Some((caller, number)) = parts
                && let Ok(number) = number.parse()
            {
                callers.entry(caller.to_owned()).or_default().push(number);
            }
        }
        callers.values_mut().for_each(|numbers| numbers.sort_unstable());
        Ok(callers)
    }
}

impl fmt::Debug for RepetitionsFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RepetitionsFolder").field("path", &self.path).finish_non_exhaustive()
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: u64,
    offset: u64,
}

/// The files of one caller.
pub(super) struct Journal {
    folder: Arc<RepetitionsFolder>,
    caller: String,
    writing: Mutex<Writing>,
    synced: Mutex<Synced>,
    turn: Condvar,
}

#[derive(Default)]
struct Writing {
    file: Option<Arc<File>>,
    number: u64,
    end: u64,
    /// How many bytes were written so far, to all files.
    written: u64,
}

#[derive(Default)]
struct Synced {
    /// How many of the bytes would survive a loss of power.
    bytes: u64,
    /// Somebody waits for the disk, for all who have written before.
    busy: bool,
}

impl Journal {
    /// Continues after the file of this number.
    pub(super) fn new(folder: Arc<RepetitionsFolder>, caller: String, last: u64) -> Self {
        let writing = Mutex::new(Writing { number: last, ..Writing::default() });
        Self { folder, caller, writing, synced: Mutex::default(), turn: Condvar::new() }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.path.join(format!("{}-{number:08}.log", self.caller))
    }

    /// Reads a file from its beginning, up to where it is torn.
    pub(super) fn read_all(&self, number: u64, mut take: impl FnMut(Head, Vec<u8>, Place)) -> io::Result<()> {
        let mut file = BufReader::new(File::open(self.path(number))?);
        let mut offset = 0;
        while let Some((head, with, len)) = record::read(&mut file)? {
            take(head, with, Place { file: number, offset });
            offset += len;
        }
        Ok(())
    }

    /// The data of the record at this place.
    pub(super) fn read(&self, place: Place) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.path(place.file))?;
        file.seek(SeekFrom::Start(place.offset))?;
        let record = record::read(&mut file)?;
        let (.., with, _) = record.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok(with)
    }

    /// Adds a record. It survives the end of this process. Once it is [synced](Self::sync), it survives a loss of
    /// power.
    pub(super) fn append(
        &self,
        kind: Kind,
        name: [u8; 32],
        asked: [u8; 32],
        with: &[u8],
    ) -> io::Result<Place> {
        let record = record::write(&Head { kind, name, asked, at: now() }, with)?;
        let mut writing = lock(&self.writing);
        let file = match &writing.file {
            Some(file) if writing.end < FILE_BYTES => Arc::clone(file),
            old => {
                if let Some(old) = old {
                    old.sync_data()?;
                }
                let number = writing.number + 1;
                let file = Arc::new(options().open(self.path(number))?);
                // After a loss of power, a new file exists only if its folder was synced.
                if let Ok(folder) = File::open(&self.folder.path) {
                    folder.sync_all().ok();
                }
                writing.number = number;
                writing.end = 0;
                writing.file = Some(Arc::clone(&file));
                file
            }
        };
        let place = Place { file: writing.number, offset: writing.end };
        let mut to = &*file;
        let done = to.seek(SeekFrom::Start(writing.end)).and_then(|_| to.write_all(&record));
        if let Err(error) = done {
            // A partial record would hide the records after it.
            file.set_len(writing.end).ok();
            return Err(error);
        }
        writing.end += record.len() as u64;
        writing.written += record.len() as u64;
        Ok(place)
    }

    /// Waits until all that was added would survive a loss of power. All that wait at the same time share one sync of
    /// the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        let wanted = lock(&self.writing).written;
        let mut synced = lock(&self.synced);
        loop {
            if synced.bytes >= wanted {
                return Ok(());
            }
            if !synced.busy {
                break;
            }
            synced = self.turn.wait(synced).unwrap_or_else(PoisonError::into_inner);
        }
        synced.busy = true;
        drop(synced);
        let (file, written) = {
            let writing = lock(&self.writing);
            (writing.file.clone(), writing.written)
        };
        let done = file.map_or(Ok(()), |file| file.sync_data());
        let mut synced = lock(&self.synced);
        synced.busy = false;
        if done.is_ok() {
            synced.bytes = synced.bytes.max(written);
        }
        self.turn.notify_all();
        done
    }

    /// Removes a file that is not needed, and returns whether it is gone. The file that is written to and the one
    /// before stay, because their last records may not be known yet.
    pub(super) fn remove(&self, number: u64) -> bool {
        let writing = lock(&self.writing);
        let removed = writing.file.is_none() || number + 1 < writing.number;
        if removed {
            fs::remove_file(self.path(number)).ok();
        }
        removed
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The second since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

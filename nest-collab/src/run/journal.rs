//! What a party keeps of a run: sealed records in one file, added one after the other, each on the disk before it counts.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::envelope::RunId;
use crate::error::CollabError;
use crate::identity::Org;

/// The store of a run. Its file is sealed with a key that is derived from the identity, so that a copy tells nothing.
///
/// A record is `length u32 | nonce 12 | sealed`, sealed with ChaCha20-Poly1305 to the run and its place in the file. A
/// record that a crash cut off is dropped: it was not kept, and what follows from it was not sent.
pub struct Journal {
    path: PathBuf,
    run: RunId,
    inner: Mutex<Inner>,
}

struct Inner {
    file: File,
    key: LessSafeKey,
    records: u64,
    kept: BTreeMap<String, Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Journal({})", self.run)
    }
}

impl Journal {
    /// Opens the journal of a run in a folder, and makes it where there is none.
    ///
    /// # Errors
    ///
    /// [`CollabError::Refused`] where another process works on the run, [`CollabError::Damaged`] where a record was
    /// changed, and [`CollabError::Settings`] where the file cannot be used.
    pub fn open(folder: &Path, org: &Org, run: RunId) -> Result<Self, CollabError> {
        let path = folder.join(format!("{run}.journal"));
        let failed = |error: std::io::Error| failed(&path, &error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        file.try_lock().map_err(|_| {
            CollabError::Refused(format!("another process works on run {run}: wait for it, or stop it first"))
        })?;
        let mut bytes = Zeroizing::new(Vec::new());
        file.read_to_end(&mut bytes).map_err(failed)?;
        let (key, mut records, mut kept) = (key(org)?, 0_u64, BTreeMap::new());
        let mut rest = bytes.as_slice();
        let mut whole = 0_u64;
        while let Some((record, after)) = next(rest) {
            let damaged = || CollabError::Damaged(format!("the journal {} was changed", path.display()));
            let (name, value) = open_record(&key, run, records, record).ok_or_else(damaged)?;
            kept.insert(name, value);
            records += 1;
            whole += u64::try_from(4 + record.len()).unwrap_or(0);
            rest = after;
        }
        if !rest.is_empty() {
            file.set_len(whole).map_err(failed)?;
        }
        file.seek(SeekFrom::Start(whole)).map_err(failed)?;
        Ok(Self { run, inner: Mutex::new(Inner { file, key, records, kept }), path: path.clone() })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps bytes under a name, in place of those before. They are on the disk when it returns.
    ///
    /// # Errors
    ///
    /// [`CollabError::Unavailable`] where the disk does not take them.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), CollabError> {
        let mut inner = self.inner();
        let full = |what: &str| CollabError::Unavailable(format!("{}: {what}", self.path.display()));
        let record = seal_record(&inner.key, self.run, inner.records, name, bytes)
            .ok_or_else(|| full("sealing failed"))?;
        let length = u32::try_from(record.len()).map_err(|_| full("too large"))?;
        let framed = [length.to_be_bytes().as_slice(), &record].concat();
        let written = inner.file.write_all(&framed).and_then(|()| inner.file.sync_data());
        written.map_err(|error| full(&error.kind().to_string()))?;
        inner.records += 1;
        inner.kept.insert(name.to_owned(), Zeroizing::new(bytes.to_vec()));
        Ok(())
    }

    /// What was kept under a name.
    pub fn get(&self, name: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.inner().kept.get(name).cloned()
    }

    /// The names that begin so.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let inner = self.inner();
        inner.kept.keys().filter(|name| name.starts_with(prefix)).cloned().collect()
    }

    /// Removes the file: nothing of the run is kept any more.
    ///
    /// # Errors
    ///
    /// [`CollabError::Settings`] where it cannot be removed.
    pub fn end(&self) -> Result<(), CollabError> {
        self.inner().kept.clear();
        match std::fs::remove_file(&self.path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed(&self.path, &error)),
        }
    }
}

fn failed(path: &Path, error: &std::io::Error) -> CollabError {
    CollabError::Settings(format!("the journal {} cannot be used: {}", path.display(), error.kind()))
}

fn key(org: &Org) -> Result<LessSafeKey, CollabError> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(b"nest-collab/journal/1"), &**org.identity().seed())
        .expand(org.device().as_str().as_bytes(), &mut *key)
        .ok()
        .and_then(|()| UnboundKey::new(&CHACHA20_POLY1305, &*key).ok())
        .map(LessSafeKey::new)
        .ok_or_else(|| CollabError::Damaged("the key of the journal cannot be derived".to_owned()))
}

fn next(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn place(run: RunId, record: u64) -> Vec<u8> {
    [run.0.as_slice(), &record.to_be_bytes()].concat()
}

fn seal_record(key: &LessSafeKey, run: RunId, record: u64, name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let nonce: [u8; 12] = rand::random();
    let length = u16::try_from(name.len()).ok()?;
    let mut text = Zeroizing::new([length.to_be_bytes().as_slice(), name.as_bytes(), bytes].concat());
    let data = Aad::from(place(run, record));
    let tag = key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), data, &mut text).ok()?;
    Some([&nonce, text.as_slice(), tag.as_ref()].concat())
}

fn open_record(
    key: &LessSafeKey,
    run: RunId,
    record: u64,
    bytes: &[u8],
) -> Option<(String, Zeroizing<Vec<u8>>)> {
    let (nonce, sealed) = bytes.split_first_chunk::<12>()?;
    let mut text = Zeroizing::new(sealed.to_vec());
    let data = Aad::from(place(run, record));
    let text = key.open_in_place(Nonce::assume_unique_for_key(*nonce), data, &mut text).ok()?;
    let (length, rest) = text.split_first_chunk::<2>()?;
    let (name, bytes) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((String::from_utf8(name.to_vec()).ok()?, Zeroizing::new(bytes.to_vec())))
}

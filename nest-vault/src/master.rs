//! The master key: what wraps the keys of all people, and stands outside both databases.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::envelope::{PersonKey, Suite};
use crate::id::{Deployment, KeyId, MasterId};

/// What the line of a master key begins with.
const PREFIX: &str = "nest-master-1";

/// No master file is longer.
const LONGEST: u64 = 4096;

/// The master key of a vault, and those before it that some keys may still be wrapped with.
///
/// It is one line of text, `nest-master-1 ID KEY`: the id in 16 hexadecimal digits, the key of 32 random bytes in
/// base64url. The id follows from the key, so a damaged line is told apart from a wrong one.
///
/// # Privacy
///
/// With it and both databases everything can be read that is not erased. Keep it apart from them, and a copy of it
/// apart from the copies of them. It is wiped when it is dropped; `Debug` shows ids only.
#[derive(Clone)]
pub struct Master {
    current: MasterKey,
    previous: Vec<MasterKey>,
}

/// One key of a [`Master`].
#[derive(Clone)]
pub(crate) struct MasterKey {
    id: MasterId,
    bytes: Zeroizing<[u8; 32]>,
    file: Option<PathBuf>,
}

/// Why there is no master key.
#[derive(Debug)]
#[non_exhaustive]
pub enum MasterError {
    /// The file cannot be read or written.
    File(PathBuf, io::Error),
    /// Others than its owner may read the file. Its mode has to be 0600 or 0400.
    OpenToOthers(PathBuf, u32),
    /// The environment variable of this name is not set, or is no Unicode.
    NotSet(String),
    /// The text is no master key of this version, or a part of it is missing.
    NotAKey,
    /// The text is a master key that was changed.
    Damaged,
}

impl fmt::Display for MasterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MasterError::File(path, error) => write!(f, "the master key file {}: {error}", path.display()),
            MasterError::OpenToOthers(path, mode) => write!(
                f,
                "the master key file {0} has mode {mode:04o} and others may read it: run `chmod 600 {0}`",
                path.display()
            ),
            MasterError::NotSet(name) => write!(f, "the environment variable {name} holds no master key"),
            MasterError::NotAKey => {
                f.write_str("this is no master key: it is one line, `nest-master-1 ID KEY`")
            }
            MasterError::Damaged => {
                f.write_str("the master key is damaged: its id does not fit; take the copy of it")
            }
        }
    }
}

impl std::error::Error for MasterError {}

impl Master {
    /// A new master key, from the operating system's random numbers.
    pub fn generate() -> Self {
        Self::of(MasterKey::new(Zeroizing::new(rand::random())))
    }

    /// The master key in a file that only its owner may read.
    ///
    /// # Errors
    ///
    /// [`MasterError::OpenToOthers`] where the mode is not 0600 or 0400, and what is wrong with the content.
    pub fn file(path: impl AsRef<Path>) -> Result<Self, MasterError> {
        let path = path.as_ref();
        let failed = |error| MasterError::File(path.to_owned(), error);
        let file = File::open(path).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // Of the file that was opened: the path may lead elsewhere by now.
            let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
            if mode & 0o077 != 0 {
                return Err(MasterError::OpenToOthers(path.to_owned(), mode));
            }
        }
        let mut text = Zeroizing::new(String::with_capacity(256));
        file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
        let mut key = MasterKey::parse(&text)?;
        key.file = Some(path.to_owned());
        Ok(Self::of(key))
    }

    /// The master key in an environment variable.
    ///
    /// # Errors
    ///
    /// [`MasterError::NotSet`], and what is wrong with the content.
    pub fn env(name: &str) -> Result<Self, MasterError> {
        let text = std::env::var(name).map_err(|_| MasterError::NotSet(name.to_owned()))?;
        Ok(Self::of(MasterKey::parse(&Zeroizing::new(text))?))
    }

    /// The master key in a line of text.
    ///
    /// # Errors
    ///
    /// [`MasterError::NotAKey`] and [`MasterError::Damaged`].
    pub fn parse(text: &str) -> Result<Self, MasterError> {
        Ok(Self::of(MasterKey::parse(text)?))
    }

    /// Makes a new master key and writes it to a new file of mode 0600, and waits until it would survive a loss of
    /// power.
    ///
    /// # Errors
    ///
    /// [`MasterError::File`]; a file that is there already is not written over.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, MasterError> {
        let path = path.as_ref();
        let failed = |error| MasterError::File(path.to_owned(), error);
        let mut master = Self::generate();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        file.write_all(master.current.line().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        sync_folder(path);
        master.current.file = Some(path.to_owned());
        Ok(master)
    }

    /// With a master key of before, which some keys may still be wrapped with.
    #[must_use]
    pub fn with_previous(mut self, previous: Master) -> Self {
        self.previous.push(previous.current);
        self.previous.extend(previous.previous);
        self
    }

    /// Which one it is.
    pub fn id(&self) -> MasterId {
        self.current.id
    }

    fn of(current: MasterKey) -> Self {
        Self { current, previous: Vec::new() }
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys().map(|key| key.id)).finish()
    }
}

impl MasterKey {
    fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        let mut id = [0; 8];
        derive(&*bytes, None, b"nest-vault/master-id/1", &mut id);
        Self { id: MasterId(id), bytes, file: None }
    }

    fn parse(text: &str) -> Result<Self, MasterError> {
        let mut words = text.split_ascii_whitespace();
        let (Some(PREFIX), Some(id), Some(key), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(MasterError::NotAKey);
        };
        let id = MasterId::from_hex(id).ok_or(MasterError::NotAKey)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(key).map_err(|_| MasterError::Damaged)?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| MasterError::Damaged)?;
        let key = Self::new(Zeroizing::new(bytes));
        if key.id == id { Ok(key) } else { Err(MasterError::Damaged) }
    }

    fn line(&self) -> Zeroizing<String> {
        let key = Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.bytes));
        Zeroizing::new(format!("{PREFIX} {} {}\n", self.id, *key))
    }

    pub(crate) fn id(&self) -> MasterId {
        self.id
    }

    /// Where it was read from.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// What tells that this master belongs to a deployment, without any key.
    pub(crate) fn check_value(&self, deployment: Deployment) -> [u8; 16] {
        let mut check = [0; 16];
        derive(&*self.bytes, Some(&deployment.0), b"nest-vault/check/1", &mut check);
        check
    }

    pub(crate) fn checks(&self, deployment: Deployment, value: &[u8]) -> bool {
        self.check_value(deployment).as_slice().ct_eq(value).into()
    }

    /// The key that wraps the keys of people. It is used as a person's key is, with GCM-SIV.
    pub(crate) fn wrapping_key(&self, deployment: Deployment) -> Option<PersonKey> {
        let mut key = Zeroizing::new([0; 32]);
        derive(&*self.bytes, Some(&deployment.0), b"nest-vault/wrap/1", &mut *key);
        PersonKey::from_parts(KeyId([0; 16]), Suite::Aes256GcmSiv, &*key)
    }
}

/// HKDF-SHA-256, for what is far below its limit of length.
pub(crate) fn derive(secret: &[u8], salt: Option<&[u8]>, info: &[u8], out: &mut [u8]) {
    if Hkdf::<Sha256>::new(salt, secret).expand(info, out).is_err() {
        out.fill(0);
    }
}

/// A new file is there after a loss of power only once its folder is.
pub(crate) fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        // Some file systems cannot, and need not.
        folder.sync_all().ok();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_back_and_a_changed_one_is_damaged() {
        let master = Master::generate();
        let line = master.current.line();
        let read = Master::parse(&line).unwrap();
        assert_eq!((read.id(), &*read.current.bytes), (master.id(), &*master.current.bytes));
        let key = line.split(' ').next_back().unwrap().trim();
        let other = if key.starts_with('A') { "B" } else { "A" };
        let changed = line.replace(key, &key.replacen(key.get(..1).unwrap(), other, 1));
        assert!(matches!(Master::parse(&changed), Err(MasterError::Damaged)));
        let cut = line.get(..60).unwrap();
        assert!(matches!(Master::parse(cut), Err(MasterError::Damaged)));
        for text in ["", "nest-master-1", "nest-master-2 0000000000000000 AA", "secret"] {
            assert!(matches!(Master::parse(text), Err(MasterError::NotAKey)), "{text}");
        }
        assert!(!format!("{master:?}").contains(key));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = std::env::temp_dir().join(format!("nest-master-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("master.key");
        let master = Master::create(&path).unwrap();
        assert_eq!(Master::file(&path).unwrap().id(), master.id());
        assert!(matches!(Master::create(&path), Err(MasterError::File(..))));
        for mode in [0o644, 0o640, 0o601] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(Master::file(&path), Err(MasterError::OpenToOthers(_, seen)) if seen == mode));
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
        assert!(Master::file(&path).is_ok());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_check_value_is_that_of_one_deployment() {
        let (master, other) = (Master::generate(), Master::generate());
        let here = Deployment::random();
        let value = master.current.check_value(here);
        assert!(master.current.checks(here, &value));
        assert!(!master.current.checks(Deployment::random(), &value));
        assert!(!other.current.checks(here, &value));
        assert!(!master.current.checks(here, &[]));
    }
}

//! What the launcher `nest-confine` does: confines itself, and replaces itself by the program.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fmt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;

use super::{filter, paths};

/// The line that the launcher writes once the program is confined. What is written before it is not believed.
pub(crate) const CONFINED: &str = r#"{"confined":1}"#;

/// The largest file that a program may write: 1 GiB.
const LARGEST_FILE: u64 = 1 << 30;

/// How many files a program may have open.
const OPEN_FILES: u64 = 256;

/// What is confined, and to what: the arguments of the launcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The directory of the run, which is all that the program writes in.
    pub folder: PathBuf,
    /// What it reads and executes beside the system's programs and libraries.
    pub reads: Vec<PathBuf>,
    /// The memory in bytes.
    pub memory: u64,
    /// The time on a processor in seconds.
    pub seconds: u64,
    /// The program and its arguments.
    pub command: Vec<OsString>,
}

/// Why a program was not started. It says what is missing on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchError(String);

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LaunchError {}

impl Launch {
    /// As arguments of the launcher.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--folder".into(), self.folder.clone().into()];
        for path in &self.reads {
            arguments.extend(["--read".into(), path.clone().into()]);
        }
        arguments.extend(["--memory".into(), self.memory.to_string().into()]);
        arguments.extend(["--seconds".into(), self.seconds.to_string().into(), "--".into()]);
        arguments.extend(self.command.iter().cloned());
        arguments
    }

    /// Reads the arguments of the launcher.
    ///
    /// # Errors
    ///
    /// A sentence that says how it is called.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, LaunchError> {
        let usage = || {
            LaunchError(
                "nest-confine --folder DIR [--read PATH]… --memory BYTES --seconds N -- PROGRAM [ARGUMENT]…"
                    .to_owned(),
            )
        };
        let mut arguments = arguments.into_iter();
        let (mut folder, mut reads, mut memory, mut seconds) = (None, Vec::new(), None, None);
        while let Some(name) = arguments.next() {
            if name == "--" {
                break;
            }
            let value = arguments.next().ok_or_else(usage)?;
            let number = value.to_str().and_then(|text| text.parse::<u64>().ok());
            match name.to_str() {
                Some("--folder") => folder = Some(PathBuf::from(value)),
                Some("--read") => reads.push(value.into()),
                Some("--memory") => memory = number,
                Some("--seconds") => seconds = number,
                _ => return Err(usage()),
            }
        }
        let command: Vec<OsString> = arguments.collect();
        let (Some(folder), Some(memory), Some(seconds)) = (folder, memory, seconds) else {
            return Err(usage());
        };
        if command.is_empty() {
            return Err(usage());
        }
        Ok(Self { folder, reads, memory, seconds, command })
    }

    /// Confines this process and replaces it by the program. It returns only where that failed: then nothing was started.
    ///
    /// # Errors
    ///
    /// A [`LaunchError`] where any part of the confinement is missing, or the program is not there.
    pub fn run(self) -> Result<Infallible, LaunchError> {
        let failed = |what: &str, error: &dyn fmt::Display| LaunchError(format!("{what}: {error}"));
        keep_standard_files()?;
        let (program, arguments) =
            self.command.split_first().ok_or_else(|| LaunchError("no program".to_owned()))?;
        // The program ends with the node.
        set_pdeathsig(Signal::SIGKILL).map_err(|error| failed("the parent", &error))?;
        let folder = self.folder.canonicalize();
        let folder = folder.map_err(|error| failed("the directory of the run", &error))?;
        std::env::set_current_dir(&folder).map_err(|error| failed("the directory of the run", &error))?;
        for (resource, most) in [
            (Resource::RLIMIT_AS, self.memory),
            (Resource::RLIMIT_CPU, self.seconds),
            (Resource::RLIMIT_FSIZE, LARGEST_FILE),
            (Resource::RLIMIT_NOFILE, OPEN_FILES),
            (Resource::RLIMIT_CORE, 0),
        ] {
            setrlimit(resource, most, most).map_err(|error| failed("a limit", &error))?;
        }
        paths::confine(&folder, &self.reads).map_err(LaunchError)?;
        let filters =
            filter::filters(std::process::id()).map_err(|error| failed("no filter of calls", &error))?;
        for filter in &filters {
            seccompiler::apply_filter(filter).map_err(|error| failed("no filter of calls", &error))?;
        }
        // Written by hand: the program's own output begins after it.
        use std::io::Write;
        let mut out = std::io::stdout();
        let told = writeln!(out, "{CONFINED}").and_then(|()| out.flush());
        told.map_err(|error| failed("the node", &error))?;
        let error = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("HOME", &folder)
            .env("TMPDIR", &folder)
            .exec();
        Err(failed("the program cannot be started: are its paths listed?", &error.kind()))
    }
}

/// Closes what the node has open, or what opened the node: nothing of it goes on to the program.
fn keep_standard_files() -> Result<(), LaunchError> {
    let failed =
        |error: std::io::Error| LaunchError(format!("open files are not listed in /proc: {}", error.kind()));
    let mut numbers = Vec::new();
    for file in std::fs::read_dir("/proc/self/fd").map_err(failed)? {
        let name = file.map_err(failed)?.file_name();
        numbers.extend(name.to_str().and_then(|name| name.parse::<i32>().ok()).filter(|number| *number > 2));
    }
    for number in numbers {
        // The list itself was open while it was read, and is closed already.
        if !matches!(nix::unistd::close(number), Ok(()) | Err(Errno::EBADF)) {
            return Err(LaunchError("an open file of the node cannot be closed".to_owned()));
        }
    }
    Ok(())
}

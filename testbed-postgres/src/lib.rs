//! A real PostgreSQL server for tests: started in a temporary directory, gone when the test process ends.
//!
//! ```
//! # fn main() -> std::io::Result<()> {
//! let server = nest_testbed_postgres::Postgres::start()?;
//! let url = server.fresh_database()?;
//! assert!(url.starts_with("postgres://"));
//! # Ok(()) }
//! ```
//!
//! The server listens on a Unix socket only, in a directory that no other user of the machine may enter. It stops and
//! its directory is removed when the [`Postgres`] is dropped, and also when the test process ends without dropping it:
//! a `static` is never dropped, and a killed process drops nothing.

mod account;
mod programs;

use std::io::{Error, Result};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use account::Account;

/// A PostgreSQL server that belongs to this process.
///
/// It promises no durability: it does not flush to disk, so that tests are quick. A client that is killed loses what
/// it had not committed and nothing else; that is what tests of transactions need.
#[derive(Debug)]
pub struct Postgres {
    supervisor: Child,
    programs: PathBuf,
    account: Option<Account>,
    directory: PathBuf,
    databases: AtomicU32,
}

/// The database user.
const USER: &str = "nest";

/// How long the server may take to accept its first connection.
const START: Duration = Duration::from_secs(60);

/// Runs the server until the standard input closes: it closes when the test process ends, in whatever way.
const SUPERVISE: &str = r#"
exec 3<&0
"$1/postgres" -D "$2/data" -k "$2" >"$2/log" 2>&1 </dev/null 3<&- &
server=$!
( read -r line <&3; kill -QUIT "$server" ) &
reader=$!
wait "$server"
kill "$reader"
rm -rf "$2"
"#;

/// Connections for many tests at once; no network; no flushing.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 200
shared_buffers = '32MB'
fsync = off
synchronous_commit = off
full_page_writes = off
";

static SERVERS: AtomicU32 = AtomicU32::new(0);

impl Postgres {
    /// Starts a server with its own data directory.
    ///
    /// PostgreSQL refuses to run as root. A root process starts it as the user `postgres`, which Debian's package
    /// creates, or else as `nobody`.
    ///
    /// # Errors
    /// PostgreSQL is not installed (the message says what to install), or it does not start (the message has the end
    /// of its log).
    pub fn start() -> Result<Self> {
        let programs = programs::find()?;
        let account = Account::for_server()?;
        let number = SERVERS.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("nest-postgres-{}-{number}", std::process::id()));
        // A process of the same id may have been stopped together with its supervisor.
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::DirBuilder::new().mode(0o700).create(&directory)?;
        if let Some(account) = account {
            chown(&directory, Some(account.user), Some(account.group))?;
        }
        let mut initdb = command(&programs.join("initdb"), account, &directory);
        initdb.args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username", USER]);
        run(initdb.arg("--pgdata").arg(directory.join("data")))?;
        let settings = directory.join("data/postgresql.auto.conf");
        std::fs::write(settings, SETTINGS)?;

        let mut supervisor = command(Path::new("/bin/sh"), account, &directory);
        supervisor.args(["-c", SUPERVISE, "sh"]).arg(&programs).arg(&directory);
        // Its own process group: the terminal's Ctrl-C reaches the tests, then this by the closed input.
        supervisor.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let supervisor = supervisor.spawn()?;
        let mut server = Self { supervisor, programs, account, directory, databases: AtomicU32::new(0) };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// The address of a database on this server, as `sqlx` and `libpq` read it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@localhost/{database}?host={}", self.directory.display())
    }

    /// Creates an empty database with a name of its own and gives its address.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn fresh_database(&self) -> Result<String> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut createdb = command(&self.programs.join("createdb"), self.account, &self.directory);
        run(createdb.arg("--host").arg(&self.directory).args(["--username", USER, &name]))?;
        Ok(self.url(&name))
    }

    /// The directory of the socket, the data and the log.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + START;
        let mut log = String::new();
        loop {
            let mut ready = command(&self.programs.join("pg_isready"), self.account, &self.directory);
            ready.arg("--quiet").arg("--host").arg(&self.directory);
            if ready.status()?.success() {
                return Ok(());
            }
            // The log goes with the directory when the server ends by itself.
            log = std::fs::read_to_string(self.directory.join("log")).unwrap_or(log);
            if Instant::now() > deadline || self.supervisor.try_wait()?.is_some() {
                return Err(Error::other(format!("PostgreSQL did not start: {}", last_lines(&log))));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// A command that runs as the server's account, in a directory that the account may enter.
fn command(program: &Path, account: Option<Account>, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory).env("LC_ALL", "C").env_remove("PGOPTIONS").env_remove("PGSERVICE");
    if let Some(account) = account {
        command.uid(account.user).gid(account.group);
    }
    command
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    let program = command.get_program().display();
    Err(Error::other(format!("{program} failed: {}", last_lines(&message))))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines.get(lines.len().saturating_sub(5)..).unwrap_or_default().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_answers_and_nothing_stays_behind() -> Result<()> {
        let server = Postgres::start()?;
        let directory = server.directory().to_owned();
        let (first, second) = (server.fresh_database()?, server.fresh_database()?);
        assert_ne!(first, second);
        let mut psql = command(&server.programs.join("psql"), server.account, &directory);
        let answer = psql.args([&second, "-Atc", "SELECT 6 * 7"]).output()?;
        assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "42");
        drop(server);
        assert!(!directory.exists());
        Ok(())
    }

    /// The child process of this test starts a server and is killed: it drops nothing.
    #[test]
    fn the_server_of_a_killed_process_stops() -> Result<()> {
        const CHILD: &str = "NEST_TESTBED_POSTGRES_CHILD";
        const NAME: &str = "tests::the_server_of_a_killed_process_stops";
        if std::env::var_os(CHILD).is_some() {
            let server = Postgres::start()?;
            std::fs::write(
                std::env::var_os(CHILD).unwrap_or_default(),
                server.directory().display().to_string(),
            )?;
            std::thread::sleep(Duration::from_secs(600));
        }
        let file = std::env::temp_dir().join(format!("nest-postgres-child-{}", std::process::id()));
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--exact", NAME, "--nocapture"])
            .env(CHILD, &file)
            .spawn()?;
        let deadline = Instant::now() + START;
        let directory = loop {
            match std::fs::read_to_string(&file) {
                Ok(path) if !path.is_empty() => break PathBuf::from(path),
                _ if Instant::now() > deadline => return Err(Error::other("the child wrote nothing")),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        assert!(directory.exists());
        child.kill()?;
        child.wait()?;
        while directory.exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(!directory.exists());
        std::fs::remove_file(file)
    }
}

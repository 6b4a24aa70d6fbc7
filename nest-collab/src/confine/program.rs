//! Runs a program of a step: starts it confined, answers its requests, and ends it.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::launch::{CONFINED, Launch};
use super::protocol::{Answer, LONGEST_LINE, Request};
use super::results::Claim;
use super::steps::{Refusal, StepRecords, Steps};

/// The file in the directory of the run that has what the program writes on standard error. It may hold data.
const ERRORS: &str = "stderr.log";

/// How long a program may take to end after `done`.
const GRACE: Duration = Duration::from_secs(5);

/// A program that computes a step.
#[derive(Debug, Clone)]
pub struct Program {
    /// The launcher `nest-confine`, which stands beside the node's own program.
    pub launcher: PathBuf,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The directory of the run.
    pub folder: PathBuf,
    /// What it reads and executes beside the system's programs and libraries: the folder with its scripts.
    pub reads: Vec<PathBuf>,
    /// The memory in bytes.
    pub memory: u64,
    /// The time in all, waiting for other parties included. The time on a processor is at most as long.
    pub time: Duration,
}

/// Why the program of a step failed. Nothing that it wrote is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgramError {
    /// It was not started, since it cannot be confined here.
    NotConfined(String),
    /// It made a call that ends it: it opened a socket, started another process, or looked into one.
    Stopped,
    /// Its time was over.
    Time,
    /// It took more time on a processor than its time in all.
    Processor,
    /// It ended by a signal, as it does where its memory is over or a fault is in it.
    Signal(i32),
    /// It ended with an exit code before it was done.
    Ended(Option<i32>),
    /// It was done and did not end.
    Outlived,
    /// It wrote something that is no request.
    Request(&'static str),
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProgramError::NotConfined(reason) => write!(f, "the program was not started: {reason}"),
            ProgramError::Stopped => f.write_str(
                "the program was stopped: it opened a socket, started another process, or looked into another one",
            ),
            ProgramError::Time => f.write_str("the program was stopped: its time was over"),
            ProgramError::Processor => f.write_str("the program was stopped: its time on a processor was over"),
            ProgramError::Signal(signal) => write!(
                f,
                "the program ended by signal {signal} before it was done: was its memory too small? \
                 `{ERRORS}` in the directory of the run says more"
            ),
            ProgramError::Ended(code) => {
                let code = code.map_or_else(|| "unknown".to_owned(), |code| code.to_string());
                write!(
                    f,
                    "the program ended with exit code {code} before it was done: \
                     `{ERRORS}` in the directory of the run says more"
                )
            }
            ProgramError::Outlived => f.write_str("the program was stopped: it was done and did not end"),
            ProgramError::Request(fault) => write!(f, "the program was stopped: {fault}"),
        }
    }
}

impl std::error::Error for ProgramError {}

impl Program {
    /// Runs the program until it is done; what it claims to have found.
    ///
    /// # Errors
    ///
    /// A [`ProgramError`]. The program has ended then, whatever it did.
    pub async fn run(
        &self,
        records: &StepRecords,
        steps: &mut dyn Steps,
    ) -> Result<Vec<Claim>, ProgramError> {
        let not_confined = |error: std::io::Error| ProgramError::NotConfined(error.kind().to_string());
        let errors = std::fs::File::create(self.folder.join(ERRORS)).map_err(not_confined)?;
        let launch = Launch {
            folder: self.folder.clone(),
            reads: self.reads.clone(),
            memory: self.memory,
            seconds: self.time.as_secs().max(1),
            command: self.command.clone(),
        };
        let mut child = Command::new(&self.launcher)
            .args(launch.arguments())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(not_confined)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ProgramError::NotConfined("no pipes".to_owned()));
        };
        let mut talk = Talk { input, output: BufReader::new(output), folder: &self.folder };
        let talked = tokio::time::timeout(self.time, talk.until_done(records, steps)).await;
        let result = match talked {
            Err(_) => Err(ProgramError::Time),
            Ok(Err(Ending::Fault(error))) => Err(error),
            // Its output ended: it has ended, or does so now.
            Ok(Err(Ending::Output)) => Err(ended(wait(&mut child, GRACE).await)),
            Ok(Ok(claims)) => {
                drop(talk);
                match wait(&mut child, GRACE).await {
                    Some(status) if status.success() => Ok(claims),
                    status => Err(ended(status)),
                }
            }
        };
        // Whatever it did, it has ended now. It has no other process, as it can start none.
        let _ = child.kill().await;
        result
    }
}

/// Why the talk ended before the program was done.
enum Ending {
    Output,
    Fault(ProgramError),
}

impl From<std::io::Error> for Ending {
    fn from(_: std::io::Error) -> Self {
        Ending::Output
    }
}

async fn wait(child: &mut Child, time: Duration) -> Option<ExitStatus> {
    tokio::time::timeout(time, child.wait()).await.ok()?.ok()
}

fn ended(status: Option<ExitStatus>) -> ProgramError {
    match status {
        None => ProgramError::Outlived,
        Some(status) => match status.signal() {
            Some(libc::SIGSYS) => ProgramError::Stopped,
            Some(libc::SIGXCPU) => ProgramError::Processor,
            Some(signal) => ProgramError::Signal(signal),
            None => ProgramError::Ended(status.code()),
        },
    }
}

struct Talk<'a> {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: &'a Path,
}

impl Talk<'_> {
    async fn until_done(
        &mut self,
        records: &StepRecords,
        steps: &mut dyn Steps,
    ) -> Result<Vec<Claim>, Ending> {
        let first = self.line().await?;
        if first.as_deref() != Some(CONFINED.as_bytes()) {
            return Err(Ending::Fault(ProgramError::NotConfined(self.why_not())));
        }
        loop {
            let line = self.line().await?.ok_or(Ending::Output)?;
            let request = serde_json::from_slice(&line);
            // The message of the reader may hold what the program wrote.
            let request: Request = request.map_err(|_| {
                Ending::Fault(ProgramError::Request("it wrote a line on standard output that is no request"))
            })?;
            if let Request::Done { results } = request {
                self.answer(&Answer::Done {}).await?;
                return Ok(results);
            }
            let answer = answer(request, records, steps).await;
            let answer = answer.unwrap_or_else(|Refusal(reason)| Answer::Refused { reason });
            self.answer(&answer).await?;
        }
    }

    /// One line without its end; `None` where there is no more.
    async fn line(&mut self) -> Result<Option<Vec<u8>>, Ending> {
        let mut line = Vec::new();
        let mut limited = (&mut self.output).take(LONGEST_LINE as u64 + 1);
        if limited.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line.len() > LONGEST_LINE {
            return Err(Ending::Fault(ProgramError::Request("it wrote a line of more than 8 MiB")));
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(Some(line))
    }

    async fn answer(&mut self, answer: &Answer) -> Result<(), Ending> {
        let mut line = serde_json::to_vec(answer).unwrap_or_default();
        line.push(b'\n');
        // Where the program has closed its input, its output says why.
        let _ = self.input.write_all(&line).await;
        let _ = self.input.flush().await;
        Ok(())
    }

    /// What the launcher wrote: the program was not started, so that nothing else did.
    fn why_not(&self) -> String {
        let written = std::fs::read(self.folder.join(ERRORS)).unwrap_or_default();
        let text = String::from_utf8_lossy(&written);
        let line = text.lines().find_map(|line| line.strip_prefix("nest-confine: "));
        line.unwrap_or("the launcher gave no reason").to_owned()
    }
}

async fn answer(request: Request, records: &StepRecords, steps: &mut dyn Steps) -> Result<Answer, Refusal> {
    Ok(match request {
        Request::Read { fields, after, limit } => {
            let (records, next) = records.read(&fields, after, limit)?;
            Answer::Read { records, next }
        }
        Request::Send { step, to, message } => {
            steps.send(step, &to, message).await?;
            Answer::Sent {}
        }
        Request::Receive { step, from } => Answer::Received { message: steps.receive(step, &from).await? },
        Request::Put { name, value } => Answer::Kept { version: steps.put(&name, value).await? },
        Request::Take { name } => Answer::Taken { value: steps.take(&name).await? },
        Request::Done { .. } => Answer::Done {},
    })
}

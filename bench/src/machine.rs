//! Where something was measured: a ratio says little without it, and a time nothing.

use std::fmt;
use std::fs;
use std::process::Command;

/// The machine of this run, as it was when asked.
#[derive(Debug, Clone)]
pub struct Machine {
    cores: usize,
    processor: String,
    compiler: String,
    busy: Option<f64>,
}

impl Machine {
    /// Asks it. What it does not say is unknown.
    pub fn here() -> Self {
        let unknown = || "unknown".to_owned();
        let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
        let compiler = Command::new("rustc").arg("--version").output().ok();
        let compiler = compiler.and_then(|output| String::from_utf8(output.stdout).ok());
        let load = fs::read_to_string("/proc/loadavg").ok();
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: processor.unwrap_or_else(unknown),
            compiler: compiler.map_or_else(unknown, |text| text.trim().to_owned()),
            busy: load.and_then(|text| text.split_whitespace().next()?.parse().ok()),
        }
    }
}

/// A sentence.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, compiler, busy } = self;
        write!(f, "{cores} cores ({processor}), {compiler}")?;
        if let Some(busy) = busy {
            write!(f, ", {busy:.1} programs running or waiting in the minute before")?;
        }
        f.write_str(".")
    }
}

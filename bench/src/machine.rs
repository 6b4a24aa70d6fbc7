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
    threads_of_a_core: Option<usize>,
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
        let siblings = fs::read_to_string("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list").ok();
        let load = fs::read_to_string("/proc/loadavg").ok();
        Self {
            cores: cores(),
            processor: processor.unwrap_or_else(unknown),
            compiler: compiler.map_or_else(unknown, |text| text.trim().to_owned()),
            threads_of_a_core: siblings.and_then(|text| listed(text.trim())),
            busy: load.and_then(|text| text.split_whitespace().next()?.parse().ok()),
        }
    }
}

/// How many programs can run at once here.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// How many numbers a list as the kernel writes it holds: `0,2` or `0-1`.
fn listed(list: &str) -> Option<usize> {
    list.split(',').try_fold(0, |sum, part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.parse::<usize>().ok()?, last.parse::<usize>().ok()?);
        Some(sum + last.checked_sub(first)? + 1)
    })
}

/// A sentence.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, compiler, threads_of_a_core, busy } = self;
        write!(f, "{cores} cores ({processor}")?;
        match threads_of_a_core {
            Some(1) => f.write_str("; as far as the system says, no two are threads of one")?,
            Some(threads) => write!(f, "; {threads} of them are threads of one")?,
            None => f.write_str("; the system does not say whether they are threads of one")?,
        }
        write!(f, "), {compiler}")?;
        if let Some(busy) = busy {
            write!(f, ", {busy:.1} programs running or waiting in the minute before")?;
        }
        f.write_str(".")
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn lists_of_the_kernel_are_counted() {
        assert_eq!(["0", "0,64", "0-1", "0-1,8-9"].map(listed), [Some(1), Some(2), Some(2), Some(4)]);
        assert_eq!(["", "1-0", "a"].map(listed), [None; 3]);
    }
}

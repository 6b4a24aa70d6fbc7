//! A progress bar for long work on a terminal. Elsewhere it prints a few plain lines.

use std::io::{IsTerminal, Write, stderr};

const WIDTH: usize = 30;
const QUARTERS: usize = 4;

/// Shows on standard error how much of something is done.
pub(crate) struct Bar {
    label: &'static str,
    done: usize,
    total: usize,
    terminal: bool,
    shown: bool,
}

impl Bar {
    pub(crate) fn new(label: &'static str, total: usize) -> Self {
        let bar = Self { label, done: 0, total: total.max(1), terminal: stderr().is_terminal(), shown: true };
        bar.show(0);
        bar
    }

    /// For what is done in a moment.
    pub(crate) fn hidden() -> Self {
        Self { label: "", done: 0, total: 1, terminal: false, shown: false }
    }

    pub(crate) fn advance(&mut self, by: usize) {
        let before = self.done;
        self.done = (self.done + by).min(self.total);
        self.show(before);
    }

    fn show(&self, before: usize) {
        let Self { label, done, total, terminal, shown } = self;
        if !shown {
            return;
        }
        let mut out = stderr();
        let _ = if *terminal {
            let filled = WIDTH * done / total;
            let bar = format!("{}{}", "█".repeat(filled), "░".repeat(WIDTH - filled));
            write!(out, "\r\x1b[2K   {bar} {done:>4} of {total} {label}").and_then(|()| out.flush())
        } else if QUARTERS * done / total > QUARTERS * before / total {
            writeln!(out, "   {done:>4} of {total} {label}")
        } else {
            Ok(())
        };
    }
}

impl Drop for Bar {
    /// What follows begins on a clean line.
    fn drop(&mut self) {
        if self.terminal {
            let _ = write!(stderr(), "\r\x1b[2K");
        }
    }
}

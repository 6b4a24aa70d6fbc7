//! What a piece of work took, by the clock and of the cores.

use std::time::Instant;

use cpu_time::ProcessTime;

/// Milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// By the clock: more than of the cores where somebody waited, less where several worked.
    pub clock: f64,
    /// Of all cores together, by this whole process: what else the machine does does not count.
    pub core: f64,
}

/// Work that is under way.
#[derive(Debug)]
pub struct Stopwatch {
    start: Instant,
    core: ProcessTime,
}

impl Stopwatch {
    /// From now on.
    pub fn start() -> Self {
        Self { core: ProcessTime::now(), start: Instant::now() }
    }

    /// Until now.
    pub fn stop(&self) -> Took {
        let milliseconds = |duration: std::time::Duration| duration.as_secs_f64() * 1000.0;
        Took { clock: milliseconds(self.start.elapsed()), core: milliseconds(self.core.elapsed()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Stopwatch;
    use std::thread;
    use std::time::{Duration, Instant};

    #[test]
    fn waiting_takes_no_core_and_working_does() {
        let watch = Stopwatch::start();
        thread::sleep(Duration::from_millis(300));
        let waited = watch.stop();
        assert!(waited.clock >= 300.0);

        let watch = Stopwatch::start();
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(300) {}
        // Other programs may have had the core meanwhile, and other tests of this process another.
        let worked = watch.stop();
        assert!(waited.core < 250.0 && worked.core > 0.0, "{waited:?} {worked:?}");
    }
}

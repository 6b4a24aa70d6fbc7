//! What a piece of work took, by the clock and of the cores.

use std::fs;
use std::time::Instant;

/// Milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// By the clock: more than of the cores where somebody waited, less where several worked.
    pub clock: f64,
    /// Of all cores together, by this whole process: what else the machine does does not count. Linux alone says.
    pub core: Option<f64>,
}

/// Work that is under way.
#[derive(Debug)]
pub struct Stopwatch {
    start: Instant,
    core: Option<f64>,
}

impl Stopwatch {
    /// From now on.
    pub fn start() -> Self {
        Self { core: core(), start: Instant::now() }
    }

    /// Until now.
    pub fn stop(&self) -> Took {
        let clock = self.start.elapsed().as_secs_f64() * 1000.0;
        Took { clock, core: core().zip(self.core).map(|(now, then)| now - then) }
    }
}

/// What all threads of this process took so far, to ten milliseconds.
fn core() -> Option<f64> {
    /// The kernel tells it in hundredths of a second, whatever its own clock.
    const TICK: f64 = 10.0;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Some(ticks.collect::<Result<Vec<_>, _>>().ok()?.iter().sum::<f64>() * TICK)
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
        if let (Some(waited), Some(worked)) = (waited.core, worked.core) {
            assert!(waited < 250.0 && worked > 0.0, "{waited} {worked}");
        }
    }
}

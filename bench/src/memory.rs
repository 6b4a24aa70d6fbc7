//! How much memory a piece of work holds at most.

use std::fs;

/// What this process has in memory, in KiB. Linux alone says.
pub(crate) fn resident() -> Option<f64> {
    status("VmRSS:")
}

/// What some work gives, and the most that this process had in memory during it, in KiB.
///
/// What was freed before may be used again unseen. So whoever compares works does the smallest first.
pub(crate) fn peak<T>(work: impl FnOnce() -> T) -> (T, Option<f64>) {
    // From now on the kernel looks for the peak again.
    let watched = fs::write("/proc/self/clear_refs", "5").is_ok();
    let result = work();
    (result, status("VmHWM:").filter(|_| watched))
}

fn status(line: &str) -> Option<f64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    text.lines().find_map(|text| text.strip_prefix(line))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{peak, resident};
    use std::hint::black_box;

    #[test]
    fn what_was_held_and_let_go_is_seen() {
        let before = resident();
        let ((), peak) = peak(|| drop(black_box(vec![1_u8; 32 << 20])));
        if let (Some(before), Some(peak)) = (before, peak) {
            assert!(peak - before >= 30_000.0, "{before} {peak}");
        }
    }
}

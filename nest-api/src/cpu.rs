//! Work for the processor, kept off the threads that read requests.

/// The work panicked, or the process is ending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopped;

/// Runs work that takes long without waiting for anything, on a thread that may be busy: sealing a batch
/// takes seconds.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Stopped> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Stopped)
}

//! Envelopes, the relay, nodes and runs, with a real relay on this machine.

#[cfg(feature = "cli")]
mod command;
mod envelopes;
mod format;
mod keys;
mod liar;
mod lies;
mod relay;
mod runs;
mod steps;
mod world;

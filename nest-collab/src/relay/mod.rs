//! The relay that carries envelopes between organisations: what it says, how to call it, and (feature `relay`) itself.

mod api;
mod client;
#[cfg(feature = "relay")]
pub mod server;

pub use api::{
    Collaboration, DirectoryPage, MailItem, Mailbox, NewOrganization, Organization, Outcome, Problem,
    RunRecord, RunState,
};
pub use client::{HttpRelay, Mail, Relay};

//! What travels between platform and data source: messages, and the items that are sealed in them.

mod erased;
pub(crate) mod item;
pub(crate) mod mark;
pub(crate) mod message;
pub(crate) mod minute;

pub use message::Message;
pub use minute::Minute;

//! Taking a request in: who calls, how much they may send at once, and the body.

pub(crate) mod body;
pub(crate) mod caller;
pub(crate) mod guard;
pub(crate) mod memory;
pub(crate) mod methods;
pub(crate) mod patience;
pub(crate) mod received;
pub(crate) mod shares;
pub(crate) mod token;

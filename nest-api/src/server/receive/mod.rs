//! Taking a request in: the guard, the methods of a path, and the body.

pub(crate) mod body;
pub(crate) mod guard;
pub(crate) mod methods;
pub(crate) mod received;

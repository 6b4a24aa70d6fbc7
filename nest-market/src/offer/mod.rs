//! To be written.

pub(crate) const TABLES: &str = "";

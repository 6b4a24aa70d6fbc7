//! How the values of a record become blocks of one size, and blocks become values again.

pub(crate) mod block;
pub(crate) mod encoding;
pub(crate) mod layout;
pub(crate) mod libpep_value;
pub(crate) mod plaintext;
pub(crate) mod value_table;

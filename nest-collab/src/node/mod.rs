//! The node of an organisation: it knows whom to trust, which runs to take part in, and what it did before.

mod audit;
mod config;
mod join;
mod past;
mod policy;

pub use config::NodeConfig;
pub use join::Node;
pub use policy::Policy;

//! The description of the routes, in OpenAPI.

/// The description, as JSON.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

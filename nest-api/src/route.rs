//! The operations and their paths: one table for the server that mounts them and the client that calls them.

/// What a caller can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    CreateParticipants,
    Progress,
    Results,
}

/// Where the routes begin.
pub(crate) const BASE: &str = "/api/v1";

impl Operation {
    /// The path below [`BASE`]. `activity` is a checked path segment; participants belong to none.
    pub(crate) fn path(self, activity: &str) -> String {
        match self {
            Operation::CreateParticipants => "/participants/create".to_owned(),
            Operation::Progress => format!("/activities/{activity}/progress"),
            Operation::Results => format!("/activities/{activity}/results"),
        }
    }
}

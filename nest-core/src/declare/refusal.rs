//! What a check of a field says where it refuses.

/// Why a field is refused.
pub(crate) struct Refusal {
    pub(crate) message: &'static str,
    /// A number to suggest behind the message, and what ends it.
    pub(crate) absent: Option<(i128, &'static str)>,
}

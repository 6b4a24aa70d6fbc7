//! Logical types: how sensitive a field is, in words that a data protection officer uses.

/// The logical types that every project shares. A project's own stand behind [`CUSTOM`].
pub const LOGICAL_TYPES: [&str; 7] =
    ["personal", "education", "medical", "location", "sensor", "online", "consumption"];

/// What a project's own logical type begins with: `custom:sports`.
pub const CUSTOM: &str = "custom:";

/// Whether a logical type is in the list, or is a project's own.
#[allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]
pub const fn is_logical(logical: &str) -> bool {
    let mut i = 0;
    while i < LOGICAL_TYPES.len() {
        if is_equal(logical.as_bytes(), LOGICAL_TYPES[i].as_bytes()) {
            return true;
        }
        i += 1;
    }
    match logical.as_bytes().split_at_checked(CUSTOM.len()) {
        Some((start, own)) => is_equal(start, CUSTOM.as_bytes()) && !own.trim_ascii().is_empty(),
        None => false,
    }
}

/// Whether two texts are equal, in a constant.
#[allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]
pub(crate) const fn is_equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logical_types_are_those_of_the_list_and_those_behind_custom() {
        for known in ["personal", "education", "consumption", "custom:sports"] {
            assert!(is_logical(known), "{known}");
        }
        for unknown in ["", "medcal", "Personal", "custom", "custom:", "custom: ", "sports"] {
            assert!(!is_logical(unknown), "{unknown}");
        }
    }
}

//! Canonical forms: what is done to a text before it is compared, as a list of steps.

use crate::logical::is_equal;
use crate::{CANON_BOTH, CANON_TWICE, CANON_UNKNOWN};

/// The steps of a canonical form: `nfc` composes accents (Unicode Normalization Form C), `trim` drops white space
/// around the text, `upper` and `lower` change the letters, `digits` keeps digits alone.
pub const CANON_PARTS: [&str; 5] = ["nfc", "trim", "upper", "lower", "digits"];

/// What is wrong with a canonical form, `nfc,trim,upper`: parts with commas between, in the order in which they are
/// done.
#[allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]
pub const fn canon_fault(canon: &str) -> Option<&'static str> {
    let mut seen = [false; CANON_PARTS.len()];
    let mut rest = canon.as_bytes();
    loop {
        let mut len = 0;
        while len < rest.len() && rest[len] != b',' {
            len += 1;
        }
        let (part, after) = rest.split_at(len);
        let mut known = 0;
        while known < CANON_PARTS.len() && !is_equal(part, CANON_PARTS[known].as_bytes()) {
            known += 1;
        }
        if known == CANON_PARTS.len() {
            return Some(CANON_UNKNOWN);
        }
        if seen[known] {
            return Some(CANON_TWICE);
        }
        seen[known] = true;
        match after {
            [] => break,
            [_, next @ ..] => rest = next,
        }
    }
    if seen[2] && seen[3] { Some(CANON_BOTH) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_form_is_a_list_of_known_parts_each_once() {
        for sound in ["nfc", "nfc,trim,upper", "upper,trim", "digits"] {
            assert_eq!(canon_fault(sound), None, "{sound}");
        }
        for unknown in ["", "nfc,", ",nfc", "nfc, trim", "uper", "NFC"] {
            assert_eq!(canon_fault(unknown), Some(CANON_UNKNOWN), "{unknown}");
        }
        assert_eq!(canon_fault("trim,nfc,trim"), Some(CANON_TWICE));
        assert_eq!(canon_fault("upper,lower"), Some(CANON_BOTH));
    }
}

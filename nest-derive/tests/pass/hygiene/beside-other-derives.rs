use nest_core::prelude::*;

// Other derives see the same attributes, and their own beside ours.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, PepEnum)]
#[repr(u16)]
enum Reason {
    #[default]
    Ill,
    #[pep(code = 4)]
    Moved,
}

#[derive(Debug, Default, Clone, PartialEq, PartialOrd, PepRecord)]
#[pep(max_blocks = 3, max_bits = 125)]
#[must_use]
#[non_exhaustive]
struct Note {
    #[cfg(all())]
    reason: Reason,
    #[cfg(any())]
    never: std::collections::HashMap<String, String>,
    #[cfg_attr(all(), pep(range = 0..=10))]
    score: u8,
    #[allow(dead_code)]
    #[pep(max_bytes = 15)]
    remark: String,
}

fn main() {
    let note = Note { reason: Reason::Moved, score: 10, remark: String::new() };
    assert_eq!(Note::from_pep(&note.to_pep().unwrap()).unwrap(), note);
    assert!(Note { score: 11, ..Note::default() }.to_pep().is_err());
    assert_eq!(Note::SCHEMA.fields.len(), 3);
}

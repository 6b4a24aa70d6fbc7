use nest_core::prelude::*;

#[derive(Debug, Clone, PartialEq, PepEnum)]
enum Reason {
    Ill,
    #[pep(cod = 3)]
    Moved,
}

#[derive(PepRecord)]
#[pep(max_blocks = 5)]
struct Note {
    reason: Reason,
    #[pep(absent)]
    other: Option<Reason>,
    #[pep(max_len = 2)]
    more: Vec<Reason>,
}

fn main() {
    let _ = (Reason::Ill.code(), Reason::from_code(3), <Reason as PepEnum>::SCHEMA.labels);
    let _ = Note { reason: Reason::Moved, other: None, more: vec![] }.to_pep();
}

#![no_implicit_prelude]

use ::nest_core::{PepEnum, PepRecord, Pseudonym};

#[derive(PepEnum)]
enum Reason {
    Ill,
    Moved,
}

#[derive(PepRecord)]
#[pep(max_blocks = 6, max_bits = 138)]
struct Note {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    #[pep(max_bytes = 15)]
    remark: ::std::string::String,
    #[pep(absent)]
    reason: ::std::option::Option<Reason>,
    #[pep(decimals = 1, range = 35.0..=43.0)]
    celsius: f32,
    outcome: Outcome,
}

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

#[derive(PepRecord)]
#[pep(max_blocks = T::BLOCKS, max_bits = T::BITS)]
struct Wrapped<T: PepRecord> {
    content: T,
}

::nest_core::same_shape!(Note, Note);

fn main() {
    let note = Note {
        pupil: Pseudonym::random(),
        remark: ::std::string::String::new(),
        reason: ::std::option::Option::Some(Reason::Ill),
        celsius: 36.6,
        outcome: Outcome::Done { score: 7 },
    };
    let wrapped = Wrapped { content: note };
    let ::std::result::Result::Ok(pep) = wrapped.to_pep() else { ::std::process::abort() };
    let ::std::result::Result::Ok(back) = Wrapped::<Note>::from_pep(&pep) else { ::std::process::abort() };
    ::std::assert!(::std::matches!(back.content.outcome, Outcome::Done { score: 7 }));
    ::std::assert_eq!(Wrapped::<Note>::BLOCKS, 6);
    let _ = (Reason::Moved, Outcome::NotYet);
}

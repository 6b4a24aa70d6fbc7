use nest_core::prelude::{PepEnum, PepRecord, Pseudonym};

#[allow(dead_code)]
mod shadows {
    pub struct Result;
    pub struct Option;
    pub struct Vec;
    pub struct String;
    pub struct Box;
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Err;
    pub trait Into {}
    pub trait From {}
    pub trait TryFrom {}
    pub trait TryInto {}
    pub trait Clone {}
    pub trait Default {}
}

#[allow(unused_imports)]
use shadows::*;

#[derive(PepEnum)]
enum Reason {
    Ill,
    Moved,
}

#[derive(PepRecord)]
#[pep(max_blocks = 9, max_bits = 135)]
struct Note {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    #[pep(max_bytes = 15)]
    remark: ::std::string::String,
    #[pep(max_len = 2)]
    answers: ::std::vec::Vec<bool>,
    #[pep(absent)]
    reason: ::core::option::Option<Reason>,
    outcome: Outcome,
}

#[derive(PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

fn main() {
    let note = Note {
        pupil: Pseudonym::random(),
        remark: "ill".to_owned(),
        answers: ::std::vec![true],
        reason: ::core::option::Option::Some(Reason::Moved),
        outcome: Outcome::NotYet,
    };
    let back = Note::from_pep(&note.to_pep().unwrap()).unwrap();
    assert_eq!((back.remark, back.answers), (note.remark, note.answers));
    assert!(matches!(back.outcome, Outcome::NotYet));
    assert!(matches!(back.reason, ::core::option::Option::Some(Reason::Moved)));
    assert!(matches!(Outcome::Done { score: 1 }.to_pep(), ::core::result::Result::Ok(_)));
    let _ = Reason::Ill;
}

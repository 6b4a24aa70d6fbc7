use nest_core::prelude::*;

#[derive(PepField)]
struct Moment(std::time::SystemTime);

#[derive(PepField)]
struct Unknown(std::cell::RefCell<u8>);

#[derive(PepField)]
struct Text(String);

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Note {
    text: Text,
    moment: Moment,
}

fn main() {}

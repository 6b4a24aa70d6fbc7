use nest_core::prelude::*;

mod uuid {
    pub struct Uuid(pub [u8; 16]);
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    pupil: uuid::Uuid,
}

fn main() {}

use nest_core::prelude::*;

type Content = std::path::PathBuf;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    report: Content,
}

fn main() {}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    remark: std::rc::Rc<str>,
}

fn main() {}

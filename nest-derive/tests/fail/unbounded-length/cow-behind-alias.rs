use nest_core::prelude::*;

type Content = std::borrow::Cow<'static, str>;

#[derive(PepRecord)]
#[pep(max_blocks = 10)]
struct Note {
    remark: Content,
}

fn main() {}

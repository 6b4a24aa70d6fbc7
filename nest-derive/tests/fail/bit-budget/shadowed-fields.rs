use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 1, max_bits = 1)]
struct Note {
    #[pep(max_bytes = 15)]
    remark: String,
}

// What generated code calls its own, a program may call so as well.
#[allow(dead_code)]
impl Note {
    const __FIELDS: &'static [bool] = &[];
    const __DECLARED: &'static [bool] = &[];
    const __UNCHECKED: bool = true;
    const __CHECK: () = ();
    const SCHEMA: bool = true;
    const BLOCKS: usize = 1;
    const BITS: u32 = 1;
}

fn main() {}

//! A record twice in a record, and that twice in another: the number of its fields doubles with every level, and the
//! work of the compiler must not.

use nest_core::prelude::*;

macro_rules! level {
    ($outer:ident { $($field:ident),* } of $inner:ident) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 32_768, max_bits = u32::MAX)]
        struct $outer {
            $($field: $inner,)*
        }
    };
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct L0 {
    done: bool,
}

level!(L1 { a, b } of L0);
level!(L2 { a, b } of L1);
level!(L3 { a, b } of L2);
level!(L4 { a, b } of L3);
level!(L5 { a, b } of L4);
level!(L6 { a, b } of L5);
level!(L7 { a, b } of L6);
level!(L8 { a, b } of L7);
level!(L9 { a, b } of L8);
level!(L10 { a, b } of L9);
level!(L11 { a, b } of L10);
level!(L12 { a, b } of L11);
level!(L13 { a, b } of L12);
level!(L14 { a, b } of L13);
level!(L15 { a, b } of L14);
level!(L16 { a } of L15);
level!(L17 { a } of L16);
level!(L18 { a } of L17);
level!(L19 { a } of L18);
level!(L20 { a } of L19);
level!(L21 { a } of L20);
level!(L22 { a } of L21);
level!(L23 { a } of L22);
level!(L24 { a } of L23);
level!(L25 { a } of L24);
level!(L26 { a } of L25);
level!(L27 { a } of L26);
level!(L28 { a } of L27);
level!(L29 { a } of L28);

fn main() {
    assert_eq!((L15::BLOCKS, L15::BITS), (32_768, 32_768));
    assert_eq!((L29::SCHEMA.blocks(), L29::SCHEMA.bits()), (32_768, 32_768));
}

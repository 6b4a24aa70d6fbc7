use nest_core::prelude::*;

#[derive(PepEnum)]
union Reason {
    ill: bool,
}

fn main() {}

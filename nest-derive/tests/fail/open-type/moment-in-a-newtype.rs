use nest_core::prelude::*;

#[derive(PepField)]
struct Moment(std::time::SystemTime);

fn main() {}

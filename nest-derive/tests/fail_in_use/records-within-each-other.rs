use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 100)]
struct Goal {
    #[pep(max_len = 2)]
    steps: Vec<Step>,
}

#[derive(PepRecord)]
#[pep(max_blocks = 100)]
struct Step {
    #[pep(max_len = 2)]
    goals: Vec<Goal>,
}

fn main() {}

use nest_core::prelude::*;
use nest_core::Rule;

#[derive(PepRecord)]
#[pep(max_blocks = 5, kind = "progress")]
struct Progress {
    #[pep(max_len = 4, allow(progress, reason = "the order of the steps is what is asked"))]
    steps: Vec<bool>,
}

fn main() {
    assert!(Progress { steps: vec![true] }.to_pep().is_ok());
    assert_eq!(Progress::SCHEMA.fields[0].waivers[0].rule, Rule::Progress);
}

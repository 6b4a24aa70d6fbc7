use nest_core::prelude::*;

#[allow(unused_macros)]
macro_rules! panic {
    ($($any:tt)*) => {
        compile_error!("the derive reached for a macro of this crate")
    };
}

#[allow(unused_macros)]
macro_rules! matches {
    ($($any:tt)*) => {
        compile_error!("the derive reached for a macro of this crate")
    };
}

#[allow(unused_macros)]
macro_rules! vec {
    ($($any:tt)*) => {
        compile_error!("the derive reached for a macro of this crate")
    };
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Done { score: u8 },
    NotYet,
}

nest_core::same_shape!(Outcome, Outcome);

fn main() {
    for outcome in [Outcome::Done { score: 7 }, Outcome::NotYet] {
        assert_eq!(Outcome::from_pep(&outcome.to_pep().unwrap()).unwrap(), outcome);
    }
}

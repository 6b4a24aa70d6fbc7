use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum Sitting {
    Finished {
        #[pep(range = 0..=3600)]
        seconds: u16,
    },
    Stopped {
        #[pep(range = 0..=3600, rename = "seconds")]
        stop_time: u16,
    },
}

fn main() {
    for sitting in [Sitting::Finished { seconds: 3600 }, Sitting::Stopped { stop_time: 12 }] {
        assert_eq!(Sitting::from_pep(&sitting.to_pep().unwrap()).unwrap(), sitting);
    }
}

use nest_core::prelude::*;
use nest_core::time::Month;

type Remark = String;

struct Address;

#[derive(PepRecord)]
#[pep(max_block = 12)]
struct Assessment {
    pupil: Pseudonym,
    #[pep(range = 288..=775)]
    reading: Option<u16>,
    remark: Remark,
    address: Address,
    device: u128,
    enrolled: Month,
    visits: u32,
    #[pep(maxlen = 3)]
    scores: Vec<u8>,
    #[pep(max_bytes = 60)]
    email: String,
}

fn main() {
    let _ = Assessment::structure();
    let _ = |assessment: &Assessment| assessment.to_pep();
}

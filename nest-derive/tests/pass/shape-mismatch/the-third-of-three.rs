use nest_core::prelude::*;

#[derive(PepEnum)]
enum Reason {
    Ill,
    Moved,
}

#[derive(PepRecord)]
#[pep(max_blocks = 4, max_bits = 129)]
struct Available {
    #[pep(range = 0..=100)]
    score: u8,
    #[pep(max_bytes = 15)]
    remark: String,
    #[pep(max_len = 1)]
    done: Vec<bool>,
}

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct NotAvailable {
    #[pep(rename = "score")]
    reason: Reason,
    #[pep(max_bytes = 3, absent = "-")]
    remark: Option<String>,
    #[pep(max_len = 1, absent)]
    done: Vec<Option<bool>>,
}

#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Withdrawn {
    #[pep(decimals = 1, range = 0.0..=1.0)]
    score: f32,
    #[pep(max_bytes = 1)]
    remark: String,
    #[pep(max_len = 1)]
    done: Vec<bool>,
}

nest_core::same_shape!(Available, NotAvailable, Withdrawn,);

fn main() {
    assert_eq!(Available::structure(), NotAvailable::structure());
    assert_eq!(Available::structure(), Withdrawn::structure());
    let all = [Available::SCHEMA, NotAvailable::SCHEMA, Withdrawn::SCHEMA].map(|schema| schema.shape_fingerprint());
    assert!(all[0] == all[1] && all[0] == all[2]);
}

use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 20, max_bits = 120)]
struct Available {
    #[pep(max_bytes = 15)]
    remark: String,
}

#[derive(PepRecord)]
#[pep(max_blocks = 20, max_bits = 128)]
struct NotAvailable {
    #[pep(max_bytes = 16)]
    remark: String,
}

nest_core::same_shape!(Available, NotAvailable);

fn main() {}

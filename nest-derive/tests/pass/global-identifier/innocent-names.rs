use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 8, max_bits = 641)]
struct Note {
    #[pep(max_bytes = 15)]
    grid: String,
    #[pep(max_bytes = 15)]
    valid_until: String,
    #[pep(max_bytes = 15)]
    at_home: String,
    #[pep(max_bytes = 15)]
    identity_card_seen: String,
    #[pep(range = 0..=999_999)]
    paid: u32,
    #[pep(range = 0..=999_999)]
    video_views: u32,
    #[pep(max_bytes = 15)]
    sometimes: String,
    token_seen: bool,
}

fn main() {
    assert_eq!(Note::BLOCKS, 8);
    assert!(Note::SCHEMA.waivers().is_empty());
}

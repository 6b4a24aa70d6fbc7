use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 16, max_bits = 1_200)]
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
    #[pep(max_bytes = 15)]
    uri_symptoms: String,
    #[pep(max_bytes = 15)]
    cookie_theft_description: String,
    #[pep(range = 0..=999_999)]
    pid5: u32,
    #[pep(range = 0..=999_999_999)]
    unit_concept_id: u32,
    #[pep(max_bytes = 15)]
    email_provider: String,
    #[pep(max_bytes = 15)]
    test_name: String,
}

fn main() {
    assert_eq!(Note::BLOCKS, 14);
    assert!(Note::SCHEMA.waivers().is_empty());
}

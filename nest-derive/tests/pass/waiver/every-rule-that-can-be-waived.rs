use nest_core::Rule;
use nest_core::prelude::*;

#[derive(PepRecord)]
#[pep(max_blocks = 5, max_bits = 316)]
struct Note {
    #[pep(range = 0..=999_999, allow(global_identifier, reason = "drawn anew for this study"))]
    study_id: u32,
    #[pep(max_bytes = 10, allow(precise_time, reason = "the day of the test, the same for all"))]
    test_date: String,
    #[pep(allow(precise_number, reason = "a checksum of the form, not of the answers"))]
    form: u32,
    #[pep(
        allow(precise_number, reason = "a count without a known end"),
        allow(global_identifier, reason = "counts visits of the whole school")
    )]
    visits: u64,
    inner: Inner,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1, kind = "progress", max_bits = 120)]
struct Inner {
    #[pep(max_bytes = 15, allow(progress, reason = "a fixed word of the protocol"))]
    word: String,
}

fn main() {
    let waivers = Note::SCHEMA.waivers();
    let rules: Vec<_> = waivers.iter().map(|(path, waiver)| (path.as_str(), waiver.rule)).collect();
    let expected = [
        ("study_id", Rule::GlobalIdentifier),
        ("test_date", Rule::PreciseTime),
        ("form", Rule::PreciseNumber),
        ("visits", Rule::PreciseNumber),
        ("visits", Rule::GlobalIdentifier),
        ("inner.word", Rule::Progress),
    ];
    assert_eq!(rules, expected);
    assert_eq!(waivers[0].1.reason, "drawn anew for this study");
}

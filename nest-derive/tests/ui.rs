#[test]
fn fail() {
    trybuild::TestCases::new().compile_fail("tests/fail/*/*.rs");
}
#[test]
fn pass() {
    trybuild::TestCases::new().pass("tests/pass/*/*.rs");
}

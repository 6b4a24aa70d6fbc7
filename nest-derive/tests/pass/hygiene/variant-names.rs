use nest_core::prelude::*;

#[allow(clippy::upper_case_acronyms)]
#[derive(Debug, PartialEq, PepEnum)]
enum Label {
    SCHEMA,
    Some,
    None,
    Ok,
    Err,
    Error,
    Self_,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
enum Outcome {
    Ok { score: u8 },
    Err,
    Some,
    None,
}

fn main() {
    for (code, label) in [(0, Label::SCHEMA), (4, Label::Err), (5, Label::Error)] {
        assert_eq!(label.code(), code);
        assert_eq!(Label::from_code(code), Option::Some(label));
    }
    for outcome in [Outcome::Ok { score: 1 }, Outcome::Err, Outcome::Some, Outcome::None] {
        assert_eq!(Outcome::from_pep(&outcome.to_pep().unwrap()).unwrap(), outcome);
    }
    let _ = (Label::Some, Label::None, Label::Ok, Label::Self_);
}

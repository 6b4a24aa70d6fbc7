use nest_core::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum Reason {
    Ill,
    #[pep(code = 7)]
    Moved,
    Other,
    #[pep(code = 0x10)]
    Hexadecimal,
    Discriminant = 40,
    #[pep(code = 65534, rename = "last of all")]
    Last,
}

fn main() {
    let all = [Reason::Ill, Reason::Moved, Reason::Other, Reason::Hexadecimal, Reason::Discriminant];
    assert_eq!(all.map(|reason| reason.code()), [0, 7, 8, 16, 40]);
    assert_eq!(Reason::from_code(65534), Some(Reason::Last));
    assert_eq!(Reason::from_code(1), None);
    assert_eq!(<Reason as PepEnum>::SCHEMA.labels[5].name, "last of all");
}

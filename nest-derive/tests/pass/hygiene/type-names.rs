use nest_core::prelude::*;

macro_rules! labels {
    ($($name:ident)*) => {$(
        #[derive(Debug, PartialEq, PepEnum)]
        enum $name {
            One,
            Two,
        }
    )*};
}

labels!(D R T Self_ Slot Declared Declaration Kind Type Writer Reader Schema Rule);

#[allow(non_snake_case)]
#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 7)]
struct Field {
    d: D,
    r: R,
    t: T,
    slot: Slot,
    kind: Kind,
    ty: Type,
    schema: Schema,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct PEPJSONValueOf {
    writer: Writer,
    reader: Reader,
}

fn main() {
    let field = Field {
        d: D::One,
        r: R::Two,
        t: T::One,
        slot: Slot::Two,
        kind: Kind::One,
        ty: Type::Two,
        schema: Schema::One,
    };
    assert_eq!(Field::from_pep(&field.to_pep().unwrap()).unwrap(), field);
    let other = PEPJSONValueOf { writer: Writer::One, reader: Reader::Two };
    assert_eq!(PEPJSONValueOf::from_pep(&other.to_pep().unwrap()).unwrap(), other);
    let codes = [Self_::Two.code(), Declared::Two.code(), Declaration::One.code(), Rule::Two.code()];
    assert_eq!(codes, [1, 1, 0, 1]);
    let _ = [D::Two].map(|_| (R::One, T::Two, Slot::One, Kind::Two, Type::One, Schema::Two));
    let _ = (Self_::One, Declared::One, Declaration::Two, Writer::Two, Reader::One, Rule::One);
}

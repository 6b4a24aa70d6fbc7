use nest_core::prelude::*;
use nest_core::schema::Type;

macro_rules! note {
    ($($(#[$attribute:meta])* $name:ident: $ty:ty),*) => {
        #[derive(PepRecord)]
        #[pep(max_blocks = 2, max_bits = 121)]
        struct Note {
            $($(#[$attribute])* $name: $ty,)*
        }
    };
}

note!(aide: bool, #[pep(max_bytes = 15)] remark: String);

fn main() {
    assert_eq!(Note::SCHEMA.fields[1].ty, Type::Text { max_bytes: 15 });
    assert!(Note { aide: true, remark: "seen".to_owned() }.to_pep().is_ok());
}

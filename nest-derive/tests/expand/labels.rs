#[doc(hidden)]
const _: () = {
    #[automatically_derived]
    impl ::nest_core::PepEnum for Reason {
        const SCHEMA: &'static ::nest_core::__private_v1::EnumSchema = &::nest_core::__private_v1::EnumSchema {
            name: "Reason",
            doc: "Why not.",
            labels: &[
                ::nest_core::__private_v1::Label {
                    name: "Ill",
                    code: 0i32,
                    doc: "",
                },
                ::nest_core::__private_v1::Label {
                    name: "moved away",
                    code: 7i32,
                    doc: "To another school.",
                },
                ::nest_core::__private_v1::Label {
                    name: "Other",
                    code: 8i32,
                    doc: "",
                },
            ],
        };
        fn code(&self) -> ::core::primitive::i32 {
            match self {
                Self::Ill => 0i32,
                Self::Moved => 7i32,
                Self::Other => 8i32,
            }
        }
        fn from_code(code: ::core::primitive::i32) -> ::core::option::Option<Self> {
            ::core::option::Option::Some(
                match code {
                    0i32 => Self::Ill,
                    7i32 => Self::Moved,
                    8i32 => Self::Other,
                    _ => return ::core::option::Option::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl ::nest_core::__private_v1::Codec for Reason {
        const KIND: ::nest_core::__private_v1::Kind = ::nest_core::__private_v1::Kind::Enum;
        fn encode(
            &self,
            _: &::nest_core::__private_v1::Type,
            out: &mut ::nest_core::__private_v1::Plaintext,
        ) -> ::core::result::Result<(), ::nest_core::__private_v1::EncodeError> {
            ::nest_core::__private_v1::encode_enum(self, out)
        }
        fn decode(
            blocks: &[::nest_core::__private_v1::Opened],
            _: &::nest_core::__private_v1::Type,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            ::nest_core::__private_v1::decode_enum(blocks)
        }
    }
    #[automatically_derived]
    impl<
        PepDeclaration: ::nest_core::__private_v1::Declaration,
    > ::nest_core::__private_v1::PepField<PepDeclaration> for Reason {
        const TYPE: ::nest_core::__private_v1::Type = ::nest_core::__private_v1::Type::Enum(
            <Self as ::nest_core::PepEnum>::SCHEMA,
        );
        const KIND: ::nest_core::__private_v1::Kind = ::nest_core::__private_v1::Kind::Enum;
        fn put(
            &self,
            fields: &mut ::nest_core::__private_v1::Writer,
        ) -> ::core::result::Result<(), ::nest_core::__private_v1::EncodeError> {
            fields.put(self)
        }
        fn take(
            fields: &mut ::nest_core::__private_v1::Reader<'_>,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            fields.take()
        }
    }
};

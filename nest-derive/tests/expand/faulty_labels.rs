::core::compile_error! {
    "a variant with data is no label: write `#[derive(PepRecord)]` on the enum, which gives every variant one shape"
}
#[doc(hidden)]
const _: () = {
    #[automatically_derived]
    impl ::nest_core::PepEnum for Reason {
        const SCHEMA: &'static ::nest_core::__private::EnumSchema = &::nest_core::__private::EnumSchema {
            name: "Reason",
            doc: "",
            labels: &[],
        };
        fn code(&self) -> ::core::primitive::i32 {
            0
        }
        fn from_code(_: ::core::primitive::i32) -> ::core::option::Option<Self> {
            ::core::option::Option::None
        }
    }
    #[automatically_derived]
    impl ::nest_core::__private::Codec for Reason {
        const KIND: ::nest_core::__private::Kind = ::nest_core::__private::Kind::Enum;
        fn encode(
            &self,
            _: &::nest_core::__private::Type,
            out: &mut ::nest_core::__private::Plaintext,
        ) -> ::core::result::Result<(), ::nest_core::__private::EncodeError> {
            ::nest_core::__private::encode_enum(self, out)
        }
        fn decode(
            blocks: &[::nest_core::__private::Opened],
            _: &::nest_core::__private::Type,
        ) -> ::core::result::Result<Self, ::nest_core::__private::DecodeError> {
            ::nest_core::__private::decode_enum(blocks)
        }
    }
    #[automatically_derived]
    impl<
        PepDeclaration: ::nest_core::__private::Declaration,
    > ::nest_core::__private::PepField<PepDeclaration> for Reason {
        const TYPE: ::nest_core::__private::Type = ::nest_core::__private::Type::Enum(
            <Self as ::nest_core::PepEnum>::SCHEMA,
        );
        const KIND: ::nest_core::__private::Kind = ::nest_core::__private::Kind::Enum;
        fn put(
            &self,
            fields: &mut ::nest_core::__private::Writer,
        ) -> ::core::result::Result<(), ::nest_core::__private::EncodeError> {
            fields.put(self)
        }
        fn take(
            fields: &mut ::nest_core::__private::Reader<'_>,
        ) -> ::core::result::Result<Self, ::nest_core::__private::DecodeError> {
            fields.take()
        }
    }
};

::core::compile_error! {
    "the length of a text would show in the ciphertext [unbounded-length]: bound it in bytes, `#[pep(max_bytes = 15)]` (15 bytes fit in one block)"
}
::core::compile_error! {
    "unknown attribute `rang`, did you mean `range`? (expected `pseudonym`, `subject`, `range`, `decimals`, `max_bytes`, `max_len`, `absent`, `uses`, `at_rest`, `logical`, `unit`, `context`, `canon`, `rename` or `allow`)"
}
#[doc(hidden)]
const _: () = {
    #[automatically_derived]
    impl ::nest_core::PepRecord for Note {
        const __UNCHECKED: &'static ::nest_core::__private_v1::Schema = &::nest_core::__private_v1::Schema::new(
            "Note",
            ::nest_core::__private_v1::RecordKind::Record,
            &[],
            0,
        );
        const __FIELDS: &'static [::nest_core::__private_v1::Field] = &[];
        const __DECLARED: &'static [::nest_core::__private_v1::Declared] = &[
            ::nest_core::__private_v1::Declared::NOTHING,
            ::nest_core::__private_v1::Declared::NOTHING,
            ::nest_core::__private_v1::Declared {
                range: ::core::option::Option::Some(
                    ::nest_core::__private_v1::Range::Integer(
                        (0) as ::core::primitive::i128,
                        (10) as ::core::primitive::i128,
                    ),
                ),
                ..::nest_core::__private_v1::Declared::NOTHING
            },
        ];
        const __CHECK: () = ();
        fn __put(
            &self,
            _: &mut ::nest_core::__private_v1::Writer,
        ) -> ::core::result::Result<(), ::nest_core::__private_v1::EncodeError> {
            ::core::result::Result::Err(
                ::nest_core::__private_v1::EncodeFault::Mismatch.into(),
            )
        }
        fn __take(
            _: &mut ::nest_core::__private_v1::Reader<'_>,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            ::core::result::Result::Err(
                ::nest_core::__private_v1::DecodeFault::Mismatch.into(),
            )
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<Note> for ::nest_core::__private_v1::PEPJSONValue {
        type Error = ::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: Note,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::EncodeError> {
            <Note as ::nest_core::PepRecord>::to_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&Note> for ::nest_core::__private_v1::PEPJSONValue {
        type Error = ::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: &Note,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::EncodeError> {
            <Note as ::nest_core::PepRecord>::to_pep(value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<::nest_core::__private_v1::PEPJSONValue> for Note {
        type Error = ::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: ::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            <Note as ::nest_core::PepRecord>::from_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&::nest_core::__private_v1::PEPJSONValue> for Note {
        type Error = ::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: &::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            <Note as ::nest_core::PepRecord>::from_pep(value)
        }
    }
    const _: () = ::nest_core::__private_v1::check_field(
        &<u8 as ::nest_core::__private_v1::PepField<
            ::nest_core::__private_v1::Slot<Note, 2>,
        >>::KIND,
        &<Note as ::nest_core::PepRecord>::__DECLARED[2usize],
        &::nest_core::__private_v1::Field::new(
            "sound",
            <u8 as ::nest_core::__private_v1::PepField<
                ::nest_core::__private_v1::Slot<Note, 2>,
            >>::TYPE,
        ),
        ::nest_core::__private_v1::RecordKind::Record,
    );
};

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
        const __UNCHECKED: &'static ::nest_core::__private::Schema = &::nest_core::__private::Schema::new(
            "Note",
            ::nest_core::__private::RecordKind::Record,
            &[],
            0,
        );
        const __FIELDS: &'static [::nest_core::__private::Field] = &[];
        const __DECLARED: &'static [::nest_core::__private::Declared] = &[
            ::nest_core::__private::Declared::NOTHING,
            ::nest_core::__private::Declared::NOTHING,
            ::nest_core::__private::Declared {
                range: ::core::option::Option::Some(
                    ::nest_core::__private::Range::Integer(
                        (0) as ::core::primitive::i128,
                        (10) as ::core::primitive::i128,
                    ),
                ),
                ..::nest_core::__private::Declared::NOTHING
            },
        ];
        const __CHECK: () = ();
        fn __put(
            &self,
            _: &mut ::nest_core::__private::Writer,
        ) -> ::core::result::Result<(), ::nest_core::__private::EncodeError> {
            ::core::result::Result::Err(
                ::nest_core::__private::EncodeFault::Mismatch.into(),
            )
        }
        fn __take(
            _: &mut ::nest_core::__private::Reader<'_>,
        ) -> ::core::result::Result<Self, ::nest_core::__private::DecodeError> {
            ::core::result::Result::Err(
                ::nest_core::__private::DecodeFault::Mismatch.into(),
            )
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<Note> for ::nest_core::__private::PEPJSONValue {
        type Error = ::nest_core::__private::EncodeError;
        fn try_from(
            value: Note,
        ) -> ::core::result::Result<Self, ::nest_core::__private::EncodeError> {
            <Note as ::nest_core::PepRecord>::to_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&Note> for ::nest_core::__private::PEPJSONValue {
        type Error = ::nest_core::__private::EncodeError;
        fn try_from(
            value: &Note,
        ) -> ::core::result::Result<Self, ::nest_core::__private::EncodeError> {
            <Note as ::nest_core::PepRecord>::to_pep(value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<::nest_core::__private::PEPJSONValue> for Note {
        type Error = ::nest_core::__private::DecodeError;
        fn try_from(
            value: ::nest_core::__private::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private::DecodeError> {
            <Note as ::nest_core::PepRecord>::from_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&::nest_core::__private::PEPJSONValue> for Note {
        type Error = ::nest_core::__private::DecodeError;
        fn try_from(
            value: &::nest_core::__private::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private::DecodeError> {
            <Note as ::nest_core::PepRecord>::from_pep(value)
        }
    }
    const _: () = ::nest_core::__private::check_field(
        &<u8 as ::nest_core::__private::PepField<
            ::nest_core::__private::Slot<Note, 2>,
        >>::KIND,
        &<Note as ::nest_core::PepRecord>::__DECLARED[2usize],
        &::nest_core::__private::Field::new(
            "sound",
            <u8 as ::nest_core::__private::PepField<
                ::nest_core::__private::Slot<Note, 2>,
            >>::TYPE,
        ),
        ::nest_core::__private::RecordKind::Record,
    );
};

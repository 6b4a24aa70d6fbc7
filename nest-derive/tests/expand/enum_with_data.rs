#[doc(hidden)]
const _: () = {
    #[automatically_derived]
    impl ::nest_core::PepRecord for Outcome {
        const __UNCHECKED: &'static ::nest_core::__private_v1::Schema = &::nest_core::__private_v1::Schema::new(
                "Outcome",
                ::nest_core::__private_v1::RecordKind::Record,
                <Self as ::nest_core::PepRecord>::__FIELDS,
                4,
            )
            .with_variants(
                &[
                    ::nest_core::__private_v1::Variant {
                        name: "Done",
                        fields: &["score", "aide"],
                    },
                    ::nest_core::__private_v1::Variant {
                        name: "guessed",
                        fields: &["score"],
                    },
                    ::nest_core::__private_v1::Variant {
                        name: "NotYet",
                        fields: &[],
                    },
                ],
            );
        const __FIELDS: &'static [::nest_core::__private_v1::Field] = &[
            ::nest_core::__private_v1::Field::new(
                "variant",
                ::nest_core::__private_v1::Type::Enum(
                    &::nest_core::__private_v1::EnumSchema {
                        name: "Outcome",
                        doc: "",
                        labels: &[
                            ::nest_core::__private_v1::Label {
                                name: "Done",
                                code: 0i32,
                                doc: "",
                            },
                            ::nest_core::__private_v1::Label {
                                name: "guessed",
                                code: 9i32,
                                doc: "",
                            },
                            ::nest_core::__private_v1::Label {
                                name: "NotYet",
                                code: 10i32,
                                doc: "",
                            },
                        ],
                    },
                ),
            ),
            ::nest_core::__private_v1::Field::new(
                "score",
                <u8 as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<Outcome, 1>,
                >>::TYPE,
            ),
            ::nest_core::__private_v1::Field::new(
                "aide",
                <bool as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<Outcome, 2>,
                >>::TYPE,
            ),
        ];
        const __DECLARED: &'static [::nest_core::__private_v1::Declared] = &[
            ::nest_core::__private_v1::Declared::NOTHING,
            ::nest_core::__private_v1::Declared {
                range: ::core::option::Option::Some(
                    ::nest_core::__private_v1::Range::Integer(
                        (0) as ::core::primitive::i128,
                        (100) as ::core::primitive::i128,
                    ),
                ),
                ..::nest_core::__private_v1::Declared::NOTHING
            },
            ::nest_core::__private_v1::Declared::NOTHING,
        ];
        const __CHECK: () = {};
        fn __put(
            &self,
            __fields: &mut ::nest_core::__private_v1::Writer,
        ) -> ::core::result::Result<(), ::nest_core::__private_v1::EncodeError> {
            match self {
                Self::Done { score: __field_0, aide: __field_1 } => {
                    __fields.variant(0usize)?;
                    <u8 as ::nest_core::__private_v1::PepField<
                        ::nest_core::__private_v1::Slot<Outcome, 1>,
                    >>::put(__field_0, __fields)?;
                    <bool as ::nest_core::__private_v1::PepField<
                        ::nest_core::__private_v1::Slot<Outcome, 2>,
                    >>::put(__field_1, __fields)?;
                }
                Self::Estimated { guess: __field_0 } => {
                    __fields.variant(1usize)?;
                    <u8 as ::nest_core::__private_v1::PepField<
                        ::nest_core::__private_v1::Slot<Outcome, 1>,
                    >>::put(__field_0, __fields)?;
                    __fields.fill(1usize)?;
                }
                Self::NotYet {} => {
                    __fields.variant(2usize)?;
                    __fields.fill(2usize)?;
                }
            }
            ::core::result::Result::Ok(())
        }
        fn __take(
            __fields: &mut ::nest_core::__private_v1::Reader<'_>,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            ::core::result::Result::Ok(
                match __fields.variant()? {
                    0usize => {
                        let __field_0 = <u8 as ::nest_core::__private_v1::PepField<
                            ::nest_core::__private_v1::Slot<Outcome, 1>,
                        >>::take(__fields)?;
                        let __field_1 = <bool as ::nest_core::__private_v1::PepField<
                            ::nest_core::__private_v1::Slot<Outcome, 2>,
                        >>::take(__fields)?;
                        Self::Done {
                            score: __field_0,
                            aide: __field_1,
                        }
                    }
                    1usize => {
                        let __field_0 = <u8 as ::nest_core::__private_v1::PepField<
                            ::nest_core::__private_v1::Slot<Outcome, 1>,
                        >>::take(__fields)?;
                        __fields.unused(1usize)?;
                        Self::Estimated {
                            guess: __field_0,
                        }
                    }
                    2usize => {
                        __fields.unused(2usize)?;
                        Self::NotYet {}
                    }
                    _ => {
                        ::core::result::Result::Err(
                            ::nest_core::__private_v1::DecodeFault::UnknownCode,
                        )?
                    }
                },
            )
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<Outcome> for ::nest_core::__private_v1::PEPJSONValue {
        type Error = ::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: Outcome,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::EncodeError> {
            <Outcome as ::nest_core::PepRecord>::to_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&Outcome> for ::nest_core::__private_v1::PEPJSONValue {
        type Error = ::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: &Outcome,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::EncodeError> {
            <Outcome as ::nest_core::PepRecord>::to_pep(value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<::nest_core::__private_v1::PEPJSONValue> for Outcome {
        type Error = ::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: ::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            <Outcome as ::nest_core::PepRecord>::from_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&::nest_core::__private_v1::PEPJSONValue> for Outcome {
        type Error = ::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: &::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            <Outcome as ::nest_core::PepRecord>::from_pep(value)
        }
    }
    const _: () = ::nest_core::__private_v1::check_field(
        &<u8 as ::nest_core::__private_v1::PepField<
            ::nest_core::__private_v1::Slot<Outcome, 1>,
        >>::KIND,
        &<Outcome as ::nest_core::PepRecord>::__DECLARED[1usize],
        &<Outcome as ::nest_core::PepRecord>::__FIELDS[1usize],
        ::nest_core::__private_v1::RecordKind::Record,
    );
    const _: () = ::nest_core::__private_v1::check_field(
        &<bool as ::nest_core::__private_v1::PepField<
            ::nest_core::__private_v1::Slot<Outcome, 2>,
        >>::KIND,
        &<Outcome as ::nest_core::PepRecord>::__DECLARED[2usize],
        &<Outcome as ::nest_core::PepRecord>::__FIELDS[2usize],
        ::nest_core::__private_v1::RecordKind::Record,
    );
    const _: () = ::nest_core::__private_v1::check_blocks(
        <Outcome as ::nest_core::PepRecord>::__UNCHECKED,
    );
    const _: () = ::nest_core::__private_v1::check_bits(
        <Outcome as ::nest_core::PepRecord>::__UNCHECKED,
    );
    const _: () = ::nest_core::__private_v1::check_record(
        <Outcome as ::nest_core::PepRecord>::__UNCHECKED,
    );
};

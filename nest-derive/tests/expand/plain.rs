#[doc(hidden)]
const _: () = {
    #[automatically_derived]
    impl ::nest_core::PepRecord for Answer {
        const __UNCHECKED: &'static ::nest_core::__private_v1::Schema = &::nest_core::__private_v1::Schema::new(
                "Answer",
                ::nest_core::__private_v1::RecordKind::Record,
                <Self as ::nest_core::PepRecord>::__FIELDS,
                2,
            )
            .with_doc("One answer.");
        const __FIELDS: &'static [::nest_core::__private_v1::Field] = &[
            ::nest_core::__private_v1::Field::new(
                "pupil",
                <Pseudonym as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<Answer, 0>,
                >>::TYPE,
            ),
            ::nest_core::__private_v1::Field::new(
                    "right",
                    <bool as ::nest_core::__private_v1::PepField<
                        ::nest_core::__private_v1::Slot<Answer, 1>,
                    >>::TYPE,
                )
                .with_doc("Whether it was right."),
        ];
        const __DECLARED: &'static [::nest_core::__private_v1::Declared] = &[
            ::nest_core::__private_v1::Declared {
                pseudonym: true,
                hints: &[::nest_core::__private_v1::Hint::Identifier],
                ..::nest_core::__private_v1::Declared::NOTHING
            },
            ::nest_core::__private_v1::Declared::NOTHING,
        ];
        const __CHECK: () = {};
        fn __put(
            &self,
            __fields: &mut ::nest_core::__private_v1::Writer,
        ) -> ::core::result::Result<(), ::nest_core::__private_v1::EncodeError> {
            <Pseudonym as ::nest_core::__private_v1::PepField<
                ::nest_core::__private_v1::Slot<Answer, 0>,
            >>::put(&self.pupil, __fields)?;
            <bool as ::nest_core::__private_v1::PepField<
                ::nest_core::__private_v1::Slot<Answer, 1>,
            >>::put(&self.right, __fields)?;
            ::core::result::Result::Ok(())
        }
        fn __take(
            __fields: &mut ::nest_core::__private_v1::Reader<'_>,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            ::core::result::Result::Ok(Self {
                pupil: <Pseudonym as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<Answer, 0>,
                >>::take(__fields)?,
                right: <bool as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<Answer, 1>,
                >>::take(__fields)?,
            })
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<Answer> for ::nest_core::__private_v1::PEPJSONValue {
        type Error = ::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: Answer,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::EncodeError> {
            <Answer as ::nest_core::PepRecord>::to_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&Answer> for ::nest_core::__private_v1::PEPJSONValue {
        type Error = ::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: &Answer,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::EncodeError> {
            <Answer as ::nest_core::PepRecord>::to_pep(value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<::nest_core::__private_v1::PEPJSONValue> for Answer {
        type Error = ::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: ::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            <Answer as ::nest_core::PepRecord>::from_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&::nest_core::__private_v1::PEPJSONValue> for Answer {
        type Error = ::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: &::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            <Answer as ::nest_core::PepRecord>::from_pep(value)
        }
    }
    const _: () = ::nest_core::__private_v1::check_field(
        &<Pseudonym as ::nest_core::__private_v1::PepField<
            ::nest_core::__private_v1::Slot<Answer, 0>,
        >>::KIND,
        &<Answer as ::nest_core::PepRecord>::__DECLARED[0usize],
        &<Answer as ::nest_core::PepRecord>::__FIELDS[0usize],
        ::nest_core::__private_v1::RecordKind::Record,
    );
    const _: () = ::nest_core::__private_v1::check_field(
        &<bool as ::nest_core::__private_v1::PepField<
            ::nest_core::__private_v1::Slot<Answer, 1>,
        >>::KIND,
        &<Answer as ::nest_core::PepRecord>::__DECLARED[1usize],
        &<Answer as ::nest_core::PepRecord>::__FIELDS[1usize],
        ::nest_core::__private_v1::RecordKind::Record,
    );
    const _: () = ::nest_core::__private_v1::check_blocks(
        <Answer as ::nest_core::PepRecord>::__UNCHECKED,
    );
    const _: () = ::nest_core::__private_v1::check_bits(
        <Answer as ::nest_core::PepRecord>::__UNCHECKED,
    );
    const _: () = ::nest_core::__private_v1::check_record(
        <Answer as ::nest_core::PepRecord>::__UNCHECKED,
    );
};

#[doc(hidden)]
const _: () = {
    #[automatically_derived]
    impl<T: PepRecord + Clone, const N: usize> ::nest_core::PepRecord for History<T, N>
    where
        T: PartialEq,
    {
        const __UNCHECKED: &'static ::nest_core::__private_v1::Schema = &::nest_core::__private_v1::Schema::new(
            "History",
            ::nest_core::__private_v1::RecordKind::Record,
            <Self as ::nest_core::PepRecord>::__FIELDS,
            1 + N * T::BLOCKS,
        );
        const __FIELDS: &'static [::nest_core::__private_v1::Field] = &[
            ::nest_core::__private_v1::Field::new(
                "done",
                <bool as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<History<T, N>, 0>,
                >>::TYPE,
            ),
            ::nest_core::__private_v1::Field::new(
                "years",
                <[T; N] as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<History<T, N>, 1>,
                >>::TYPE,
            ),
        ];
        const __DECLARED: &'static [::nest_core::__private_v1::Declared] = &[
            ::nest_core::__private_v1::Declared::NOTHING,
            ::nest_core::__private_v1::Declared::NOTHING,
        ];
        const __CHECK: () = {
            ::nest_core::__private_v1::check_field(
                &<bool as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<History<T, N>, 0>,
                >>::KIND,
                &<History<T, N> as ::nest_core::PepRecord>::__DECLARED[0usize],
                &<History<T, N> as ::nest_core::PepRecord>::__FIELDS[0usize],
                ::nest_core::__private_v1::RecordKind::Record,
            );
            ::nest_core::__private_v1::check_field(
                &<[T; N] as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<History<T, N>, 1>,
                >>::KIND,
                &<History<T, N> as ::nest_core::PepRecord>::__DECLARED[1usize],
                &<History<T, N> as ::nest_core::PepRecord>::__FIELDS[1usize],
                ::nest_core::__private_v1::RecordKind::Record,
            );
            ::nest_core::__private_v1::check_blocks(
                <History<T, N> as ::nest_core::PepRecord>::__UNCHECKED,
            );
            ::nest_core::__private_v1::check_bits(
                <History<T, N> as ::nest_core::PepRecord>::__UNCHECKED,
            );
            ::nest_core::__private_v1::check_record(
                <History<T, N> as ::nest_core::PepRecord>::__UNCHECKED,
            );
        };
        fn __put(
            &self,
            __fields: &mut ::nest_core::__private_v1::Writer,
        ) -> ::core::result::Result<(), ::nest_core::__private_v1::EncodeError> {
            <bool as ::nest_core::__private_v1::PepField<
                ::nest_core::__private_v1::Slot<History<T, N>, 0>,
            >>::put(&self.done, __fields)?;
            <[T; N] as ::nest_core::__private_v1::PepField<
                ::nest_core::__private_v1::Slot<History<T, N>, 1>,
            >>::put(&self.years, __fields)?;
            ::core::result::Result::Ok(())
        }
        fn __take(
            __fields: &mut ::nest_core::__private_v1::Reader<'_>,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            ::core::result::Result::Ok(Self {
                done: <bool as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<History<T, N>, 0>,
                >>::take(__fields)?,
                years: <[T; N] as ::nest_core::__private_v1::PepField<
                    ::nest_core::__private_v1::Slot<History<T, N>, 1>,
                >>::take(__fields)?,
            })
        }
    }
    #[automatically_derived]
    impl<T: PepRecord + Clone, const N: usize> ::core::convert::TryFrom<History<T, N>>
    for ::nest_core::__private_v1::PEPJSONValue
    where
        T: PartialEq,
    {
        type Error = ::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: History<T, N>,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::EncodeError> {
            <History<T, N> as ::nest_core::PepRecord>::to_pep(&value)
        }
    }
    #[automatically_derived]
    impl<T: PepRecord + Clone, const N: usize> ::core::convert::TryFrom<&History<T, N>>
    for ::nest_core::__private_v1::PEPJSONValue
    where
        T: PartialEq,
    {
        type Error = ::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: &History<T, N>,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::EncodeError> {
            <History<T, N> as ::nest_core::PepRecord>::to_pep(value)
        }
    }
    #[automatically_derived]
    impl<
        T: PepRecord + Clone,
        const N: usize,
    > ::core::convert::TryFrom<::nest_core::__private_v1::PEPJSONValue> for History<T, N>
    where
        T: PartialEq,
    {
        type Error = ::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: ::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            <History<T, N> as ::nest_core::PepRecord>::from_pep(&value)
        }
    }
    #[automatically_derived]
    impl<
        T: PepRecord + Clone,
        const N: usize,
    > ::core::convert::TryFrom<&::nest_core::__private_v1::PEPJSONValue>
    for History<T, N>
    where
        T: PartialEq,
    {
        type Error = ::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: &::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private_v1::DecodeError> {
            <History<T, N> as ::nest_core::PepRecord>::from_pep(value)
        }
    }
};

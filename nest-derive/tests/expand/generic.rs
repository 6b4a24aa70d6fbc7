#[doc(hidden)]
const _: () = {
    #[automatically_derived]
    impl<T: PepRecord + Clone, const N: usize> ::nest_core::PepRecord for History<T, N>
    where
        T: PartialEq,
    {
        const __UNCHECKED: &'static ::nest_core::__private::Schema = &::nest_core::__private::Schema::new(
            "History",
            ::nest_core::__private::RecordKind::Record,
            <Self as ::nest_core::PepRecord>::__FIELDS,
            1 + N * T::BLOCKS,
        );
        const __FIELDS: &'static [::nest_core::__private::Field] = &[
            ::nest_core::__private::Field::new(
                "done",
                <bool as ::nest_core::__private::PepField<
                    ::nest_core::__private::Slot<History<T, N>, 0>,
                >>::TYPE,
            ),
            ::nest_core::__private::Field::new(
                "years",
                <[T; N] as ::nest_core::__private::PepField<
                    ::nest_core::__private::Slot<History<T, N>, 1>,
                >>::TYPE,
            ),
        ];
        const __DECLARED: &'static [::nest_core::__private::Declared] = &[
            ::nest_core::__private::Declared::NOTHING,
            ::nest_core::__private::Declared::NOTHING,
        ];
        const __CHECK: () = {
            ::nest_core::__private::check_field(
                &<bool as ::nest_core::__private::PepField<
                    ::nest_core::__private::Slot<History<T, N>, 0>,
                >>::KIND,
                &<History<T, N> as ::nest_core::PepRecord>::__DECLARED[0usize],
                &<History<T, N> as ::nest_core::PepRecord>::__FIELDS[0usize],
                ::nest_core::__private::RecordKind::Record,
            );
            ::nest_core::__private::check_field(
                &<[T; N] as ::nest_core::__private::PepField<
                    ::nest_core::__private::Slot<History<T, N>, 1>,
                >>::KIND,
                &<History<T, N> as ::nest_core::PepRecord>::__DECLARED[1usize],
                &<History<T, N> as ::nest_core::PepRecord>::__FIELDS[1usize],
                ::nest_core::__private::RecordKind::Record,
            );
            ::nest_core::__private::check_blocks(
                <History<T, N> as ::nest_core::PepRecord>::__UNCHECKED,
            );
            ::nest_core::__private::check_bits(
                <History<T, N> as ::nest_core::PepRecord>::__UNCHECKED,
            );
            ::nest_core::__private::check_record(
                <History<T, N> as ::nest_core::PepRecord>::__UNCHECKED,
            );
        };
        fn __put(
            &self,
            __fields: &mut ::nest_core::__private::Writer,
        ) -> ::core::result::Result<(), ::nest_core::__private::EncodeError> {
            <bool as ::nest_core::__private::PepField<
                ::nest_core::__private::Slot<History<T, N>, 0>,
            >>::put(&self.done, __fields)?;
            <[T; N] as ::nest_core::__private::PepField<
                ::nest_core::__private::Slot<History<T, N>, 1>,
            >>::put(&self.years, __fields)?;
            ::core::result::Result::Ok(())
        }
        fn __take(
            __fields: &mut ::nest_core::__private::Reader<'_>,
        ) -> ::core::result::Result<Self, ::nest_core::__private::DecodeError> {
            ::core::result::Result::Ok(Self {
                done: <bool as ::nest_core::__private::PepField<
                    ::nest_core::__private::Slot<History<T, N>, 0>,
                >>::take(__fields)?,
                years: <[T; N] as ::nest_core::__private::PepField<
                    ::nest_core::__private::Slot<History<T, N>, 1>,
                >>::take(__fields)?,
            })
        }
    }
    #[automatically_derived]
    impl<T: PepRecord + Clone, const N: usize> ::core::convert::TryFrom<History<T, N>>
    for ::nest_core::__private::PEPJSONValue
    where
        T: PartialEq,
    {
        type Error = ::nest_core::__private::EncodeError;
        fn try_from(
            value: History<T, N>,
        ) -> ::core::result::Result<Self, ::nest_core::__private::EncodeError> {
            <History<T, N> as ::nest_core::PepRecord>::to_pep(&value)
        }
    }
    #[automatically_derived]
    impl<T: PepRecord + Clone, const N: usize> ::core::convert::TryFrom<&History<T, N>>
    for ::nest_core::__private::PEPJSONValue
    where
        T: PartialEq,
    {
        type Error = ::nest_core::__private::EncodeError;
        fn try_from(
            value: &History<T, N>,
        ) -> ::core::result::Result<Self, ::nest_core::__private::EncodeError> {
            <History<T, N> as ::nest_core::PepRecord>::to_pep(value)
        }
    }
    #[automatically_derived]
    impl<
        T: PepRecord + Clone,
        const N: usize,
    > ::core::convert::TryFrom<::nest_core::__private::PEPJSONValue> for History<T, N>
    where
        T: PartialEq,
    {
        type Error = ::nest_core::__private::DecodeError;
        fn try_from(
            value: ::nest_core::__private::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private::DecodeError> {
            <History<T, N> as ::nest_core::PepRecord>::from_pep(&value)
        }
    }
    #[automatically_derived]
    impl<
        T: PepRecord + Clone,
        const N: usize,
    > ::core::convert::TryFrom<&::nest_core::__private::PEPJSONValue> for History<T, N>
    where
        T: PartialEq,
    {
        type Error = ::nest_core::__private::DecodeError;
        fn try_from(
            value: &::nest_core::__private::PEPJSONValue,
        ) -> ::core::result::Result<Self, ::nest_core::__private::DecodeError> {
            <History<T, N> as ::nest_core::PepRecord>::from_pep(value)
        }
    }
};

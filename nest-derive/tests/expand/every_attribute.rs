#[doc(hidden)]
const _: () = {
    #[automatically_derived]
    impl renamed::nest_core::PepRecord for Assessment {
        const __UNCHECKED: &'static renamed::nest_core::__private_v1::Schema = &renamed::nest_core::__private_v1::Schema::new(
                "Assessment",
                renamed::nest_core::__private_v1::RecordKind::Progress,
                <Self as renamed::nest_core::PepRecord>::__FIELDS,
                LIMIT,
            )
            .with_activity("assessment")
            .with_version(2)
            .with_max_bits(400);
        const __FIELDS: &'static [renamed::nest_core::__private_v1::Field] = &[
            renamed::nest_core::__private_v1::Field::new(
                "pupil",
                <Pseudonym as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 0>,
                >>::TYPE,
            ),
            renamed::nest_core::__private_v1::Field::new(
                "reading",
                <Option<
                    u16,
                > as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 1>,
                >>::TYPE,
            ),
            renamed::nest_core::__private_v1::Field::new(
                "celsius",
                <Option<
                    f32,
                > as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 2>,
                >>::TYPE,
            ),
            renamed::nest_core::__private_v1::Field::new(
                "remarks",
                <Vec<
                    Option<String>,
                > as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 3>,
                >>::TYPE,
            ),
            renamed::nest_core::__private_v1::Field::new(
                "month",
                <Month as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 4>,
                >>::TYPE,
            ),
            renamed::nest_core::__private_v1::Field::new(
                    "study_id",
                    <u32 as renamed::nest_core::__private_v1::PepField<
                        renamed::nest_core::__private_v1::Slot<Assessment, 5>,
                    >>::TYPE,
                )
                .with_waivers(
                    &[
                        renamed::nest_core::__private_v1::Waiver {
                            rule: renamed::nest_core::__private_v1::Rule::GlobalIdentifier,
                            reason: "drawn anew",
                        },
                    ],
                ),
            renamed::nest_core::__private_v1::Field::new(
                    "time",
                    <u32 as renamed::nest_core::__private_v1::PepField<
                        renamed::nest_core::__private_v1::Slot<Assessment, 6>,
                    >>::TYPE,
                )
                .with_waivers(
                    &[
                        renamed::nest_core::__private_v1::Waiver {
                            rule: renamed::nest_core::__private_v1::Rule::PreciseTime,
                            reason: "a pace",
                        },
                        renamed::nest_core::__private_v1::Waiver {
                            rule: renamed::nest_core::__private_v1::Rule::Progress,
                            reason: "the same",
                        },
                    ],
                ),
        ];
        const __DECLARED: &'static [renamed::nest_core::__private_v1::Declared] = &[
            renamed::nest_core::__private_v1::Declared {
                pseudonym: true,
                hints: &[renamed::nest_core::__private_v1::Hint::Identifier],
                ..renamed::nest_core::__private_v1::Declared::NOTHING
            },
            renamed::nest_core::__private_v1::Declared {
                range: ::core::option::Option::Some(
                    renamed::nest_core::__private_v1::Range::Integer(
                        (288) as ::core::primitive::i128,
                        (775) as ::core::primitive::i128,
                    ),
                ),
                absent: ::core::option::Option::Some(
                    renamed::nest_core::__private_v1::Reserved::Integer(
                        (0) as ::core::primitive::i128,
                    ),
                ),
                ..renamed::nest_core::__private_v1::Declared::NOTHING
            },
            renamed::nest_core::__private_v1::Declared {
                range: ::core::option::Option::Some(
                    renamed::nest_core::__private_v1::Range::Float(
                        renamed::nest_core::__private_v1::single(
                            (-40.0) as ::core::primitive::f32,
                            1,
                        ),
                        renamed::nest_core::__private_v1::single(
                            (60.0) as ::core::primitive::f32,
                            1,
                        ),
                    ),
                ),
                decimals: ::core::option::Option::Some(1),
                absent: ::core::option::Option::Some(
                    renamed::nest_core::__private_v1::Reserved::Float(
                        renamed::nest_core::__private_v1::single(
                            (99.0) as ::core::primitive::f32,
                            1,
                        ),
                    ),
                ),
                ..renamed::nest_core::__private_v1::Declared::NOTHING
            },
            renamed::nest_core::__private_v1::Declared {
                max_bytes: ::core::option::Option::Some(15),
                max_len: ::core::option::Option::Some(3),
                absent: ::core::option::Option::Some(
                    renamed::nest_core::__private_v1::Reserved::Text("-"),
                ),
                ..renamed::nest_core::__private_v1::Declared::NOTHING
            },
            renamed::nest_core::__private_v1::Declared {
                range: ::core::option::Option::Some(
                    renamed::nest_core::__private_v1::Range::Text("2020-01", "2035-12"),
                ),
                ..renamed::nest_core::__private_v1::Declared::NOTHING
            },
            renamed::nest_core::__private_v1::Declared {
                range: ::core::option::Option::Some(
                    renamed::nest_core::__private_v1::Range::Integer(
                        (0) as ::core::primitive::i128,
                        (999_999) as ::core::primitive::i128,
                    ),
                ),
                hints: &[renamed::nest_core::__private_v1::Hint::Identifier],
                ..renamed::nest_core::__private_v1::Declared::NOTHING
            },
            renamed::nest_core::__private_v1::Declared {
                range: ::core::option::Option::Some(
                    renamed::nest_core::__private_v1::Range::Integer(
                        (0) as ::core::primitive::i128,
                        (86_399) as ::core::primitive::i128,
                    ),
                ),
                hints: &[renamed::nest_core::__private_v1::Hint::Time],
                ..renamed::nest_core::__private_v1::Declared::NOTHING
            },
        ];
        const __CHECK: () = {};
        fn __put(
            &self,
            __fields: &mut renamed::nest_core::__private_v1::Writer,
        ) -> ::core::result::Result<(), renamed::nest_core::__private_v1::EncodeError> {
            <Pseudonym as renamed::nest_core::__private_v1::PepField<
                renamed::nest_core::__private_v1::Slot<Assessment, 0>,
            >>::put(&self.r#who, __fields)?;
            <Option<
                u16,
            > as renamed::nest_core::__private_v1::PepField<
                renamed::nest_core::__private_v1::Slot<Assessment, 1>,
            >>::put(&self.reading, __fields)?;
            <Option<
                f32,
            > as renamed::nest_core::__private_v1::PepField<
                renamed::nest_core::__private_v1::Slot<Assessment, 2>,
            >>::put(&self.celsius, __fields)?;
            <Vec<
                Option<String>,
            > as renamed::nest_core::__private_v1::PepField<
                renamed::nest_core::__private_v1::Slot<Assessment, 3>,
            >>::put(&self.remarks, __fields)?;
            <Month as renamed::nest_core::__private_v1::PepField<
                renamed::nest_core::__private_v1::Slot<Assessment, 4>,
            >>::put(&self.month, __fields)?;
            <u32 as renamed::nest_core::__private_v1::PepField<
                renamed::nest_core::__private_v1::Slot<Assessment, 5>,
            >>::put(&self.study_id, __fields)?;
            <u32 as renamed::nest_core::__private_v1::PepField<
                renamed::nest_core::__private_v1::Slot<Assessment, 6>,
            >>::put(&self.time, __fields)?;
            ::core::result::Result::Ok(())
        }
        fn __take(
            __fields: &mut renamed::nest_core::__private_v1::Reader<'_>,
        ) -> ::core::result::Result<
            Self,
            renamed::nest_core::__private_v1::DecodeError,
        > {
            ::core::result::Result::Ok(Self {
                r#who: <Pseudonym as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 0>,
                >>::take(__fields)?,
                reading: <Option<
                    u16,
                > as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 1>,
                >>::take(__fields)?,
                celsius: <Option<
                    f32,
                > as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 2>,
                >>::take(__fields)?,
                remarks: <Vec<
                    Option<String>,
                > as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 3>,
                >>::take(__fields)?,
                month: <Month as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 4>,
                >>::take(__fields)?,
                study_id: <u32 as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 5>,
                >>::take(__fields)?,
                time: <u32 as renamed::nest_core::__private_v1::PepField<
                    renamed::nest_core::__private_v1::Slot<Assessment, 6>,
                >>::take(__fields)?,
            })
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<Assessment>
    for renamed::nest_core::__private_v1::PEPJSONValue {
        type Error = renamed::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: Assessment,
        ) -> ::core::result::Result<
            Self,
            renamed::nest_core::__private_v1::EncodeError,
        > {
            <Assessment as renamed::nest_core::PepRecord>::to_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&Assessment>
    for renamed::nest_core::__private_v1::PEPJSONValue {
        type Error = renamed::nest_core::__private_v1::EncodeError;
        fn try_from(
            value: &Assessment,
        ) -> ::core::result::Result<
            Self,
            renamed::nest_core::__private_v1::EncodeError,
        > {
            <Assessment as renamed::nest_core::PepRecord>::to_pep(value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<renamed::nest_core::__private_v1::PEPJSONValue>
    for Assessment {
        type Error = renamed::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: renamed::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<
            Self,
            renamed::nest_core::__private_v1::DecodeError,
        > {
            <Assessment as renamed::nest_core::PepRecord>::from_pep(&value)
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<&renamed::nest_core::__private_v1::PEPJSONValue>
    for Assessment {
        type Error = renamed::nest_core::__private_v1::DecodeError;
        fn try_from(
            value: &renamed::nest_core::__private_v1::PEPJSONValue,
        ) -> ::core::result::Result<
            Self,
            renamed::nest_core::__private_v1::DecodeError,
        > {
            <Assessment as renamed::nest_core::PepRecord>::from_pep(value)
        }
    }
    const _: () = renamed::nest_core::__private_v1::check_field(
        &<Pseudonym as renamed::nest_core::__private_v1::PepField<
            renamed::nest_core::__private_v1::Slot<Assessment, 0>,
        >>::KIND,
        &<Assessment as renamed::nest_core::PepRecord>::__DECLARED[0usize],
        &<Assessment as renamed::nest_core::PepRecord>::__FIELDS[0usize],
        renamed::nest_core::__private_v1::RecordKind::Progress,
    );
    const _: () = renamed::nest_core::__private_v1::check_field(
        &<Option<
            u16,
        > as renamed::nest_core::__private_v1::PepField<
            renamed::nest_core::__private_v1::Slot<Assessment, 1>,
        >>::KIND,
        &<Assessment as renamed::nest_core::PepRecord>::__DECLARED[1usize],
        &<Assessment as renamed::nest_core::PepRecord>::__FIELDS[1usize],
        renamed::nest_core::__private_v1::RecordKind::Progress,
    );
    const _: () = renamed::nest_core::__private_v1::check_field(
        &<Option<
            f32,
        > as renamed::nest_core::__private_v1::PepField<
            renamed::nest_core::__private_v1::Slot<Assessment, 2>,
        >>::KIND,
        &<Assessment as renamed::nest_core::PepRecord>::__DECLARED[2usize],
        &<Assessment as renamed::nest_core::PepRecord>::__FIELDS[2usize],
        renamed::nest_core::__private_v1::RecordKind::Progress,
    );
    const _: () = renamed::nest_core::__private_v1::check_field(
        &<Vec<
            Option<String>,
        > as renamed::nest_core::__private_v1::PepField<
            renamed::nest_core::__private_v1::Slot<Assessment, 3>,
        >>::KIND,
        &<Assessment as renamed::nest_core::PepRecord>::__DECLARED[3usize],
        &<Assessment as renamed::nest_core::PepRecord>::__FIELDS[3usize],
        renamed::nest_core::__private_v1::RecordKind::Progress,
    );
    const _: () = renamed::nest_core::__private_v1::check_field(
        &<Month as renamed::nest_core::__private_v1::PepField<
            renamed::nest_core::__private_v1::Slot<Assessment, 4>,
        >>::KIND,
        &<Assessment as renamed::nest_core::PepRecord>::__DECLARED[4usize],
        &<Assessment as renamed::nest_core::PepRecord>::__FIELDS[4usize],
        renamed::nest_core::__private_v1::RecordKind::Progress,
    );
    const _: () = renamed::nest_core::__private_v1::check_field(
        &<u32 as renamed::nest_core::__private_v1::PepField<
            renamed::nest_core::__private_v1::Slot<Assessment, 5>,
        >>::KIND,
        &<Assessment as renamed::nest_core::PepRecord>::__DECLARED[5usize],
        &<Assessment as renamed::nest_core::PepRecord>::__FIELDS[5usize],
        renamed::nest_core::__private_v1::RecordKind::Progress,
    );
    const _: () = renamed::nest_core::__private_v1::check_field(
        &<u32 as renamed::nest_core::__private_v1::PepField<
            renamed::nest_core::__private_v1::Slot<Assessment, 6>,
        >>::KIND,
        &<Assessment as renamed::nest_core::PepRecord>::__DECLARED[6usize],
        &<Assessment as renamed::nest_core::PepRecord>::__FIELDS[6usize],
        renamed::nest_core::__private_v1::RecordKind::Progress,
    );
    const _: () = renamed::nest_core::__private_v1::check_blocks(
        <Assessment as renamed::nest_core::PepRecord>::__UNCHECKED,
    );
    const _: () = renamed::nest_core::__private_v1::check_bits(
        <Assessment as renamed::nest_core::PepRecord>::__UNCHECKED,
    );
    const _: () = renamed::nest_core::__private_v1::check_record(
        <Assessment as renamed::nest_core::PepRecord>::__UNCHECKED,
    );
};

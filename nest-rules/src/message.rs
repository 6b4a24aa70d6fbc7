//! The sentences: what leaks, the rule's name, the repair as code.

macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $text;)*
    };
}

messages! {
    /// `Option<T>` without `absent`, of a type that may be an enum or a record.
    OPTION = "whether a value is present would show in the ciphertext [presence]: of an enum without data or a time reserve a value that means absent, `#[pep(absent)]`; of an enum with data remove `Option`, and add a variant for absence; of a record remove `Option`, and put a `bool` field beside it that says whether it counts";
    /// `Option<T>` without `absent`, of a type with a reserved value of its own.
    OPTION_BUILT_IN = "whether a value is present would show in the ciphertext [presence]: reserve the value that means absent, `#[pep(absent)]`";
    /// `Option<String>` without `absent`.
    OPTION_TEXT = "whether a value is present would show in the ciphertext [presence]: reserve a text that means absent, `#[pep(absent = \"-\")]`";
    /// A number that may be absent; [`free_number`](crate::free_number) and [`ABSENT_END`] follow.
    OPTION_NUMBER = "whether a value is present would show in the ciphertext [presence]: reserve a number outside `range` that means absent, `#[pep(absent = ";
    /// The same, where the range leaves no number free.
    OPTION_WHOLE = "whether a value is present would show in the ciphertext [presence]: declare a `range` that leaves a number free, and reserve that one, `#[pep(range = 0..=100, absent = 101)]`";
    /// The same, for a decimal without a grid.
    OPTION_DECIMAL = "whether a value is present would show in the ciphertext [presence]: declare the grid and bounds, and reserve a number outside these, `#[pep(decimals = 1, range = 0.0..=100.0, absent = -1.0)]`";
    /// The end of [`OPTION_NUMBER`] and [`ABSENT_NUMBER`], behind a whole number.
    ABSENT_END = ")]`";
    /// The end of [`OPTION_NUMBER`] and [`ABSENT_NUMBER`], behind a decimal one.
    ABSENT_END_DECIMAL = ".0)]`";
    /// `absent` on an array or on what may be absent already.
    ABSENT_UNFIT = "no value of this type can stand for absence [presence]: remove `Option`, and put a `bool` field beside it that says whether it counts";
    /// `absent` on a list.
    ABSENT_LIST = "a list has no value to spare for absence [presence]: remove `Option`, and let an empty list stand for it, or put a `bool` field beside it that says whether it counts";
    /// `absent` on a pseudonym.
    ABSENT_PSEUDONYM = "no pseudonym can stand for absence [presence]: remove `Option`, put a `bool` field beside it that says whether it counts, and fill it with `Pseudonym::random()` where it does not";
    /// `absent` on a record.
    ABSENT_RECORD = "a record has no value to spare for absence [presence]: remove `Option`, and put a `bool` field beside it that says whether it counts, or make the record an enum with a variant for absence";
    /// `absent` on an enum with data.
    ABSENT_VARIANTS = "an enum with data has no value to spare for absence, only enums without data have one [presence]: remove `Option`, and add a variant for absence to the enum";
    /// `absent = value` on a type whose reserved value is built in.
    ABSENT_BUILT_IN = "`bool`, times and enums without data have a reserved value of their own: write `#[pep(absent)]`";
    /// `absent` without a value on a number; [`free_number`](crate::free_number) and [`ABSENT_END`] follow.
    ABSENT_NUMBER = "a number has no reserved value of its own: write one outside `range`, `#[pep(absent = ";
    /// `absent` without a value, or with one of another kind, where the value must be declared.
    ABSENT_VALUE = "numbers and text need the value that stands for absence: write a number outside `range`, `#[pep(range = 0..=100, absent = 101)]`, or a text, `#[pep(absent = \"-\")]`";
    /// An `absent` number inside `range`; [`free_number`](crate::free_number) and [`ABSENT_END`] follow.
    ABSENT_INSIDE = "the number that stands for absence lies inside `range`, so a person who has that value looks like one who has none [presence]: reserve one outside `range`, `#[pep(absent = ";
    /// The same, where no number that the type can hold is free.
    ABSENT_INSIDE_ALL = "the number that stands for absence lies among the values of the field, so a person who has that value looks like one who has none [presence]: declare a `range` that leaves it out, `#[pep(range = 0..=100, absent = 101)]`";
    /// An `absent` value that does not fit the type.
    ABSENT_RANGE = "the value declared with `absent` does not fit the field's type and bounds: choose one that the type can hold, within `max_bytes` for text, on the grid of `decimals` for a decimal";
    /// A reason whose code is a value of the number.
    REASON_NUMBER = "a reason of this `Answer` has a code or a name that is a value of the field as well, so a person who has that value looks like one who gave no answer [presence]: pin codes outside the values, `#[pep(code = -1)]` or `#[pep(code = 99)]`, and names that start with a letter";
    /// A reason that is a label of the field as well.
    REASON_LABEL = "a reason of this `Answer` has the code or the name of a label of the field, so a person who chose that label looks like one who gave no answer [presence]: pin other codes on the reasons, `#[pep(code = -1)]`, and rename what is in both";
    /// A reason whose name could be a time.
    REASON_NAME = "a reason of this `Answer` has a name that could be read as a time [presence]: give it a name that starts with a letter, `#[pep(rename = \"refused\")]`";
    /// A reason whose name does not fit.
    REASON_TEXT = "in a field of texts a reason of this `Answer` is written as its name, and one is longer than `max_bytes` [presence]: raise `max_bytes`, or shorten the name, `#[pep(rename = \"refused\")]`";
    /// `absent` on an answer.
    ANSWER_ABSENT = "an `Answer` names the reasons for absence itself, so there is no other value to reserve [presence]: remove `absent`";
    /// An answer of what has no value to spare.
    ANSWER_UNFIT = "no value of this type can stand for a reason [presence]: an `Answer` holds one number, text, `bool`, time or enum without data; put the `Answer` inside the list or record, or beside it";
    /// An answer that may be absent.
    ANSWER_IN_OPTION = "an `Answer` has its reasons for absence already [presence]: remove `Option`, and add a reason, `NotRecorded`";
    /// `absent` on a field that is not an `Option`.
    ABSENT_WITHOUT_OPTION = "`absent` reserves a value for `None`, and this field is not an `Option`: write `Option<…>` as its type, or remove `absent`";

    /// Text without a bound.
    TEXT = "the length of a text would show in the ciphertext [unbounded-length]: bound it in bytes, `#[pep(max_bytes = 15)]` (15 bytes fit in one block)";
    /// A list without a bound.
    LIST = "the number of items would show in the ciphertext [unbounded-length]: bound it, `#[pep(max_len = 10)]`, or use an array of fixed length, `[T; 10]`";
    /// A quoted range on a number.
    RANGE_TEXT = "a range in quotes is for times: write numbers without quotes, `range = 0..=100`";
    /// A year without a range.
    TIME_RANGE_YEAR = "a time field declares its first and last value [precise-time]: write `#[pep(range = 2015..=2035)]`";
    /// A month without a range.
    TIME_RANGE_MONTH = "a time field declares its first and last value [precise-time]: write `#[pep(range = \"2020-01\"..=\"2035-12\")]`";
    /// A week without a range.
    TIME_RANGE_WEEK = "a time field declares its first and last value [precise-time]: write `#[pep(range = \"2020-W01\"..=\"2035-W52\")]`";
    /// A day without a range.
    TIME_RANGE_DAY = "a time field declares its first and last value [precise-time]: write `#[pep(range = \"2020-01-01\"..=\"2035-12-31\")]`";
    /// An hour without a range.
    TIME_RANGE_HOUR = "a time field declares its first and last value [precise-time]: write `#[pep(range = \"2024-01-01T00\"..=\"2024-12-31T23\")]`";
    /// Bounds that are no years.
    NO_YEARS = "a bound of `range` is no year [precise-time]: a year is a number from 0 to 9999, `#[pep(range = 2015..=2035)]`";
    /// Bounds that are no months.
    NO_MONTHS = "a bound of `range` is no month [precise-time]: a month is written in quotes with two digits, `#[pep(range = \"2024-01\"..=\"2026-12\")]`";
    /// Bounds that are no weeks.
    NO_WEEKS = "a bound of `range` is no ISO week [precise-time]: a week is written in quotes with two digits, 01 to 52 or 53 by its year, `#[pep(range = \"2024-W01\"..=\"2026-W52\")]`";
    /// Bounds that are no days.
    NO_DAYS = "a bound of `range` is no day [precise-time]: a day of the calendar is written in quotes, month and day with two digits, `#[pep(range = \"2024-01-01\"..=\"2026-12-31\")]`";
    /// Bounds that are no hours.
    NO_HOURS = "a bound of `range` is no hour [precise-time]: an hour is written in quotes, 00 to 23 behind its day, `#[pep(range = \"2024-01-01T00\"..=\"2026-12-31T23\")]`";
    /// Bounds that are no times of day.
    NO_TIMES_OF_DAY = "a bound of `range` is no time of day [precise-time]: a time of day is written in quotes, hours and minutes with two digits, `#[pep(range = \"06:00\"..=\"22:30\")]`";
    /// A range with one bound in quotes.
    RANGE_MIXED = "one bound is in quotes and the other is not: write both as numbers, `range = 0..=100`, or both as times, `range = \"2020-01\"..=\"2035-12\"`";

    /// A text named like an identifier.
    GLOBAL_TEXT = "by its name this text holds an identifier that others know, which links the record to its person [global-identifier]: use `Pseudonym` with `#[pep(pseudonym)]` and without `max_bytes`, or leave the field out";
    /// A list or record named like an identifier, and wide enough to hold one.
    GLOBAL_PARTS = "by its name this field holds an identifier that others know, which links the record to its person [global-identifier]: use `Pseudonym` with `#[pep(pseudonym)]`, or leave the field out";
    /// A number named like an identifier, and wide enough to hold one.
    GLOBAL_NAME = "by its name this field holds an identifier that others know, which links the record to its person [global-identifier]: use `Pseudonym` with `#[pep(pseudonym)]`, narrow it with `range`, or leave the field out";
    /// A number with as many values as an identifier.
    GLOBAL_NUMBER = "a number with this many values can hold any identifier [global-identifier]: declare the values it really takes, `#[pep(range = 0..=1000)]`, or use `Pseudonym`";
    /// Whole bytes in a row.
    GLOBAL_BYTES = "whole bytes in a row can hold any identifier, a UUID for example [global-identifier]: declare the values that they really take, `#[pep(range = 0..=10)]`";
    /// A field named like a moment, and wide enough to hold one.
    TIME_NAME = "by its name this field holds a moment, and one this precise can single a person out [precise-time]: use a coarse type, `#[pep(range = \"2020-01\"..=\"2035-12\")] month: nest_core::time::Month`";
    /// A day or hour of birth, or a field that may hold one.
    TIME_BIRTH = "a day of birth, with little else, singles a person out [precise-time]: use the year, `#[pep(range = 1990..=2025)] birth_year: nest_core::time::Year`";
    /// A range of seconds since 1970.
    UNIX_TIME = "this range is one of Unix times, and a moment this precise can single a person out [precise-time]: use a coarse type, `#[pep(range = \"2020-01\"..=\"2035-12\")] month: nest_core::time::Month`";

    /// Text in a progress record.
    PROGRESS_TEXT = "a progress message says as little as it can, and a text can say anything [progress]: use a `bool`, a small range or an enum with `#[derive(PepEnum)]`";
    /// A float in a progress record.
    PROGRESS_FLOAT = "a progress message says as little as it can, and a decimal number says too much [progress]: use a small range, `#[pep(range = 0..=10)]`, or an enum";
    /// A wide number in a progress record.
    PROGRESS_NUMBER = "a progress message says as little as it can, and this number has more than 256 values [progress]: use a small range, `#[pep(range = 0..=10)]`, a `bool` or an enum";
    /// A list in a progress record.
    PROGRESS_LIST = "a progress message says as little as it can, and a list says too much [progress]: use single fields, or one flat array, `[bool; 4]`";
    /// A second pseudonym in a progress record.
    PROGRESS_PSEUDONYM = "a progress message says as little as it can, and a second pseudonym tells who belongs together [progress]: keep the one that was asked about";

    /// A record inside a progress record.
    PROGRESS_RECORD = "a progress message says as little as it can, and a record inside it may say more [progress]: declare that one `#[pep(kind = \"progress\")]` as well, or use single fields";

    /// No budget, on a record whose blocks cannot be counted yet.
    NO_BUDGET = "how large the record is must be declared [block-budget]: write `#[pep(max_blocks = 8)]`; without the other errors the compiler tells the number it needs";

    /// A waiver of a rule that keeps the shape fixed.
    WAIVER_FIXED = "this rule keeps the shape fixed and cannot be waived: only `global_identifier`, `precise_time`, `precise_number`, `progress` and `plain_text` can";
    /// A waiver without a reason.
    WAIVER_REASON = "a waiver needs a reason that the report can repeat: write `allow(global_identifier, reason = \"issued per study, not global\")`";
    /// A waiver that silences nothing.
    WAIVER_IDLE = "this field keeps the rule that its waiver sets aside: remove the `allow`";

    /// A bound of zero.
    ZERO_BOUND = "a bound of zero leaves nothing to carry: write at least 1, or remove the field";

    /// An integer of more than 16 bits without a range.
    WIDE_INTEGER = "a number this wide can single a person out [precise-number]: declare the values it takes, `#[pep(range = 0..=1000)]`";
    /// `usize`, `isize`.
    MACHINE_INTEGER = "an integer whose width depends on the machine has no fixed bounds [precise-number]: use `u32` or `i32` with a range, `#[pep(range = 0..=1000)]`";
    /// A float without a grid.
    FLOAT = "a number this precise can single a person out [precise-number]: declare its grid and bounds, `#[pep(decimals = 1, range = 0.0..=100.0)]`";
    /// A range that the type cannot hold.
    RANGE_TYPE = "the field's type cannot hold every value of `range`: choose bounds within the type, or a wider type";
    /// A range whose start lies above its end.
    RANGE_EMPTY = "`range` is empty: write the smaller bound first, `range = 0..=100`";
    /// A decimal range whose bounds are not on the grid.
    RANGE_GRID = "the bounds of `range` do not lie on the grid of `decimals`: write bounds with at most that many decimals";
    /// A decimal range too wide to be exact.
    RANGE_WIDE = "this many decimals over this `range` cannot be held exactly: use fewer decimals or narrower bounds";
    /// More decimals than a number of 64 bits can hold.
    DECIMALS = "`decimals` is at most 12";

    /// A pseudonym that is not marked.
    UNMARKED_PSEUDONYM = "a pseudonym must change when it moves to another domain: mark the field `#[pep(pseudonym)]`";
    /// A mark on something that is no pseudonym.
    NOT_A_PSEUDONYM = "`pseudonym` marks a field of type `Pseudonym`, and this is none: use `Pseudonym` as its type, or remove the mark";

    /// `range` on a type that is no number.
    STRAY_RANGE = "`range` bounds numbers, and this field is none: remove `range`";
    /// `decimals` on a type that is no float.
    STRAY_DECIMALS = "`decimals` rounds `f32` and `f64`, and this field is neither: remove `decimals`, or use `f32` or `f64`";
    /// `max_bytes` on a type that is no text.
    STRAY_MAX_BYTES = "`max_bytes` bounds a `String`, and this field is none: remove `max_bytes`";
    /// `max_bytes` on a list that has no bound of its own.
    STRAY_MAX_BYTES_LIST = "`max_bytes` bounds a `String`, and this field is a list, which is bounded in items: write `max_len = 10` instead";
    /// `max_len` on a type that is no list.
    STRAY_MAX_LEN = "`max_len` bounds a `Vec`, and this field is none: remove `max_len`";
    /// `max_len` on a text.
    STRAY_MAX_LEN_TEXT = "`max_len` bounds a `Vec`, and this field is a text, which is bounded in bytes: write `max_bytes = 15` instead (15 bytes fit in one block)";
    /// A list inside a list.
    NESTED_LIST = "one `max_len` cannot bound two lists: put the inner list into a record of its own, or use an array, `[T; 10]`";

    /// `char`.
    CHAR = "a character takes between one and four bytes [unbounded-length]: use an enum with `#[derive(PepEnum)]`, or `String` with `#[pep(max_bytes = 4)]`";
    /// A record within itself.
    RECURSION = "a record within itself has no fixed size [open-type]: put the inner values into a record of their own, and a bounded list of these here, `Vec<Inner>` with `#[pep(max_len = 10)]`";
    /// Records within records, deeper than JSON is read.
    TOO_DEEP = "records, arrays and lists lie within each other deeper than their JSON can be read back [open-type]: use at most 30 levels, where a list takes two: for example one flat array, `[T; 64]`, instead of `[[T; 8]; 8]`";
    /// Types whose kind of value is open.
    OPEN = "what kind of value it holds would show in the ciphertext [open-type]: declare a record of its own with `#[derive(PepRecord)]`";
    /// A type parameter that could be anything.
    UNBOUNDED_GENERIC = "what kind of value it holds would show in the ciphertext [open-type]: bound the parameter, `T: PepRecord`";
    /// Maps, sets and queues.
    MAP = "the number of entries would show in the ciphertext [unbounded-length]: use a list with a bound, `Vec<T>` with `#[pep(max_len = 10)]`, or a record with a field for each entry";
    /// Text of other kinds.
    TEXT_TYPE = "the length of this type would show in the ciphertext [unbounded-length]: use `String` with `#[pep(max_bytes = 15)]`";
    /// Lists of other kinds.
    LIST_TYPE = "the length of this type would show in the ciphertext [unbounded-length]: use an array, `[T; 10]`, or `Vec<T>` with `#[pep(max_len = 10)]`";
    /// `Result`.
    RESULT = "which of the two it is would show in the ciphertext [presence]: use an enum of outcomes with `#[derive(PepEnum)]` and fields that are always there";
    /// Identifiers known outside the exchange.
    GLOBAL = "an identifier that others know links the record to its person [global-identifier]: use `Pseudonym` with `#[pep(pseudonym)]`, or leave it out";
    /// Precise moments.
    TIME = "a moment this precise can single a person out [precise-time]: use a coarse type, `#[pep(range = \"2020-01\"..=\"2035-12\")] month: nest_core::time::Month`";
    /// A duration.
    DURATION = "a duration this precise can single a person out [precise-time]: use a number of the coarsest unit that will do, `#[pep(range = 0..=120)] minutes: u8`";
    /// Pseudonyms of more than one block.
    LONG = "the blocks of a long pseudonym can be linked one by one [long-pseudonym]: use `Pseudonym`, made with `Pseudonym::from_long_id`, which is one block for an identifier of any length";

    /// `subject` on a field that is not a pseudonym.
    SUBJECT_TYPE = "the subject is the person whom the record is about, and this field is not a pseudonym [subject]: use `Pseudonym` with `#[pep(pseudonym, subject)]`, or remove `subject`";
    /// `subject` on a list or an array.
    SUBJECT_LIST = "a record is about one person, and this field holds several [subject]: mark a single `Pseudonym`, or remove `subject`";
    /// `subject` on two fields.
    SUBJECT_TWICE = "a record is about one person, and two fields are marked `subject` [subject]: keep the one whom the attributes are about";

    /// `sum` on what cannot be added up.
    USE_SUM = "values are added up between two bounds, and the values of this field have no bounds or no order [use]: use a number with `range` or a `bool`, or remove `sum`";
    /// `group_by` on a text.
    USE_GROUP_TEXT = "people are counted by a fixed set of values, and a text can be anything [use]: use an enum with `#[derive(PepEnum)]`, or remove `group_by`";
    /// `group_by` on a pseudonym.
    USE_GROUP_PSEUDONYM = "people are counted by a fixed set of values, and each pseudonym is one person [use]: use an enum with `#[derive(PepEnum)]`, or remove `group_by`";
    /// `group_by` on a wide number.
    USE_GROUP_MANY = "people are counted by at most 1,024 values, and this field has more [use]: narrow its `range`, use an enum with `#[derive(PepEnum)]`, or remove `group_by`";
    /// `fuzzy` on what is not a text.
    USE_FUZZY = "only texts have typing errors to allow for [use]: write `uses(link)` instead of `fuzzy`";
    /// `link_id` on a list or an array.
    USE_LINK_ID_LIST = "an identifier to link by is one value, and this field holds several [use]: move it to a field of its own, or remove `link_id`";
    /// Any use on a record within the record.
    USE_RECORD = "a record within a record has no value of its own to use [use]: declare `uses` on the fields of the inner record";
    /// Any use in a progress record.
    USE_PROGRESS = "a progress message tells how far something has come and is used for nothing else [use]: remove `uses`, or declare the field in an ordinary record";

    /// `canon` on what is not a text.
    CANON_TYPE = "a canonical form is one of texts, and this field holds none [canon]: remove `canon`";
    /// `canon` without a use.
    CANON_IDLE = "a canonical form is for texts that are compared, and this one has no use [canon]: add `uses(link)`, or remove `canon`";
    /// A `canon` with a part that is unknown.
    CANON_UNKNOWN = "a canonical form is a list of `nfc`, `trim`, `upper`, `lower` and `digits` [canon]: write `canon = \"nfc,trim,upper\"`";
    /// A `canon` with a part that is there twice.
    CANON_TWICE = "a part of this canonical form is there twice [canon]: write each once, `canon = \"nfc,trim,upper\"`";
    /// A `canon` with `upper` and `lower`.
    CANON_BOTH = "a text cannot be in capital and in small letters [canon]: keep `upper` or `lower`";

    /// A logical type that is not in the list.
    LOGICAL = "the logical type says how sensitive a field is, in one of these words: `personal`, `education`, `medical`, `location`, `sensor`, `online`, `consumption` [logical-type]: write one of them, or a word of your own behind `custom:`, `logical = \"custom:sports\"`";

    /// `plain` or `alone` on a pseudonym.
    AT_REST_PSEUDONYM = "a pseudonym that is readable in storage, or that can be compared by itself, tells which records belong together [at-rest]: remove `at_rest`, and it is sealed with its record";
    /// `plain` or `alone` on a record within the record.
    AT_REST_RECORD = "a record within a record is kept as its own fields declare [at-rest]: declare `at_rest` on the fields of the inner record";
    /// `plain` on a text.
    PLAIN_TEXT = "a text can say anything, and `plain` leaves it readable in storage [plain-text]: write `at_rest = \"alone\"`, or say why it may be read, `#[pep(allow(plain_text, reason = \"names of public schools\"))]`";

    /// A linkage record inside another record.
    LINKAGE_NESTED = "variables that people are linked by are read at home only, and this record is sent [linkage]: declare the outer record `#[pep(kind = \"linkage\")]` as well, or leave the inner one out";
    /// A linkage record that is sealed, sent or served.
    LINKAGE_SENT = "variables that people are linked by are read at home only: a record of `kind = \"linkage\"` is never sealed, sent or served [linkage]: send a record of pseudonyms and attributes instead";
}

//! The sentences: what leaks, the rule's name, the repair as code.

macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $text;)*
    };
}

messages! {
    /// `Option<T>` without `absent`.
    OPTION = "whether a value is present would show in the ciphertext [presence]: reserve a value that means absent, `#[pep(absent = 0)]` for numbers, `#[pep(absent = \"-\")]` for text, `#[pep(absent)]` for `bool`, enums and times";
    /// `absent` on a type that has no value to spare.
    ABSENT_UNFIT = "no value of this type can stand for absence [presence]: use a number, text, `bool` or enum with `absent`, or put a `bool` field beside it that says whether it counts";
    /// `absent = value` on a type whose reserved value is built in.
    ABSENT_BUILT_IN = "`bool`, enums and times have a reserved value of their own: write `#[pep(absent)]`";
    /// `absent` without a value, where the value must be declared.
    ABSENT_VALUE = "numbers and text need the value that stands for absence: write `#[pep(absent = 0)]` for a number, `#[pep(absent = \"-\")]` for text";
    /// An `absent` value that does not fit the type.
    ABSENT_RANGE = "the value declared with `absent` does not fit the field's type and bounds: choose one that the type can hold, within `max_bytes` for text, on the grid of `decimals` for a decimal";
    /// `absent` on a field that is not an `Option`.
    ABSENT_WITHOUT_OPTION = "`absent` reserves a value for `None`, and this field is not an `Option`: write `Option<…>` as its type, or remove `absent`";

    /// Text without a bound.
    TEXT = "the length of a text would show in the ciphertext [unbounded-length]: bound it in bytes, `#[pep(max_bytes = 15)]` (15 bytes fit in one block)";
    /// A list without a bound.
    LIST = "the number of items would show in the ciphertext [unbounded-length]: bound it, `#[pep(max_len = 10)]`, or use an array of fixed length, `[T; 10]`";
    /// A quoted range on a number.
    RANGE_TEXT = "a range in quotes is for times: write numbers, `range = 0..=100`";
    /// A year without a range, or with bounds that are no years.
    TIME_RANGE_YEAR = "a time field declares its first and last value [precise-time]: write `#[pep(range = 2015..=2035)]`";
    /// A month without a range, or with bounds that are no months.
    TIME_RANGE_MONTH = "a time field declares its first and last value [precise-time]: write `#[pep(range = \"2020-01\"..=\"2035-12\")]`";
    /// A week without a range, or with bounds that are no weeks.
    TIME_RANGE_WEEK = "a time field declares its first and last value [precise-time]: write `#[pep(range = \"2020-W01\"..=\"2035-W52\")]`";
    /// A day without a range, or with bounds that are no days.
    TIME_RANGE_DAY = "a time field declares its first and last value [precise-time]: write `#[pep(range = \"2020-01-01\"..=\"2035-12-31\")]`";
    /// An hour without a range, or with bounds that are no hours.
    TIME_RANGE_HOUR = "a time field declares its first and last value [precise-time]: write `#[pep(range = \"2024-01-01T00\"..=\"2024-12-31T23\")]`";

    /// A field named like an identifier, and wide enough to hold one.
    GLOBAL_NAME = "by its name this field holds an identifier that others know, which links the record to its person [global-identifier]: use `Pseudonym` with `#[pep(pseudonym)]`, narrow it with `range`, or leave it out";
    /// A number with as many values as an identifier.
    GLOBAL_NUMBER = "a number with this many values can hold any identifier [global-identifier]: declare the values it really takes, `#[pep(range = 0..=1000)]`, or use `Pseudonym`";
    /// Whole bytes in a row.
    GLOBAL_BYTES = "whole bytes in a row can hold any identifier, a UUID for example [global-identifier]: declare the values that they really take, `#[pep(range = 0..=10)]`";
    /// A field named like a moment, and wide enough to hold one.
    TIME_NAME = "by its name this field holds a moment, and one this precise can single a person out [precise-time]: use a coarse type of `nest_core::time`, `#[pep(range = \"2020-01\"..=\"2035-12\")] month: Month`";
    /// A day or hour of birth.
    TIME_BIRTH = "a day of birth, with little else, singles a person out [precise-time]: use `nest_core::time::Year`, `#[pep(range = 1990..=2025)] birth_year: Year`";
    /// A range of seconds since 1970.
    UNIX_TIME = "this range is one of Unix times, and a moment this precise can single a person out [precise-time]: use a coarse type of `nest_core::time`, `#[pep(range = \"2020-01\"..=\"2035-12\")] month: Month`";

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
    WAIVER_FIXED = "this rule keeps the shape fixed and cannot be waived: only `global_identifier`, `precise_time`, `precise_number` and `progress` can";
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
    /// `max_len` on a type that is no list.
    STRAY_MAX_LEN = "`max_len` bounds a `Vec`, and this field is none: remove `max_len`";
    /// A list inside a list.
    NESTED_LIST = "one `max_len` cannot bound two lists: put the inner list into a record of its own, or use an array, `[T; 10]`";

    /// `char`.
    CHAR = "a character takes between one and four bytes [unbounded-length]: use an enum with `#[derive(PepEnum)]`, or `String` with `#[pep(max_bytes = 4)]`";
    /// A record within itself.
    RECURSION = "a record within itself has no fixed size [open-type]: put the inner values into a record of their own, and a bounded list of these here, `Vec<Inner>` with `#[pep(max_len = 10)]`";
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
    TIME = "a moment this precise can single a person out [precise-time]: use a coarse type of `nest_core::time`, `#[pep(range = \"2020-01\"..=\"2035-12\")] month: Month`";
    /// Pseudonyms of more than one block.
    LONG = "the blocks of a long pseudonym can be linked one by one [long-pseudonym]: use `Pseudonym`, made with `Pseudonym::from_long_id`, which is one block for an identifier of any length";
}

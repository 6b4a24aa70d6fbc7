//! The catalogue of rules: a name for each, what it protects, and whether it can be waived.

/// One of the rules that a declaration must keep.
///
/// The names are stable: they stand in error messages, in waivers and in the report, and each has a section
/// of its own in `docs/leaks.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Whether a value is there must not show.
    Presence,
    /// How long a value is must not show.
    UnboundedLength,
    /// What kind of value it is must not show.
    OpenType,
    /// A value that is unique across parties links records that pseudonyms keep apart.
    GlobalIdentifier,
    /// A precise moment is as good as an identifier.
    PreciseTime,
    /// A number without declared bounds and grid is as good as an identifier.
    PreciseNumber,
    /// The blocks of a long pseudonym can be linked one by one.
    LongPseudonym,
    /// A record stays within the blocks that it declares.
    BlockBudget,
    /// A record stays within the identifying bits that it declares.
    BitBudget,
    /// A progress record says as little as it can.
    Progress,
    /// Records that answer the same question have one shape.
    ShapeMismatch,
    /// A record says at most once, and by one pseudonym, whom it is about.
    Subject,
    /// A field is put to uses that its type allows.
    Use,
    /// Texts that are compared have one written form.
    Canon,
    /// How sensitive a field is comes from a fixed list.
    LogicalType,
    /// A pseudonym is never kept by itself or readable in storage.
    AtRest,
    /// A text is not kept readable in storage.
    PlainText,
    /// Variables that people are linked by are read at home only.
    Linkage,
}

impl Rule {
    /// Every rule, in the order of the documentation.
    pub const ALL: [Rule; 18] = [
        Rule::Presence,
        Rule::UnboundedLength,
        Rule::OpenType,
        Rule::GlobalIdentifier,
        Rule::PreciseTime,
        Rule::PreciseNumber,
        Rule::LongPseudonym,
        Rule::BlockBudget,
        Rule::BitBudget,
        Rule::Progress,
        Rule::ShapeMismatch,
        Rule::Subject,
        Rule::Use,
        Rule::Canon,
        Rule::LogicalType,
        Rule::AtRest,
        Rule::PlainText,
        Rule::Linkage,
    ];

    /// The rule's name as it stands in messages, in kebab-case.
    pub const fn name(self) -> &'static str {
        match self {
            Rule::Presence => "presence",
            Rule::UnboundedLength => "unbounded-length",
            Rule::OpenType => "open-type",
            Rule::GlobalIdentifier => "global-identifier",
            Rule::PreciseTime => "precise-time",
            Rule::PreciseNumber => "precise-number",
            Rule::LongPseudonym => "long-pseudonym",
            Rule::BlockBudget => "block-budget",
            Rule::BitBudget => "bit-budget",
            Rule::Progress => "progress",
            Rule::ShapeMismatch => "shape-mismatch",
            Rule::Subject => "subject",
            Rule::Use => "use",
            Rule::Canon => "canon",
            Rule::LogicalType => "logical-type",
            Rule::AtRest => "at-rest",
            Rule::PlainText => "plain-text",
            Rule::Linkage => "linkage",
        }
    }

    /// What the rule protects, in a sentence for people who do not program.
    pub const fn meaning(self) -> &'static str {
        match self {
            Rule::Presence => "A missing value looks the same as one that is there.",
            Rule::UnboundedLength => "A long value looks the same as a short one.",
            Rule::OpenType => "Every value of a field is of one declared kind.",
            Rule::GlobalIdentifier => {
                "No field holds an identifier that is known outside the exchange, so records cannot be matched by it."
            }
            Rule::PreciseTime => "Moments are rounded to a declared unit, so they do not single anyone out.",
            Rule::PreciseNumber => {
                "Numbers take at most 65,536 values or those of a declared range, and decimals have a declared precision, so they do not single anyone out."
            }
            Rule::LongPseudonym => {
                "A pseudonym is one encryption block, so no part of it can be compared by itself."
            }
            Rule::BlockBudget => "The record is no larger than its declared number of encryption blocks.",
            Rule::BitBudget => "The record's fields together can tell apart no more people than declared.",
            Rule::Progress => "Progress messages hold flags and small numbers only.",
            Rule::ShapeMismatch => "Different answers to one question look the same from outside.",
            Rule::Subject => "The record says by at most one pseudonym whom its attributes are about.",
            Rule::Use => "Fields are summed, counted by and linked by only where their type allows it.",
            Rule::Canon => "Texts that are compared are brought into one written form first.",
            Rule::LogicalType => "How sensitive a field is, is said in words from a fixed list.",
            Rule::AtRest => "Pseudonyms are kept sealed in storage.",
            Rule::PlainText => "No text is readable in storage.",
            Rule::Linkage => {
                "Names and dates of birth that people are linked by are read at home only: they are never sent."
            }
        }
    }

    /// Whether a field may set the rule aside, with a reason that the report repeats.
    ///
    /// Rules that keep the shape fixed cannot be waived: without them the toolkit's promise does not hold.
    pub const fn waivable(self) -> bool {
        matches!(
            self,
            Rule::GlobalIdentifier
                | Rule::PreciseTime
                | Rule::PreciseNumber
                | Rule::Progress
                | Rule::PlainText
        )
    }
}

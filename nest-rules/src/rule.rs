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
}

impl Rule {
    /// Every rule, in the order of the documentation.
    pub const ALL: [Rule; 11] = [
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
        }
    }

    /// Whether a field may set the rule aside, with a reason that the report repeats.
    ///
    /// Rules that keep the shape fixed cannot be waived: without them the toolkit's promise does not hold.
    pub const fn waivable(self) -> bool {
        matches!(self, Rule::GlobalIdentifier | Rule::PreciseTime | Rule::PreciseNumber | Rule::Progress)
    }
}

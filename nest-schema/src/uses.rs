//! What a field may be used for, beyond being exchanged: declared, so that nothing else is done with it.

use std::fmt;

/// One use of a field: `#[pep(uses(sum))]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Use {
    /// Its values are added up: a number or a time with bounds.
    Sum,
    /// People are counted by its values: at most 1,024 of them.
    GroupBy,
    /// It identifies a person, and records are linked where it is equal.
    LinkId,
    /// Only records that agree in it are compared when linking.
    Block,
    /// It is compared when linking records.
    Link,
    /// It is compared when linking, and may have typing errors: a text.
    Fuzzy,
}

impl Use {
    /// Every use, in the order in which they are written.
    pub const ALL: [Use; 6] = [Use::Sum, Use::GroupBy, Use::LinkId, Use::Block, Use::Link, Use::Fuzzy];

    /// The name, as in a declaration: `group_by`.
    pub const fn name(self) -> &'static str {
        match self {
            Use::Sum => "sum",
            Use::GroupBy => "group_by",
            Use::LinkId => "link_id",
            Use::Block => "block",
            Use::Link => "link",
            Use::Fuzzy => "fuzzy",
        }
    }

    /// The use of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// The uses of a field: a set, whatever the order in which they were written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Uses(u8);

impl Uses {
    /// No use.
    pub const NONE: Uses = Uses(0);

    /// These uses.
    pub const fn of(uses: &[Use]) -> Self {
        let mut set = 0;
        let mut rest = uses;
        while let [first, others @ ..] = rest {
            set |= 1 << *first as u8;
            rest = others;
        }
        Self(set)
    }

    /// Whether the use is among them.
    pub const fn contains(self, one: Use) -> bool {
        self.0 & 1 << one as u8 != 0
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Use::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Use> {
        Use::ALL.into_iter().filter(move |one| self.contains(*one))
    }
}

impl FromIterator<Use> for Uses {
    fn from_iter<I: IntoIterator<Item = Use>>(uses: I) -> Self {
        uses.into_iter().fold(Self::NONE, |set, one| Self(set.0 | 1 << one as u8))
    }
}

impl fmt::Debug for Uses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

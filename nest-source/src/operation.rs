//! The operations: what a caller can ask of a source, about participants or about an activity.

use std::fmt;

/// Each operation once: its variant, its number on the wire and its name. Lists and names follow from this.
macro_rules! operations {
    ($($(#[$doc:meta])+ $operation:ident = $code:literal, $name:literal;)+) => {
        /// What a caller can ask for, about participants or about an activity.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Operation {
            $($(#[$doc])+ $operation,)+
        }

        impl Operation {
            /// All operations of an activity.
            pub const ALL: &'static [Operation] = &[$(Operation::$operation),+];

            /// The name, as it stands in paths, rights and logs.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Operation::$operation => $name,)+
                }
            }

            /// The number that stands for it on the wire, below 64. A number is never used for another operation.
            pub const fn code(self) -> u8 {
                match self {
                    $(Operation::$operation => $code,)+
                }
            }
        }
    };
}

operations! {
    /// Registers a participant, or gives a record of an activity to one.
    Create = 0, "create";
    /// Asks for the record.
    Read = 1, "read";
    /// Replaces the record.
    Update = 2, "update";
    /// Removes the record.
    Delete = 3, "delete";
    /// Asks how far a participant is. For activities only.
    Progress = 4, "progress";
    /// Asks for one outcome of a participant. For activities only.
    Results = 5, "results";
}

impl Operation {
    /// All operations about participants.
    pub const OF_PARTICIPANTS: &'static [Operation] =
        &[Operation::Create, Operation::Read, Operation::Update, Operation::Delete];

    /// The operation of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.as_str() == name)
    }

    /// Whether it changes something at the source.
    pub const fn writes(self) -> bool {
        matches!(self, Operation::Create | Operation::Update | Operation::Delete)
    }

    /// Whether it is one of `operations`, in a constant.
    pub const fn is_in(self, operations: &[Operation]) -> bool {
        let mut rest = operations;
        while let [first, others @ ..] = rest {
            if first.code() == self.code() {
                return true;
            }
            rest = others;
        }
        false
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a request is about one item or many. What travels is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// Exactly one item. It is encrypted like a batch, but hides among no others.
    Single,
    /// Any number of items up to the limit.
    Batch,
}

impl Mode {
    /// Both.
    pub const ALL: [Mode; 2] = [Mode::Single, Mode::Batch];
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_numbers_are_those_of_one_operation() {
        for operation in Operation::ALL {
            assert_eq!(Operation::parse(operation.as_str()), Some(*operation));
            assert!(operation.code() < 64);
        }
        let codes: HashSet<u8> = Operation::ALL.iter().map(|operation| operation.code()).collect();
        assert_eq!(codes.len(), Operation::ALL.len());
        assert_eq!(Operation::parse("drop"), None);
        assert!(Operation::Read.is_in(Operation::OF_PARTICIPANTS));
        assert!(!Operation::Progress.is_in(Operation::OF_PARTICIPANTS));
    }
}

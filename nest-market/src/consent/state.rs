//! The state of one person in one offer.

use serde::{Deserialize, Serialize};

/// What a person said, or did not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConsentState {
    /// They were asked.
    Asked,
    /// They agreed.
    Accepted,
    /// They refused.
    Denied,
    /// They agreed, and changed their mind.
    Withdrawn,
    /// They said nothing in time, or the offer came to nothing, or they were not needed.
    Expired,
    /// Their values are used.
    Used,
}

/// What a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Decision {
    /// They agree.
    Accept,
    /// They refuse, or withdraw where they had agreed.
    Deny,
}

impl ConsentState {
    /// All states.
    pub const ALL: [ConsentState; 6] = [
        ConsentState::Asked,
        ConsentState::Accepted,
        ConsentState::Denied,
        ConsentState::Withdrawn,
        ConsentState::Expired,
        ConsentState::Used,
    ];

    /// The state after a decision, or `None` where it is too late.
    pub const fn after(self, decision: Decision) -> Option<ConsentState> {
        use ConsentState::*;
        match (self, decision) {
            (Asked | Accepted | Denied | Withdrawn, Decision::Accept) => Some(Accepted),
            (Asked | Denied, Decision::Deny) => Some(Denied),
            (Accepted | Withdrawn, Decision::Deny) => Some(Withdrawn),
            (Expired | Used, _) => None,
        }
    }

    /// The name in the tables and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            ConsentState::Asked => "asked",
            ConsentState::Accepted => "accepted",
            ConsentState::Denied => "denied",
            ConsentState::Withdrawn => "withdrawn",
            ConsentState::Expired => "expired",
            ConsentState::Used => "used",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl Decision {
    /// The name in the tables and in requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Decision::Accept => "accept",
            Decision::Deny => "deny",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_decision_counts_and_none_after_the_lock() {
        let decided = |decisions: &[Decision]| {
            decisions.iter().try_fold(ConsentState::Asked, |state, decision| state.after(*decision))
        };
        use Decision::{Accept, Deny};
        assert_eq!(decided(&[Accept]), Some(ConsentState::Accepted));
        assert_eq!(decided(&[Accept, Deny]), Some(ConsentState::Withdrawn));
        assert_eq!(decided(&[Deny, Accept, Deny, Accept]), Some(ConsentState::Accepted));
        for decision in [Accept, Deny] {
            assert_eq!(ConsentState::Used.after(decision), None);
            assert_eq!(ConsentState::Expired.after(decision), None);
        }
        for state in ConsentState::ALL {
            assert_eq!(ConsentState::parse(state.as_str()), Some(state));
        }
    }
}

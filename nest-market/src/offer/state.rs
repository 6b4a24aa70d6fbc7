//! The state of an offer, and what may happen in each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far an offer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OfferState {
    /// It is being written. Nobody was asked.
    Draft,
    /// People are asked, until the window closes.
    Offered,
    /// The window is closed and enough people have agreed; the money is not there.
    Closed,
    /// The money is there: it waits to be evaluated.
    Funded,
    /// It is being evaluated. Nobody can withdraw any more.
    Executing,
    /// The result is there.
    Released,
    /// The people have their shares.
    Paid,
    /// It came to nothing, for a reason.
    Aborted,
}

/// Why an offer came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Aborted {
    /// Fewer people than the minimum, or none.
    TooFew,
    /// It was not paid for in time.
    Expired,
    /// The processor withdrew it.
    Withdrawn,
    /// Too few people have enough of their privacy budget left.
    BudgetExhausted,
    /// It could not be evaluated.
    Failed,
}

/// What happens to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// People are asked.
    Offer,
    /// The window closes with enough people.
    Close,
    /// The money is there.
    Fund,
    /// A worker begins to evaluate it.
    Execute,
    /// The result is stored.
    Release,
    /// The shares are paid.
    Pay,
    /// It comes to nothing.
    Abort(Aborted),
}

impl OfferState {
    /// All states.
    pub const ALL: [OfferState; 8] = [
        OfferState::Draft,
        OfferState::Offered,
        OfferState::Closed,
        OfferState::Funded,
        OfferState::Executing,
        OfferState::Released,
        OfferState::Paid,
        OfferState::Aborted,
    ];

    /// The state after an event, or `None` where it cannot happen.
    pub const fn after(self, event: Event) -> Option<OfferState> {
        use OfferState::{Closed, Draft, Executing, Funded, Offered, Paid, Released};
        match (self, event) {
            (Draft, Event::Offer) => Some(Offered),
            (Offered, Event::Close) => Some(Closed),
            (Closed, Event::Fund) => Some(Funded),
            (Funded, Event::Execute) => Some(Executing),
            (Executing, Event::Release) => Some(Released),
            (Released, Event::Pay) => Some(Paid),
            (Draft | Offered | Closed | Funded, Event::Abort(_)) => Some(OfferState::Aborted),
            // Once it is being evaluated, neither side can step back; only the evaluation can come to nothing.
            (Executing, Event::Abort(Aborted::TooFew | Aborted::BudgetExhausted | Aborted::Failed)) => {
                Some(OfferState::Aborted)
            }
            _ => None,
        }
    }

    /// Whether a person who agreed may still withdraw.
    pub const fn may_withdraw(self) -> bool {
        matches!(self, OfferState::Offered | OfferState::Closed | OfferState::Funded)
    }

    /// The name in the tables and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            OfferState::Draft => "draft",
            OfferState::Offered => "offered",
            OfferState::Closed => "closed",
            OfferState::Funded => "funded",
            OfferState::Executing => "executing",
            OfferState::Released => "released",
            OfferState::Paid => "paid",
            OfferState::Aborted => "aborted",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl Aborted {
    const ALL: [Aborted; 5] =
        [Aborted::TooFew, Aborted::Expired, Aborted::Withdrawn, Aborted::BudgetExhausted, Aborted::Failed];

    /// The name in the tables and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Aborted::TooFew => "too-few",
            Aborted::Expired => "expired",
            Aborted::Withdrawn => "withdrawn",
            Aborted::BudgetExhausted => "budget-exhausted",
            Aborted::Failed => "failed",
        }
    }

    /// The reason of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Aborted::TooFew => "fewer people than the minimum took part",
            Aborted::Expired => "it was not paid for in time",
            Aborted::Withdrawn => "the processor withdrew it",
            Aborted::BudgetExhausted => "too few people have enough of their privacy budget left",
            Aborted::Failed => "it could not be evaluated",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event() -> impl Strategy<Value = Event> {
        let aborted = prop::sample::select(Aborted::ALL.to_vec()).prop_map(Event::Abort);
        prop_oneof![
            prop::sample::select(vec![
                Event::Offer,
                Event::Close,
                Event::Fund,
                Event::Execute,
                Event::Release,
                Event::Pay
            ]),
            aborted,
        ]
    }

    #[test]
    fn names_read_back() {
        for state in OfferState::ALL {
            assert_eq!(OfferState::parse(state.as_str()), Some(state));
        }
        for reason in Aborted::ALL {
            assert_eq!(Aborted::parse(reason.as_str()), Some(reason));
        }
    }

    proptest! {
        /// Whatever happens in whatever order, nothing is released before consent, money and evaluation.
        #[test]
        fn nothing_is_skipped(events in prop::collection::vec(event(), 0..40)) {
            let mut state = OfferState::Draft;
            let mut seen = vec![state];
            for event in events {
                if let Some(next) = state.after(event) {
                    prop_assert!(!matches!(state, OfferState::Paid | OfferState::Aborted), "left an end");
                    state = next;
                    seen.push(state);
                }
            }
            if seen.contains(&OfferState::Released) {
                use OfferState::{Aborted, Closed, Draft, Executing, Funded, Offered, Released};
                prop_assert_eq!(&seen[..6], &[Draft, Offered, Closed, Funded, Executing, Released]);
                prop_assert!(!seen.contains(&Aborted), "released and aborted");
            }
        }
    }
}

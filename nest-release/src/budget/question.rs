//! A question: who asks what about which field. The same question has the same answer.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{MicroEpsilon, PersonToken, Shape};

/// How long an answer is kept and given again, where the question says nothing else.
const PERIOD_DAYS: u32 = 90;

/// A question of one processor, as far as the budget must know it.
///
/// Two questions are the same if processor, shape, field, bounds and text are the same. The text says what the field
/// does not: conditions, the interval of time, the offer that people agreed to. Write it in one way, or the same
/// question in other words is charged again and gets other noise.
pub struct Question<S: Shape> {
    pub(crate) processor: String,
    pub(crate) bounds: S::Bounds,
    pub(crate) period_days: u32,
    pub(crate) classes: Vec<MicroEpsilon>,
    pub(crate) id: [u8; 32],
}

impl<S: Shape> Question<S> {
    /// A question about a field: a [`Column`](crate::Column), an [`Axis`](crate::Axis), two axes, or `()` for a count.
    pub fn new(processor: &str, bounds: S::Bounds, text: &str) -> Self {
        let mut hash = Sha256::new();
        for part in ["nest-release/question/1", S::NAME, processor, &S::describe(&bounds), text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let id = hash.finalize().into();
        Self { processor: processor.to_owned(), bounds, period_days: PERIOD_DAYS, classes: Vec::new(), id }
    }

    /// Always has a class of each of these ε, whether anybody is in it or not.
    ///
    /// Without it, an answer has the classes of the people who take part, and its noise shows which those are: a person
    /// who joins as the only one of their class shows their ε. Every class adds its noise, so name no more than people
    /// may be in.
    #[must_use]
    pub fn with_classes(mut self, classes: impl IntoIterator<Item = MicroEpsilon>) -> Self {
        self.classes = classes.into_iter().filter(|epsilon| epsilon.micros() > 0).collect();
        self
    }

    /// Gives the same answer for this many days, instead of 90. A period of at least the budget's is sensible: when it
    /// ends, the same question draws new noise and is charged again.
    #[must_use]
    pub fn period_days(mut self, days: u32) -> Self {
        self.period_days = days.max(1);
        self
    }
}

/// What a question takes from one person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Spend {
    /// Who.
    pub person: PersonToken,
    /// How much: the ε of the class that the person is in.
    pub epsilon: MicroEpsilon,
}

impl fmt::Debug for Spend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spend").finish_non_exhaustive()
    }
}

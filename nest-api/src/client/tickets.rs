//! Tickets: what links each answer to its own question.

use rand::seq::SliceRandom;

use super::answer::{Answer, Asked};
use crate::ClientError;
use crate::wire::item::{Response, Ticket};
use crate::wire::mark::Mark;

/// The questions, each with a ticket that is drawn at random. A ticket tells the data source nothing of the order in
/// which they were asked. The batch is shuffled by itself when it is sealed, so a ticket does not tell the order on the
/// wire either.
pub(super) fn numbered<Q, I>(
    mut questions: Vec<Q>,
    item: impl Fn(Q, Ticket) -> (Asked, I),
) -> Result<(Vec<Asked>, Vec<I>), ClientError> {
    questions.shuffle(&mut rand::rng());
    let numbered = questions.into_iter().enumerate().map(|(ticket, question)| {
        let ticket = Ticket::try_from(ticket).map_err(|_| ClientError::TooManyRecords)?;
        Ok(item(question, ticket))
    });
    Ok(numbered.collect::<Result<Vec<_>, ClientError>>()?.into_iter().unzip())
}

/// The answers, if every question has exactly one answer and every answer has a question.
pub(super) fn matched<O: Response>(
    mark: Mark,
    asked: Vec<Asked>,
    replies: Vec<O>,
) -> Option<Vec<Answer<O::Record>>> {
    let mut open: Vec<Option<Asked>> = asked.into_iter().map(Some).collect();
    let answers = replies.into_iter().map(|reply| {
        let (who, ticket, result) = reply.into_parts(mark)?;
        let key = open.get_mut(usize::from(ticket))?.take_if(|key| key.who == who)?;
        Some(Answer::new(key, result))
    });
    let answers: Vec<_> = answers.collect::<Option<_>>()?;
    open.iter().all(Option::is_none).then_some(answers)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use nest_core::{PepRecord, Pseudonym};

    use super::*;
    use crate::operation::{Mode, Operation, Route};
    use crate::wire::item::Receipt;

    fn mark(operation: Operation) -> Mark {
        Mark::new(Route::new("walk", operation, Mode::Batch), Receipt::SCHEMA)
    }

    fn receipts(of: &[(Pseudonym, Ticket)]) -> Vec<Receipt> {
        of.iter().map(|(who, ticket)| Receipt::new(mark(Operation::Create), *who, *ticket, Ok(()))).collect()
    }

    #[test]
    fn each_question_has_one_answer_in_any_order() {
        let (anna, bert) = (Pseudonym::random(), Pseudonym::random());
        let asked = || [anna, anna, bert].map(|who| Asked { who, page: 0 }).to_vec();
        let right = [(bert, 2), (anna, 1), (anna, 0)];
        let answers = matched(mark(Operation::Create), asked(), receipts(&right)).unwrap();
        assert_eq!(answers.iter().map(|answer| answer.who).collect::<Vec<_>>(), [bert, anna, anna]);
        for wrong in [
            vec![(anna, 0), (anna, 1)],
            vec![(anna, 0), (anna, 0), (bert, 2)],
            vec![(anna, 0), (bert, 1), (bert, 2)],
            vec![(anna, 0), (anna, 1), (Pseudonym::random(), 2)],
            vec![(anna, 0), (anna, 1), (bert, 3)],
            vec![(anna, 0), (anna, 1), (bert, 2), (bert, 2)],
        ] {
            assert!(matched(mark(Operation::Create), asked(), receipts(&wrong)).is_none());
        }
        assert!(matched(mark(Operation::Delete), asked(), receipts(&right)).is_none());
    }

    #[test]
    fn tickets_tell_nothing_of_the_order() {
        let people: Vec<Pseudonym> = (0..64).map(|_| Pseudonym::random()).collect();
        let item = |who: Pseudonym, ticket| (Asked { who, page: 0 }, ticket);
        let (asked, tickets) = numbered(people.clone(), item).unwrap();
        assert_eq!(tickets, (0..64).collect::<Vec<Ticket>>());
        assert!(asked.iter().zip(&people).any(|(key, who)| key.who != *who));
        assert!(numbered(vec![people[0]; 1 << 16], item).is_ok());
        assert_eq!(numbered(vec![people[0]; (1 << 16) + 1], item).err(), Some(ClientError::TooManyRecords));
    }
}

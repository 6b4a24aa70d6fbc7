//! How a record says which of its people are erased, without needing more bits.
//!
//! An erased person is replaced by the [opposite](nest_core::Pseudonym::opposite) of the participant's pseudonym.
//! Transcryption keeps opposites, so the receiver of the item finds the opposite of the participant's pseudonym in
//! its own domain. A person has the opposite of another's pseudonym with a chance of one in 2²⁵².

use nest_core::schema::{Schema, Type};
use nest_core::value::{PlainRecord, Value};
use nest_core::{PepRecord, Pseudonym};
use nest_source::Slots;

/// The paths of a record's slots, in their order.
fn slots(schema: &Schema) -> impl Iterator<Item = String> {
    let people = schema.leaves().filter(|leaf| matches!(leaf.ty, Type::Pseudonym));
    people.take(Slots::MOST).map(|leaf| leaf.path)
}

fn is(plain: &PlainRecord, path: &str, who: &Pseudonym) -> bool {
    matches!(plain.get(path), Ok(Value::Pseudonym(found)) if found == *who)
}

/// The record with its erased people marked; `None` where a slot does not exist or is not in use.
pub(super) fn mark<R: PepRecord>(record: &R, who: Pseudonym, erased: Slots) -> Option<R> {
    let mut plain = record.to_plain().ok()?;
    let mut marked = 0;
    for (slot, path) in slots(R::SCHEMA).enumerate() {
        if erased.contains(slot) {
            plain.set(&path, Value::Pseudonym(who.opposite())).ok()?;
            marked += 1;
        }
    }
    (marked == erased.len()).then(|| R::from_plain(&plain).ok()).flatten()
}

/// A record with a random pseudonym in place of each erased person, and the slots of these; `None` where no person is
/// erased.
pub(super) fn read<R: PepRecord>(record: &R, who: Pseudonym) -> Option<(R, Slots)> {
    let mut plain = record.to_plain().ok()?;
    let (opposite, mut erased) = (who.opposite(), Slots::NONE);
    for (slot, path) in slots(R::SCHEMA).enumerate() {
        if is(&plain, &path, &opposite) {
            plain.set(&path, Value::Pseudonym(Pseudonym::random())).ok()?;
            erased = erased.with(slot)?;
        }
    }
    let record = R::from_plain(&plain).ok()?;
    (!erased.is_empty()).then_some((record, erased))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nest_core::prelude::*;
    use nest_core::{Batch, Domain, InProcess, Transcryption};

    use super::*;

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(max_blocks = 7)]
    struct Lesson {
        #[pep(pseudonym)]
        pupil: Pseudonym,
        #[pep(range = 0..=100)]
        points: u8,
        #[pep(pseudonym, max_len = 3)]
        helpers: Vec<Pseudonym>,
        #[pep(pseudonym)]
        teacher: Pseudonym,
    }

    fn lesson(who: Pseudonym) -> Lesson {
        let helpers = vec![Pseudonym::random(), who];
        Lesson { pupil: who, points: 7, helpers, teacher: Pseudonym::random() }
    }

    fn set(slots: &[usize]) -> Slots {
        slots.iter().fold(Slots::NONE, |set, slot| set.with(*slot).unwrap())
    }

    #[test]
    fn every_set_of_slots_comes_back() {
        let who = Pseudonym::random();
        for slots in [&[0_usize][..], &[1], &[2], &[4], &[1, 4], &[0, 1, 2, 4]] {
            let erased = set(slots);
            let whole = lesson(who);
            let marked = mark(&whole, who, erased).unwrap();
            let (record, found) = read(&marked, who).unwrap();
            assert_eq!(found, erased);
            assert_eq!((record.points, record.helpers.len()), (7, 2));
            let people =
                |lesson: &Lesson| [vec![lesson.pupil], lesson.helpers.clone(), vec![lesson.teacher]].concat();
            for (slot, (before, after)) in [0, 1, 2, 4].iter().zip(people(&whole).iter().zip(people(&record)))
            {
                assert_eq!(*before == after, !erased.contains(*slot), "{slot}");
                assert_ne!(after, who.opposite());
            }
        }
    }

    #[test]
    fn what_is_no_slot_or_not_in_use_cannot_be_erased() {
        let who = Pseudonym::random();
        for slot in [3, 5, 63] {
            assert_eq!(mark(&lesson(who), who, set(&[slot])), None, "{slot}");
        }
        assert_eq!(read(&lesson(who), who), None);
    }

    #[tokio::test]
    async fn it_is_the_same_in_another_domain() {
        let here = InProcess::new(2);
        let (there, who) = (here.party(), Pseudonym::random());
        let marked = mark(&lesson(who), who, set(&[4])).unwrap();
        #[derive(PepRecord)]
        #[pep(max_blocks = 8)]
        struct Item {
            #[pep(pseudonym)]
            who: Pseudonym,
            lesson: Lesson,
        }
        let (school, nest) = (Domain::new("school").unwrap(), Domain::new("nest").unwrap());
        let session = here.session().await.unwrap();
        let batch = Batch::seal(&school, &session, &[Item { who, lesson: marked }]).unwrap();
        let (batch, session) = there.transcrypt(batch, &nest).await.unwrap();
        let opened = batch.open(&session).into_iter().next().unwrap().unwrap();
        assert_ne!(opened.who, who);
        assert_eq!(read(&opened.lesson, opened.who).unwrap().1, set(&[4]));
        assert_eq!(read(&opened.lesson, who), None);
    }
}

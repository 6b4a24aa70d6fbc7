//! What the words of a name say together: which of them it is about, and what the others make of that.

use super::Hint;
use super::vocabulary::Sense;
use super::words::Word;

/// What a name says about what its field holds.
pub(super) fn judge(words: &[Word]) -> Option<Hint> {
    let name = Phrase::of(words)?;
    if name.counts() || name.is_about_a_property() {
        return None;
    }
    name.birth().or_else(|| name.identifier()).or_else(|| name.moment())
}

/// A name, and the word in it that says what the field holds: its head.
struct Phrase<'a> {
    words: &'a [Word],
    first: &'a Word,
    last: &'a Word,
    before: &'a [Word],
    head: &'a Word,
}

impl<'a> Phrase<'a> {
    fn of(words: &'a [Word]) -> Option<Self> {
        // The head of `date_of_visit` is `date`, and that of `email_work` is `email`.
        let of = words.iter().skip(1).position(|word| word.is(Sense::Of));
        let until = of.map_or(words.len(), |before| before + 1);
        let full = words.get(..until)?.iter().rposition(|word| !word.is(Sense::Filler));
        let at = full.unwrap_or(until.checked_sub(1)?);
        Some(Self {
            words,
            first: words.first()?,
            last: words.last()?,
            before: words.get(..at)?,
            head: words.get(at)?,
        })
    }

    fn has(&self, sense: Sense) -> bool {
        self.words.iter().any(|word| word.is(sense))
    }

    /// The word that says most about the head.
    fn modifier(&self) -> Option<&'a Word> {
        self.before.iter().rev().find(|word| !word.is(Sense::Filler)).or_else(|| self.before.last())
    }

    fn is_modified_by(&self, senses: &[Sense]) -> bool {
        self.modifier().is_some_and(|word| word.senses.has_any(senses))
    }

    /// `number_of_phones`, `days_since_birth`, `has_email`.
    fn counts(&self) -> bool {
        self.first.is(Sense::Quantity) && self.words.len() > 1
    }

    /// `email_type`, `birth_complications_remark`. Milliseconds of a timestamp are still a timestamp.
    fn is_about_a_property(&self) -> bool {
        let moment = self.head.is(Sense::Unit) && self.has(Sense::Stamp);
        self.head.is(Sense::Property) && self.words.len() > 1 && !moment
    }

    /// `last_login`
    fn is_last_time(&self) -> bool {
        self.head.is(Sense::Visit) && self.before.iter().any(|word| word.is(Sense::Ordinal))
    }

    fn birth(&self) -> Option<Hint> {
        let day = [Sense::Date, Sense::Stamp, Sense::Time, Sense::Day, Sense::Birthday];
        if !self.has(Sense::Birth) {
            None
        } else if self.words.iter().any(|word| word.senses.has_any(&day)) || self.last.is(Sense::At) {
            Some(Hint::BirthDay)
        } else {
            // Not `still_birth`, nor `home_birth`.
            let alone = self.head.is(Sense::Birth) && self.before.iter().all(|word| word.is(Sense::Person));
            alone.then_some(Hint::Birth)
        }
    }

    fn identifier(&self) -> Option<Hint> {
        let head = |sense| self.head.is(sense);
        let identifies = if self.has(Sense::Identifier) {
            true
        } else if head(Sense::Id) {
            // `question_id` is the same for everybody.
            !self.is_modified_by(&[Sense::Content]) || self.is_modified_by(&[Sense::Person])
        } else if head(Sense::Contact) {
            // A questionnaire with five parts is called PID-5.
            let questionnaire = self.head.text == "pid" && self.head.numbered;
            !questionnaire && !self.is_last_time()
        } else if head(Sense::Number) {
            self.is_number_of_somebody()
        } else {
            head(Sense::Place) || self.is_name_of_somebody() || self.is_head_first()
        };
        if identifies { Some(Hint::Identifier) } else { self.names_somebody().then_some(Hint::Name) }
    }

    /// `student_number`, and not `question_number`.
    fn is_number_of_somebody(&self) -> bool {
        let owners: &[_] = match self.head.text.as_str() {
            "code" | "kode" | "cd" | "key" => &[Sense::Person],
            _ => &[Sense::Person, Sense::Document, Sense::Contact, Sense::Id],
        };
        // No list can hold all that is numbered: `relatienummer`.
        let own = self.head.joined && self.modifier().is_some_and(|word| word.senses.is_unknown());
        own || self.is_modified_by(owners) && !self.is_modified_by(&[Sense::Content])
    }

    /// `first_name`, `mother_name`, `name_first`, `name_of_mother`; and not `test_name`.
    fn is_name_of_somebody(&self) -> bool {
        let somebody = [Sense::NamePart, Sense::Person];
        if self.head.is(Sense::Name) && !self.before.is_empty() {
            // `street_number_name`
            let at_home = self.before.iter().any(|word| word.is(Sense::Contact));
            return at_home || self.is_modified_by(&somebody);
        }
        let rest = self.words.get(1..).unwrap_or_default();
        self.first.is(Sense::Name) && rest.iter().any(|word| word.senses.has_any(&somebody))
    }

    /// `id_extern`, and `participant` alone.
    fn is_head_first(&self) -> bool {
        match self.words {
            [only] => only.is(Sense::Someone) && !only.text.ends_with('s'),
            [id, of] => id.is(Sense::Id) && !of.is(Sense::Content),
            _ => false,
        }
    }

    /// `mentor`, `created_by`, `emergency_contact`.
    fn names_somebody(&self) -> bool {
        let done_by = match self.words {
            [.., done, by] => done.is(Sense::Done) && by.is(Sense::By),
            _ => false,
        };
        let emergency = self.has(Sense::Emergency) && self.head.is(Sense::Person) && self.has(Sense::Helper);
        done_by || emergency || self.last.is(Sense::TextOnly) && self.words.len() <= 2
    }

    fn moment(&self) -> Option<Hint> {
        if self.has(Sense::Stamp)
            || self.has(Sense::Date)
            || self.head.is(Sense::Written)
            || self.is_last_time()
        {
            // Sleep is scored in epochs.
            return (self.head.text != "epochs").then_some(Hint::Moment);
        }
        if self.has(Sense::Time) {
            return self.time();
        }
        let head = |sense| self.head.is(sense);
        let starts = match self.words {
            // `start_illness`
            [edge, event] => edge.is(Sense::Edge) && event.is(Sense::Event),
            _ => false,
        };
        let event = self.is_modified_by(&[Sense::Event]);
        if starts || head(Sense::Edge) && (event || !self.is_within_a_task()) {
            return Some(Hint::Time);
        }
        let before = self.words.iter().rev().nth(1)?;
        // `valid_until` is a rule for everybody.
        if self.last.is(Sense::Limit) && !before.is(Sense::Property) {
            return Some(Hint::Time);
        }
        let at = self.last.is(Sense::At) && (self.last.text == "at" || before.is(Sense::Done));
        at.then_some(Hint::Moment)
    }

    /// Of a name with `time` in it.
    fn time(&self) -> Option<Hint> {
        // `time_since_onset`
        let since = self.has(Sense::Limit) && !self.last.is(Sense::Limit);
        if since || self.is_within_a_task() || self.has(Sense::Unit) {
            return None;
        }
        if self.has(Sense::Edge) || self.has(Sense::Done) {
            return Some(Hint::Moment);
        }
        if self.has(Sense::Ordinal) {
            return Some(Hint::Time);
        }
        // Most compounds with `Zeit` and `tijd` are durations: `Laufzeit`.
        let compound = self.head.joined && self.modifier().is_some_and(|word| word.senses.is_unknown());
        if !self.head.is(Sense::Time) || compound && self.head.text != "time" {
            return None;
        }
        // `time_of_visit`, and not `time_on_task`.
        let alone = !self.first.is(Sense::Time) || self.words.len() <= 2;
        (alone || self.words.get(1)?.is(Sense::Of)).then_some(Hint::Time)
    }

    /// Whether a time is one within a task, such as a reaction.
    fn is_within_a_task(&self) -> bool {
        self.has(Sense::Span) || self.before.iter().any(|word| word.is(Sense::Content))
    }
}

//! A second opinion in plain Rust: who is eligible, worked out from the condition as it was generated, without the
//! parser, the alternatives or the gate.

use std::collections::BTreeSet;

use nest_market::evaluate::Selection;
use nest_market::level::Level;
use nest_market::query::{Dialect, Fault, MAX_COMPARISONS, MAX_TERMS, Query};
use rand::RngExt;
use rand::rngs::StdRng;

use super::people::{Known, NOTES, catalogue, generated, plan, seeded, token};

/// A condition as it was generated.
pub(super) enum Tree {
    Test(Test),
    And(Vec<Tree>),
    Or(Vec<Tree>),
}

pub(super) struct Test {
    text: String,
    holds: Box<dyn Fn(&Known) -> bool>,
}

fn compare(operator: &str, value: i128, other: i128) -> bool {
    match operator {
        "=" => value == other,
        "<" => value < other,
        _ => value > other,
    }
}

fn test(rng: &mut StdRng) -> Test {
    let operator = ["=", "<", ">"][rng.random_range(0..3)];
    match rng.random_range(0..6) {
        0 => {
            let age: i128 = rng.random_range(0..=100);
            let text = format!("Person.age {operator} {age}");
            Test {
                text,
                holds: Box::new(move |known| known.age.is_some_and(|value| compare(operator, value, age))),
            }
        }
        1 => {
            let tenths: i128 = rng.random_range(300..=2_500);
            let text = format!("Person.weight {operator} {}.{}", tenths / 10, tenths % 10);
            Test { text, holds: Box::new(move |known| compare(operator, known.weight, tenths)) }
        }
        2 => {
            let city = rng.random_range(0..3_usize);
            let name = ["Aachen", "'Groningen'", "\"Nijmegen\""][city];
            Test {
                text: format!("Person.city = {name}"),
                holds: Box::new(move |known| known.city == city as i128),
            }
        }
        3 => {
            let smoker = rng.random_range(0..2_usize);
            let word = [["no", "false"], ["yes", "true"]][smoker][rng.random_range(0..2)];
            Test {
                text: format!("Person.smoker={word}"),
                holds: Box::new(move |known| known.smoker == smoker as i128),
            }
        }
        4 => {
            let note = NOTES[rng.random_range(0..3)];
            let text = format!("Person.note = '{}'", note.replace('\'', "''"));
            Test { text, holds: Box::new(move |known| known.note == note) }
        }
        _ => {
            let energy: i128 = rng.random_range(0..=50_000);
            let text = format!("Meter.energy {operator} {energy}");
            Test {
                text,
                holds: Box::new(move |known| {
                    known.energy.is_some_and(|value| compare(operator, value, energy))
                }),
            }
        }
    }
}

pub(super) fn tree(rng: &mut StdRng, depth: u32) -> Tree {
    if depth == 0 || rng.random_bool(0.3) {
        return Tree::Test(test(rng));
    }
    let parts = (0..rng.random_range(2..=3)).map(|_| tree(rng, depth - 1)).collect();
    if rng.random_bool(0.5) { Tree::And(parts) } else { Tree::Or(parts) }
}

impl Tree {
    fn holds(&self, known: &Known) -> bool {
        match self {
            Tree::Test(test) => (test.holds)(known),
            Tree::And(parts) => parts.iter().all(|part| part.holds(known)),
            Tree::Or(parts) => parts.iter().any(|part| part.holds(known)),
        }
    }

    /// The text, with parentheses where they are needed and sometimes where they are not.
    fn text(&self, rng: &mut StdRng, within_and: bool) -> String {
        let (text, needed) = match self {
            Tree::Test(test) => (test.text.clone(), false),
            Tree::And(parts) => (join(parts, " AND ", true, rng), false),
            Tree::Or(parts) => (join(parts, " OR ", false, rng), within_and),
        };
        if needed || rng.random_bool(0.3) { format!("({text})") } else { text }
    }

    /// Alternatives, and the comparisons of the widest: counted apart from the engine.
    fn size(&self) -> (usize, usize) {
        match self {
            Tree::Test(_) => (1, 1),
            Tree::And(parts) => {
                parts.iter().map(Tree::size).fold((1, 0), |sum, size| (sum.0 * size.0, sum.1 + size.1))
            }
            Tree::Or(parts) => {
                parts.iter().map(Tree::size).fold((0, 0), |sum, size| (sum.0 + size.0, sum.1.max(size.1)))
            }
        }
    }
}

/// The text of a condition.
pub(super) fn text_of(condition: &Tree, rng: &mut StdRng) -> String {
    condition.text(rng, false)
}

fn join(parts: &[Tree], with: &str, within_and: bool, rng: &mut StdRng) -> String {
    parts.iter().map(|part| part.text(rng, within_and)).collect::<Vec<_>>().join(with)
}

#[test]
fn two_thousand_queries_agree_on_who_is_eligible() {
    let people = generated(200, 1);
    let mut rng = seeded(2);
    let (mut agreed, mut refused, mut somebody) = (0, 0, 0);
    while agreed < 2_000 {
        let condition = tree(&mut rng, 4);
        let text = format!("SELECT AVG(Person.age) WHERE {}", condition.text(&mut rng, false));
        let max_level = [Level::LOW, Level::MEDIUM, Level::HIGH][rng.random_range(0..3)];
        let (terms, widest) = condition.size();
        let query = match Query::check(&text, catalogue(), Dialect::Relaxed) {
            Ok(query) => query,
            Err(error) => {
                let expected = match error.code {
                    Fault::TooManyTerms => terms > MAX_TERMS,
                    Fault::TooManyComparisons => widest > MAX_COMPARISONS,
                    Fault::TooLong => text.len() > 4_096,
                    _ => false,
                };
                assert!(expected, "{text}: {error}");
                refused += 1;
                continue;
            }
        };
        assert!(terms <= MAX_TERMS && widest <= MAX_COMPARISONS);
        let plan = plan(&query);
        let candidates = people.iter().map(|known| known.candidate(&query, &plan));
        let selected: BTreeSet<_> = Selection::of(&query, max_level, candidates).people().copied().collect();
        let expected: BTreeSet<_> = people
            .iter()
            // Somebody without an age has nothing to average.
            .filter(|known| condition.holds(known) && known.level <= max_level && known.age.is_some())
            .map(|known| token(known.number))
            .collect();
        assert!(selected == expected, "{text}");
        // The written form, in the strict dialect, means the same.
        let again = Query::check(query.text(), catalogue(), Dialect::Strict);
        match again {
            Ok(again) => assert_eq!(again.text(), query.text()),
            Err(error) => assert_eq!(error.code, Fault::TooLong, "{}: {error}", query.text()),
        }
        somebody += usize::from(!selected.is_empty());
        agreed += 1;
    }
    assert!(somebody > 1_000 && refused > 10, "{somebody} {refused}");
}

use proptest::prelude::*;

use super::*;
use crate::level::{Level, Profile};
use crate::testing::catalogue;

fn strict(text: &str) -> Result<Query, QueryError> {
    Query::check(text, &catalogue(), Dialect::Strict)
}

fn relaxed(text: &str) -> Result<Query, QueryError> {
    Query::check(text, &catalogue(), Dialect::Relaxed)
}

/// The fault of a query, and the text that it is about.
fn fault(text: &str) -> (Fault, String) {
    let error = relaxed(text).unwrap_err();
    assert!(!error.message.is_empty() && !error.repair.is_empty(), "{text}");
    (error.code, text[error.at].to_owned())
}

const AVG: &str = "SELECT AVG(PersonalInformation.age)";

#[test]
fn what_the_language_has_is_understood() {
    for (text, written) in [
        (
            "SELECT AVG(PersonalInformation.age), COUNT(PersonalInformation.city)",
            "SELECT AVG(PersonalInformation.age), COUNT(PersonalInformation.city)",
        ),
        (
            "SELECT CORR(WeatherStation.temperature,Meter.energy) EVERY 7 d",
            "SELECT CORR(WeatherStation.temperature, Meter.energy) EVERY 1w",
        ),
        ("SELECT QUANTILE(Meter.energy, 0.90)", "SELECT QUANTILE(Meter.energy, 0.9)"),
        ("SELECT HIST(PersonalInformation.city)", "SELECT HIST(PersonalInformation.city)"),
        (
            "SELECT ALL(PersonalInformation.age, PersonalInformation.city) WHERE PersonalInformation.smoker = yes",
            "SELECT ALL(PersonalInformation.age, PersonalInformation.city) WHERE (PersonalInformation.smoker = yes)",
        ),
        (
            "SELECT AVG(PersonalInformation.weight) WHERE (PersonalInformation.city = 'Köln') AND \
             (PersonalInformation.weight > 70) OR (PersonalInformation.born < 1980-05)",
            "SELECT AVG(PersonalInformation.weight) WHERE (PersonalInformation.born < 1980-05) OR \
             (PersonalInformation.city = 'Köln') AND (PersonalInformation.weight > 70.0)",
        ),
        (
            "SELECT COUNT(PersonalInformation.remark) WHERE (PersonalInformation.remark = \"it's\")",
            "SELECT COUNT(PersonalInformation.remark) WHERE (PersonalInformation.remark = 'it''s')",
        ),
    ] {
        let query = strict(text).unwrap();
        assert_eq!(query.text(), written);
        // The written form means the same.
        let again = strict(written).unwrap();
        assert_eq!((again.text(), again.terms()), (written, query.terms()));
    }
}

#[test]
fn every_fault_has_its_place_and_a_repair() {
    let long = format!("{AVG} {}", " ".repeat(MAX_BYTES));
    let calls = (0..9).map(|i| format!("QUANTILE(Meter.energy, 0.{})", i + 1)).collect::<Vec<_>>().join(", ");
    let nested = format!("{AVG} WHERE {}PersonalInformation.age = 1{}", "(".repeat(33), ")".repeat(33));
    for (text, code, at) in [
        (long.as_str(), Fault::TooLong, &long[MAX_BYTES..]),
        ("select AVG(PersonalInformation.age)", Fault::Unexpected, "select"),
        ("SELECT AVG(PersonalInformation.age) WHERE", Fault::Unexpected, ""),
        ("SELECT AVG(age)", Fault::Unexpected, ")"),
        ("SELECT AVG()", Fault::Unexpected, ")"),
        ("SELECT AVG(PersonalInformation.age", Fault::Unexpected, ""),
        ("SELECT (PersonalInformation.age)", Fault::Unexpected, "("),
        (
            "SELECT AVG(PersonalInformation.age) WHERE (PersonalInformation.age = 1) XOR",
            Fault::Unexpected,
            "XOR",
        ),
        ("SELECT AVG(PersonalInformation.age) WHERE (PersonalInformation.age = 1", Fault::Parenthesis, "("),
        ("SELECT AVG(PersonalInformation.age) WHERE PersonalInformation.age = 1)", Fault::Parenthesis, ")"),
        ("SELECT AVG(PersonalInformation.age) WHERE (PersonalInformation.age = 'x)", Fault::OpenText, "'x)"),
        (
            "SELECT AVG(PersonalInformation.age) WHERE NOT (PersonalInformation.age = 1)",
            Fault::NotOffered,
            "NOT",
        ),
        ("SELECT AVG(PersonalInformation.age) WHERE !(PersonalInformation.age = 1)", Fault::NotOffered, "!"),
        ("SELECT AVG(PersonalInformation.age) WHERE (PersonalInformation.age != 1)", Fault::NotOffered, "!="),
        ("SELECT AVG(PersonalInformation.age) WHERE (PersonalInformation.age >= 1)", Fault::NotOffered, ">="),
        ("SELECT AVG(PersonalInformation.age) WHERE (PersonalInformation.age <> 1)", Fault::NotOffered, "<>"),
        ("SELECT AVG(PersonalInformation.age); DROP TABLE people", Fault::NotOffered, ";"),
        ("SELECT AVG(PersonalInformation.age) -- all of them", Fault::NotOffered, "--"),
        ("SELECT AVG(PersonalInformation.age) /* all */", Fault::NotOffered, "/*"),
        ("SELECT COUNT(*)", Fault::NotOffered, "*"),
        ("SELECT AVG(SELECT AVG(PersonalInformation.age))", Fault::NotOffered, "SELECT"),
        (
            "SELECT AVG(PersonalInformation.age) WHERE (SELECT AVG(PersonalInformation.age))",
            Fault::NotOffered,
            "SELECT",
        ),
        ("SELECT RAVG(PersonalInformation.age)", Fault::NotOffered, "RAVG"),
        ("SELECT AVG(PersonalInformation.age) FROM people", Fault::NotOffered, "FROM"),
        (
            "SELECT AVG(PersonalInformation.age) WHERE (PersonalInformation.city = Köln)",
            Fault::Character,
            "ö",
        ),
        (nested.as_str(), Fault::TooDeep, &nested[AVG.len() + 7..AVG.len() + 7 + 33]),
        ("SELECT AGV(PersonalInformation.age)", Fault::UnknownFunction, "AGV"),
        ("SELECT AVG(PersonalInfo.age)", Fault::UnknownSource, "PersonalInfo"),
        ("SELECT AVG(PersonalInformation.aeg)", Fault::UnknownAttribute, "aeg"),
        ("SELECT AVG(PersonalInformation.city)", Fault::Arguments, "PersonalInformation.city"),
        ("SELECT AVG(PersonalInformation.born)", Fault::Arguments, "PersonalInformation.born"),
        ("SELECT AVG(Meter.energy, Meter.temperature)", Fault::Arguments, "Meter.energy, Meter.temperature"),
        ("SELECT AVG(Meter.energy, 0.5)", Fault::Arguments, "Meter.energy"),
        ("SELECT CORR(Meter.energy)", Fault::Arguments, "Meter.energy"),
        ("SELECT CORR(Meter.energy, Meter.energy)", Fault::Arguments, "Meter.energy, Meter.energy"),
        ("SELECT HIST(Meter.energy)", Fault::Arguments, "Meter.energy"),
        ("SELECT QUANTILE(Meter.energy, 1)", Fault::Arguments, "1"),
        ("SELECT QUANTILE(Meter.energy, 0.0001)", Fault::Arguments, "0.0001"),
        (
            "SELECT ALL(PersonalInformation.age, Meter.energy)",
            Fault::Arguments,
            "PersonalInformation.age, Meter.energy",
        ),
        ("SELECT ALL(PersonalInformation.remark)", Fault::Arguments, "PersonalInformation.remark"),
        ("SELECT ALL(PersonalInformation.age), COUNT(PersonalInformation.age)", Fault::Together, "ALL"),
        ("SELECT AVG(Meter.energy), AVG(Meter.energy)", Fault::Together, "AVG(Meter.energy)"),
        ("SELECT AVG(Meter.energy) EVERY 1x", Fault::Every, "1x"),
        ("SELECT AVG(Meter.energy) EVERY 0h", Fault::Every, "0h"),
        ("SELECT AVG(Meter.energy) EVERY 9999999 w", Fault::Every, "9999999 w"),
        ("SELECT AVG(PersonalInformation.age) EVERY 1h", Fault::Every, "1h"),
        // Literals are read by the type: what can never be is a fault, not an empty answer.
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.age < 200)", Fault::Value, "200"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.age = 121)", Fault::Value, "121"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.age = old)", Fault::Value, "old"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.age = 1.5)", Fault::Value, "1.5"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.weight = 70.55)", Fault::Value, "70.55"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.city = aachen)", Fault::Value, "aachen"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.city > Aachen)", Fault::Comparison, ">"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.smoker = 1)", Fault::Value, "1"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.born = 1980)", Fault::Value, "1980"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.born > 2031-01)", Fault::Value, "2031-01"),
        (
            "SELECT AVG(Meter.energy) WHERE (PersonalInformation.remark = 'much too long for a remark')",
            Fault::Value,
            "'much too long for a remark'",
        ),
    ] {
        assert_eq!(fault(text), (code, at.to_owned()), "{text}");
    }
    assert_eq!(fault(&format!("SELECT {calls}")).0, Fault::TooManyCalls);
}

#[test]
fn repairs_name_what_was_meant() {
    for (text, repair) in [
        ("SELECT AGV(PersonalInformation.age)", "write `AVG`"),
        ("SELECT AVG(PersonalInformaton.age)", "write `PersonalInformation`"),
        ("SELECT AVG(PersonalInformation.Age)", "write `age`"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.city = aachen)", "write `Aachen`"),
        ("SELECT AVG(Meter.energy) WHERE (PersonalInformation.born = 1980)", "write it like `2024-05`"),
        ("SELECT avg(Meter.energy)", "write `AVG`"),
        ("select AVG(Meter.energy)", "write `SELECT`, in capital letters"),
        ("SELECT AVG(Meter.energy) where (Meter.energy > 5)", "write `WHERE`, in capital letters"),
        (
            "SELECT AVG(Meter.energy) WHERE (Meter.energy > 5) and (Meter.energy < 9)",
            "write `AND`, in capital letters",
        ),
        ("SELECT MEDIAN(Meter.energy)", "it is one of AVG, SUM, COUNT, CORR, HIST, QUANTILE, ALL"),
    ] {
        assert_eq!(relaxed(text).unwrap_err().repair, repair, "{text}");
    }
    // The strict form of a nested condition is in the repair, and is taken.
    let nested = format!(
        "{AVG} WHERE (PersonalInformation.smoker = no) AND ((PersonalInformation.age > 64) OR (PersonalInformation.age < 18))"
    );
    let error = strict(&nested).unwrap_err();
    assert_eq!(error.code, Fault::Nested);
    let written = error.repair.split('`').nth(1).unwrap();
    assert_eq!(strict(written).unwrap().terms(), relaxed(&nested).unwrap().terms());
}

#[test]
fn the_strict_form_is_read_in_one_way() {
    let a = "(PersonalInformation.age > 18)";
    let bare = "PersonalInformation.smoker = no";
    for (condition, taken) in [
        (a.to_owned(), true),
        (bare.to_owned(), true),
        (format!("{a} AND ({bare})"), true),
        (format!("{a} OR {a} AND {bare}"), true),
        (format!("{bare} AND {a}"), false),
        (format!("({a})"), false),
        (format!("{a} AND ({a} OR {a})"), false),
        (format!("({a} AND {a}) OR {a}"), false),
    ] {
        let text = format!("{AVG} WHERE {condition}");
        assert_eq!(strict(&text).is_ok(), taken, "{condition}");
        assert!(relaxed(&text).is_ok(), "{condition}");
    }
}

#[test]
fn eight_attributes_and_no_more() {
    let condition =
        |names: &[&str]| names.iter().map(|name| format!("({name} = 1)")).collect::<Vec<_>>().join(" AND ");
    let json = |count: usize| {
        let fields: Vec<_> = (0..count)
            .map(|i| format!(r#"{{"name": "a{i}", "type": "integer", "min": 0, "max": 9}}"#))
            .collect();
        format!(r#"{{"nest": 1, "name": "S", "fields": [{}]}}"#, fields.join(","))
    };
    let catalogue = crate::catalogue::Catalogue::new().manifest(&json(9)).unwrap();
    let names: Vec<String> = (1..9).map(|i| format!("S.a{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let check = |names| {
        let text = format!("SELECT AVG(S.a0) WHERE {}", condition(names));
        Query::check(&text, &catalogue, Dialect::Strict)
    };
    assert!(check(&names[..7]).is_ok());
    assert_eq!(check(&names).unwrap_err().code, Fault::TooManyAttributes);
}

#[test]
fn alternatives_are_counted_before_they_are_written_out() {
    let test = |i: usize| format!("(PersonalInformation.age = {i})");
    let ands = |count: usize| {
        (0..count)
            .map(|i| format!("({} OR {})", test(2 * i), test(2 * i + 1)))
            .collect::<Vec<_>>()
            .join(" AND ")
    };
    // 2^6 is as many as there may be.
    assert!(relaxed(&format!("{AVG} WHERE {}", ands(6))).is_ok());
    let error = relaxed(&format!("{AVG} WHERE {}", ands(12))).unwrap_err();
    assert_eq!(error.code, Fault::TooManyTerms);
    assert!(error.message.contains("too many terms (64)") && error.message.contains("4096"), "{error}");
    let wide = (0..17).map(test).collect::<Vec<_>>().join(" AND ");
    assert_eq!(strict(&format!("{AVG} WHERE {wide}")).unwrap_err().code, Fault::TooManyComparisons);
    // What is written twice counts once in the result.
    let twice = format!("{AVG} WHERE {0} AND {0} OR {0}", test(1));
    assert_eq!(strict(&twice).unwrap().text(), format!("{AVG} WHERE {}", test(1)));
}

#[test]
fn no_text_overflows_a_small_stack() {
    let deep = |text: String| {
        let run = move || {
            let catalogue = catalogue();
            for dialect in [Dialect::Strict, Dialect::Relaxed] {
                assert!(Query::check(&text, &catalogue, dialect).is_err());
            }
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    };
    let test = "(PersonalInformation.age=1)";
    deep("(".repeat(MAX_BYTES));
    deep(format!("{AVG} WHERE {}", "(".repeat(4_000)));
    deep(format!("{AVG} WHERE {test}{}", "OR ".repeat(100_000)));
    deep(format!("{AVG} WHERE {}{test}", format!("{test}OR").repeat(100_000)));
    deep(format!("{AVG} WHERE {}{test}", format!("{test}AND").repeat(120)));
}

#[test]
fn the_quote_says_what_each_part_takes() {
    let query = strict(
        "SELECT AVG(Meter.energy), SUM(Meter.energy), COUNT(Meter.energy), HIST(PersonalInformation.city)",
    )
    .unwrap();
    let day = 86_400_000;
    let plan = Plan::of(&query, Window::new(0, day, 3_600_000).unwrap()).unwrap();
    let quote = plan.quote(&query, &Profile::safe(), Level::HIGH);
    assert_eq!(quote.classes.len(), 9);
    assert_eq!(quote.classes[0].epsilon.to_string(), "1");
    assert_eq!(quote.classes[8].epsilon.to_string(), "0.1");
    let parts: Vec<_> =
        quote.parts.iter().map(|part| (part.call.as_str(), part.what, part.times, part.share)).collect();
    assert_eq!(
        parts,
        [
            ("AVG(Meter.energy)", "sum", 1, (1, 5)),
            ("AVG(Meter.energy)", "number of people", 1, (1, 20)),
            ("SUM(Meter.energy)", "sum", 1, (1, 5)),
            ("SUM(Meter.energy)", "number of people", 1, (1, 20)),
            ("COUNT(Meter.energy)", "number of people", 1, (1, 4)),
            ("HIST(PersonalInformation.city)", "cells", 1, (1, 4)),
        ]
    );
    assert_eq!(whole(&quote), (1, 1));
    // Only the levels that the query allows.
    assert_eq!(plan.quote(&query, &Profile::safe(), Level::MEDIUM).classes.len(), 5);
}

#[test]
fn the_price_of_a_batch_is_one_total() {
    let window = Window::new(0, 86_400_000, 3_600_000).unwrap();
    let quotes: Vec<_> = (1..=10)
        .map(|i| {
            let query =
                strict(&format!("SELECT AVG(Meter.energy), QUANTILE(Meter.energy, 0.0{i:02})")).unwrap();
            let most = if i == 10 { Level::MEDIUM } else { Level::HIGH };
            Plan::of(&query, window).unwrap().quote(&query, &Profile::safe(), most)
        })
        .collect();
    let total = Quote::total(&quotes);
    assert_eq!(total.len(), 5);
    assert_eq!((total[0].epsilon.to_string(), total[4].epsilon.to_string()), ("10".into(), "5".into()));
    assert!(Quote::total([]).is_empty());
}

/// The sum of all shares of a quote.
fn whole(quote: &Quote) -> (u64, u64) {
    let mut sum = (0_u64, 1_u64);
    for part in &quote.parts {
        let (n, d) = (part.share.0 * u64::from(part.times), part.share.1);
        sum = (sum.0 * d + n * sum.1, sum.1 * d);
        let divisor =
            (1..=sum.1).rev().find(|i| sum.0.is_multiple_of(*i) && sum.1.is_multiple_of(*i)).unwrap();
        sum = (sum.0 / divisor, sum.1 / divisor);
    }
    sum
}

#[test]
fn periods_share_the_part_of_their_call() {
    let query = strict("SELECT AVG(Meter.energy) EVERY 1d, COUNT(Meter.energy)").unwrap();
    let week = Window::new(0, 7 * 86_400_000, 3_600_000).unwrap();
    let plan = Plan::of(&query, week).unwrap();
    assert_eq!(plan.parts().len(), 8);
    let quote = plan.quote(&query, &Profile::safe(), Level::LOW);
    assert_eq!((quote.parts[0].times, quote.parts[0].share), (7, (2, 35)));
    assert_eq!(whole(&quote), (1, 1));
    // An interval that is not made of whole days.
    let error = Plan::of(&query, Window::new(0, 3_600_000 * 25, 3_600_000).unwrap()).unwrap_err();
    assert!(error.to_string().contains("whole periods"), "{error}");
    let long = Window::new(0, 400 * 86_400_000, 86_400_000).unwrap();
    assert!(matches!(Plan::of(&query, long), Err(PlanError::Every { .. })));
    for (from, to, granularity) in
        [(0, 0, 1_000), (5, 1, 1_000), (0, 1_500, 1_000), (0, i64::MAX, 1), (0, 9, 1)]
    {
        assert_eq!(Window::new(from, to, granularity), Err(PlanError::Window));
    }
}

#[test]
fn a_market_adds_its_own_functions() {
    struct Spread;
    impl Function for Spread {
        fn name(&self) -> &str {
            "SPREAD"
        }
        fn asks(
            &self,
            arguments: &[&crate::catalogue::Attribute],
            _: Option<u16>,
        ) -> Result<Vec<Ask>, Unfit> {
            let column = arguments[0].column().map_err(|error| Unfit::new(error.to_string(), "ask HIST"))?;
            Ok(vec![Ask::Quantile(0, column.clone(), 250), Ask::Quantile(0, column, 750)])
        }
    }
    let functions = Functions::standard().with(Spread);
    let text = "SELECT SPREAD(Meter.energy), AVG(Meter.energy)";
    let query = Query::check_with(text, &catalogue(), &functions, Dialect::Strict).unwrap();
    let plan = Plan::of(&query, Window::new(0, 3_600_000, 60_000).unwrap()).unwrap();
    assert_eq!(plan.survey().unwrap().shares(), [(1, 4), (1, 4), (1, 2)]);
    assert_eq!(strict(text).unwrap_err().code, Fault::UnknownFunction);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Whatever the text, there is an answer, and a fault is within the text and at characters.
    #[test]
    fn any_text_is_answered(text in ".{0,200}") {
        if let Err(error) = relaxed(&text) {
            prop_assert!(text.get(error.at.clone()).is_some(), "{:?}", error.at);
        }
    }

    /// The same of texts that are nearly queries.
    #[test]
    fn any_words_are_answered(words in prop::collection::vec(prop::sample::select(vec![
        "SELECT", "AVG", "(", ")", "PersonalInformation", ".", "age", ",", "WHERE", "AND", "OR", "=", "<", ">", "1", "'x'", "EVERY",
        "1h", "2024-05", "-5", "NOT", "ALL", "QUANTILE", "Meter", "energy", "0.5", "Köln", "\"",
    ]), 0..40)) {
        let text = words.join(" ");
        if let Err(error) = relaxed(&text) {
            prop_assert!(text.get(error.at.clone()).is_some(), "{:?}", error.at);
        }
    }
}

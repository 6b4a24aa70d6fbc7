//! A second opinion on what a query says: a parser of SQL reads the same text. The language is a part of SQL, so what
//! is a query here is one there, and its condition holds for the same people.

use nest_market::query::{Dialect, Query};
use sqlparser::ast::{BinaryOperator, Expr, SelectItem, SetExpr, Statement, UnaryOperator, Value};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use super::people::{Known, catalogue, generated, seeded};
use super::reference::{text_of, tree};

/// Whether a condition holds for a person, by its tree in SQL. A comparison with an absent value is false.
fn holds(expr: &Expr, known: &Known) -> bool {
    match expr {
        Expr::Nested(inner) => holds(inner, known),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => holds(left, known) && holds(right, known),
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => holds(left, known) || holds(right, known),
        Expr::BinaryOp { left, op, right } => {
            let Expr::CompoundIdentifier(path) = &**left else { panic!("{left}") };
            let (name, value) = (path[1].value.as_str(), literal(right));
            let order = match name {
                "age" => known.age.map(|age| number(age, 0).total_cmp(&parsed(&value))),
                "weight" => Some(number(known.weight, 1).total_cmp(&parsed(&value))),
                "energy" => known.energy.map(|energy| number(energy, 0).total_cmp(&parsed(&value))),
                "city" => Some(["Aachen", "Groningen", "Nijmegen"][known.city as usize].cmp(&value)),
                "smoker" => {
                    let said = i128::from(matches!(value.as_str(), "yes" | "true"));
                    Some(known.smoker.cmp(&said))
                }
                _ => Some(known.note.as_str().cmp(&value)),
            };
            order.is_some_and(|order| match op {
                BinaryOperator::Eq => order.is_eq(),
                BinaryOperator::Lt => order.is_lt(),
                BinaryOperator::Gt => order.is_gt(),
                other => panic!("{other}"),
            })
        }
        other => panic!("{other}"),
    }
}

fn number(steps: i128, decimals: i32) -> f64 {
    steps as f64 / 10_f64.powi(decimals)
}

fn parsed(text: &str) -> f64 {
    text.parse().unwrap()
}

fn literal(expr: &Expr) -> String {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => text.to_string(),
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => text.clone(),
            Value::Boolean(flag) => flag.to_string(),
            other => panic!("{other}"),
        },
        Expr::Identifier(word) => word.value.clone(),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => format!("-{}", literal(expr)),
        other => panic!("{other}"),
    }
}

/// What a parser of SQL reads: the calls as it writes them, and the condition.
fn in_sql(text: &str) -> (Vec<String>, Option<Expr>) {
    let statements =
        Parser::parse_sql(&GenericDialect {}, text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let [Statement::Query(query)] = statements.as_slice() else { panic!("{text}") };
    let SetExpr::Select(select) = &*query.body else { panic!("{text}") };
    let calls = select.projection.iter().map(|item| match item {
        SelectItem::UnnamedExpr(expr) => expr.to_string(),
        other => panic!("{other}"),
    });
    (calls.collect(), select.selection.clone())
}

#[test]
fn a_parser_of_sql_reads_the_same() {
    let people = generated(100, 11);
    let mut rng = seeded(12);
    let mut agreed = 0;
    while agreed < 500 {
        let condition = tree(&mut rng, 3);
        let text = format!(
            "SELECT AVG(Person.age), COUNT(Meter.energy), QUANTILE(Person.weight, 0.25) WHERE {}",
            text_of(&condition, &mut rng)
        );
        let Ok(query) = Query::check(&text, catalogue(), Dialect::Relaxed) else { continue };
        agreed += 1;
        // As it was written, and as the engine writes it.
        for text in [text.as_str(), query.text()] {
            let (calls, selection) = in_sql(text);
            let ours: Vec<_> = query.calls().iter().map(|call| call.text()).collect();
            assert_eq!(calls, ours, "{text}");
            let selection = selection.unwrap();
            for known in &people {
                let values: Vec<_> = query
                    .attributes()
                    .iter()
                    .map(|attribute| known.value(attribute.source(), attribute.name()))
                    .collect();
                assert_eq!(query.holds_for(&values), holds(&selection, known), "{text}");
            }
        }
    }
}

//! Reading a query beside sqlparser, which reads the same text and checks nothing.

use std::error::Error;
use std::hint::black_box;

use nest_market::query::{Dialect, Query};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use super::best;
use super::people::catalogue;

pub(crate) fn measure() -> Result<(), Box<dyn Error>> {
    let catalogue = catalogue()?;
    println!("## Reading a query\n");
    println!(
        "Ours reads the text, checks it against the catalogue and writes it in the one way; sqlparser makes a tree of it \
         and looks nothing up.\n"
    );
    println!("| bytes | ours, µs | sqlparser, µs | sqlparser / ours |\n| ---: | ---: | ---: | ---: |");
    let condition = |count: i32| {
        let tests: Vec<_> =
            (0..count).map(|i| format!("(Person.age > {i}) AND (Person.height < {})", 100 + i)).collect();
        tests.join(" OR ")
    };
    for count in [1, 2, 4, 60] {
        let text = format!("SELECT AVG(Weather.temperature), COUNT(Person.age) WHERE {}", condition(count));
        let ours = best(5, 2_000, || {
            black_box(Query::check(&text, &catalogue, Dialect::Strict)?);
            Ok(())
        })?;
        let peer = best(5, 2_000, || {
            black_box(Parser::parse_sql(&GenericDialect {}, &text)?);
            Ok(())
        })?;
        println!("| {} | {:.1} | {:.1} | {:.1} |", text.len(), ours / 1e3, peer / 1e3, peer / ours);
    }
    println!();
    Ok(())
}

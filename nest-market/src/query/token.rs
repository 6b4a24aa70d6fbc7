//! The words of a query, each with its place in the text.

use std::ops::Range;

use super::error::{Fault, QueryError};

/// The longest query, in bytes.
pub const MAX_BYTES: usize = 4_096;

/// A word of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word<'q> {
    Select,
    Where,
    And,
    Or,
    Every,
    /// Letters, digits and `_`, beginning with none of the digits.
    Name(&'q str),
    /// Digits, with a sign or a point where there is one.
    Number(&'q str),
    /// What begins with a digit and is no number: a time or a period, `2024-05`, `1h`.
    Mixed(&'q str),
    /// A text in quotes, without them; a quote in it is written twice.
    Text(&'q str, char),
    Open,
    Close,
    Comma,
    Dot,
    Equal,
    Less,
    Greater,
}

/// A word with its place.
#[derive(Debug, Clone)]
pub(super) struct Token<'q> {
    pub(super) word: Word<'q>,
    pub(super) at: Range<usize>,
}

const KEYWORDS: [(&str, Word<'static>); 5] = [
    ("SELECT", Word::Select),
    ("WHERE", Word::Where),
    ("AND", Word::And),
    ("OR", Word::Or),
    ("EVERY", Word::Every),
];

/// Words of SQL that mean something there and nothing here.
const NOT_OFFERED: [(&str, &str); 12] = [
    ("NOT", "say what must hold: turn `<` into `>`, or name the other labels, joined by OR"),
    ("IN", "write `(a = 1) OR (a = 2)`"),
    ("BETWEEN", "write `(a > 1) AND (a < 9)`"),
    ("LIKE", "compare with `=`"),
    ("IS", "a comparison with an absent value is false; there is nothing to ask"),
    ("FROM", "name the source before the attribute: `Source.attribute`"),
    ("GROUP", "ask HIST of the attribute to group by"),
    ("HAVING", "write a condition after WHERE"),
    ("ORDER", "leave it out: an answer has one order"),
    ("LIMIT", "leave it out: an answer is about everybody who takes part"),
    ("JOIN", "name attributes of both sources: values are joined by person"),
    ("UNION", "ask two queries"),
];

/// Whether a text can name a source or an attribute in a query.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(is_in_name)
        && !is_keyword(text)
        && !NOT_OFFERED.iter().any(|(word, _)| *word == text)
}

/// Whether a text is a keyword.
pub(super) fn is_keyword(text: &str) -> bool {
    KEYWORDS.iter().any(|(keyword, _)| *keyword == text)
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Takes a text apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, QueryError> {
    if text.len() > MAX_BYTES {
        return Err(QueryError::new(
            MAX_BYTES..text.len(),
            Fault::TooLong,
            format!("a query has at most {MAX_BYTES} bytes, and this one has {}", text.len()),
            "ask for less at once",
        ));
    }
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start();
        let start = text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let (word, len) = match first {
            '(' => (Word::Open, 1),
            ')' => (Word::Close, 1),
            ',' => (Word::Comma, 1),
            '.' => (Word::Dot, 1),
            '=' => (Word::Equal, 1),
            '<' | '>' => comparison(rest, start)?,
            '\'' | '"' => quoted(rest, start, first)?,
            '0'..='9' => number(rest),
            '-' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => number(rest),
            first if first.is_ascii_alphabetic() || first == '_' => name(rest, start)?,
            first => return Err(no_character(rest, start, first)),
        };
        tokens.push(Token { word, at: start..start + len });
        rest = rest.get(len..).unwrap_or_default();
    }
}

fn comparison(rest: &str, start: usize) -> Result<(Word<'_>, usize), QueryError> {
    let not_offered = |repair| {
        let message = format!("`{}` is not part of the language", rest.get(..2).unwrap_or_default());
        Err(QueryError::new(start..start + 2, Fault::NotOffered, message, repair))
    };
    match rest.as_bytes() {
        [b'<', b'>', ..] => not_offered("write `(a < 5) OR (a > 5)`"),
        [b'<', b'=', ..] => not_offered("write `<` with the next larger value: `age < 66` for `age <= 65`"),
        [b'>', b'=', ..] => not_offered("write `>` with the next smaller value: `age > 64` for `age >= 65`"),
        [b'<', ..] => Ok((Word::Less, 1)),
        _ => Ok((Word::Greater, 1)),
    }
}

fn quoted(rest: &str, start: usize, quote: char) -> Result<(Word<'_>, usize), QueryError> {
    let inner = rest.get(1..).unwrap_or_default();
    let mut from = 0;
    while let Some(end) = inner.get(from..).and_then(|inner| inner.find(quote)).map(|end| from + end) {
        if !inner.get(end + 1..).is_some_and(|rest| rest.starts_with(quote)) {
            return Ok((Word::Text(inner.get(..end).unwrap_or_default(), quote), end + 2));
        }
        from = end + 2;
    }
    Err(QueryError::new(
        start..start + rest.len(),
        Fault::OpenText,
        "this text has no closing quote",
        format!("write {quote} where it ends, and {quote}{quote} for a quote in it"),
    ))
}

fn number(rest: &str) -> (Word<'_>, usize) {
    let digits = |from: usize| from + rest.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let mut end = digits(usize::from(rest.starts_with('-')));
    let bytes = rest.as_bytes();
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    let mixed = end + rest.bytes().skip(end).take_while(|byte| is_in_name(*byte) || *byte == b'-').count();
    if mixed > end {
        (Word::Mixed(rest.get(..mixed).unwrap_or_default()), mixed)
    } else {
        (Word::Number(rest.get(..end).unwrap_or_default()), end)
    }
}

fn name(rest: &str, start: usize) -> Result<(Word<'_>, usize), QueryError> {
    let len = rest.bytes().take_while(|byte| is_in_name(*byte)).count();
    let text = rest.get(..len).unwrap_or_default();
    if let Some((_, word)) = KEYWORDS.iter().find(|(keyword, _)| *keyword == text) {
        return Ok((*word, len));
    }
    if let Some((_, repair)) = NOT_OFFERED.iter().find(|(word, _)| *word == text) {
        let message = format!("`{text}` is not part of the language");
        return Err(QueryError::new(start..start + len, Fault::NotOffered, message, *repair));
    }
    Ok((Word::Name(text), len))
}

fn no_character(rest: &str, start: usize, first: char) -> QueryError {
    let starts = |text: &str| rest.starts_with(text);
    let (len, message, repair) = if starts("!") {
        (if starts("!=") { 2 } else { 1 }, "there is no `!`", "write `(a < 5) OR (a > 5)` for `a != 5`")
    } else if starts(";") {
        (1, "there is no `;`: a text is one query", "leave it out, and ask other queries by themselves")
    } else if starts("--") || starts("/*") || starts("#") {
        (if starts("#") { 1 } else { 2 }, "a query has no comments", "leave it out")
    } else if starts("*") {
        (1, "there is no `*`", "name the attributes: `COUNT(Source.attribute)`")
    } else {
        let message = "this character is not part of the language";
        (first.len_utf8(), message, "put a text in quotes: `'Köln'`")
    };
    let len = len.min(rest.len());
    let code =
        if first.is_ascii() && !first.is_ascii_control() { Fault::NotOffered } else { Fault::Character };
    QueryError::new(start..start + len, code, message, repair)
}

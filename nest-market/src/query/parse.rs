//! From words to calls and a condition. The condition is read with a stack of its own, not with that of the program.

use std::ops::Range;

use super::error::{Fault, QueryError};
use super::syntax::{At, Every, Path, RawCall, RawComparison, RawQuery, Step};
use super::token::{Token, Word, is_keyword, tokens};

/// The most calls of a query.
pub const MAX_CALLS: usize = 8;

/// The most attributes of a query, in its calls and its condition together.
pub const MAX_ATTRIBUTES: usize = 8;

/// The most parentheses within parentheses.
pub const MAX_DEPTH: usize = 32;

/// Reads a text.
pub(super) fn parse(text: &str) -> Result<RawQuery<'_>, QueryError> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, end: text.len() };
    parser.expect(Word::Select, "`SELECT`", "begin with `SELECT`, in capital letters")?;
    let mut calls = Vec::new();
    loop {
        let call = parser.call()?;
        calls.push(call);
        if let Some(call) = calls.get(MAX_CALLS) {
            return Err(QueryError::new(
                call.function.start..call.end,
                Fault::TooManyCalls,
                format!("a query has at most {MAX_CALLS} calls"),
                "ask the others in another query",
            ));
        }
        if !parser.take(Word::Comma) {
            break;
        }
    }
    let mut query = RawQuery {
        calls,
        comparisons: Vec::new(),
        steps: Vec::new(),
        condition: parser.end..parser.end,
        not_strict: None,
    };
    if parser.take(Word::Where) {
        query.condition.start = parser.place().start;
        parser.condition(&mut query)?;
    }
    match parser.peek() {
        None => Ok(query),
        Some(token) => {
            let (at, word) = (token.at.clone(), token.word);
            Err(unexpected(at, word, "the end of the query", "`WHERE` comes once, after all calls"))
        }
    }
}

struct Parser<'q> {
    tokens: Vec<Token<'q>>,
    next: usize,
    end: usize,
}

/// What waits on the stack of the condition.
enum Waiting {
    And,
    Or,
    Open(Range<usize>),
}

impl<'q> Parser<'q> {
    fn peek(&self) -> Option<&Token<'q>> {
        self.tokens.get(self.next)
    }

    fn peek_word(&self) -> Option<Word<'q>> {
        self.peek().map(|token| token.word)
    }

    /// The place of the next word, or the end of the text.
    fn place(&self) -> Range<usize> {
        self.peek().map_or(self.end..self.end, |token| token.at.clone())
    }

    /// Where the last word ended.
    fn last_end(&self) -> usize {
        self.next.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.at.end)
    }

    fn take(&mut self, word: Word<'_>) -> bool {
        let is = self.peek_word() == Some(word);
        self.next += usize::from(is);
        is
    }

    fn expect(&mut self, word: Word<'_>, what: &str, repair: &str) -> Result<Range<usize>, QueryError> {
        let at = self.place();
        if self.take(word) { Ok(at) } else { Err(self.unexpected(what, repair)) }
    }

    fn unexpected(&self, expected: &str, repair: &str) -> QueryError {
        match self.peek() {
            Some(token) => unexpected(token.at.clone(), token.word, expected, repair),
            None => QueryError::new(
                self.end..self.end,
                Fault::Unexpected,
                format!("the query ends where {expected} is expected"),
                repair,
            ),
        }
    }

    fn name(&mut self, what: &str, repair: &str) -> Result<At<&'q str>, QueryError> {
        match self.peek() {
            Some(Token { word: Word::Name(name), at }) => {
                let name = At::new(*name, at);
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.unexpected(what, repair)),
        }
    }

    fn path(&mut self) -> Result<Path<'q>, QueryError> {
        let source = self.name("an attribute", "write `Source.attribute`")?;
        self.expect(Word::Dot, "`.`", &format!("write the source first: `Source.{}`", source.what))?;
        let name = self.name("the name of an attribute", &format!("write `{}.attribute`", source.what))?;
        Ok(Path { source, name })
    }

    fn call(&mut self) -> Result<RawCall<'q>, QueryError> {
        let function = self.name("a function", "write a call such as `AVG(Source.attribute)`")?;
        let open = format!("write `{}(Source.attribute)`", function.what);
        self.expect(Word::Open, "`(`", &open)?;
        if self.peek_word() == Some(Word::Select) {
            return Err(QueryError::new(
                self.place(),
                Fault::NotOffered,
                "there are no queries within queries",
                open,
            ));
        }
        let mut arguments = vec![self.path()?];
        let mut number = None;
        while self.take(Word::Comma) {
            if let Some(Token { word: Word::Number(text), at }) = self.peek() {
                number = Some(At::new(*text, at));
                self.next += 1;
                break;
            }
            arguments.push(self.path()?);
            if arguments.len() > MAX_ATTRIBUTES {
                return Err(too_many_attributes(function.start..self.last_end()));
            }
        }
        self.expect(Word::Close, "`,` or `)`", "close the call with `)`")?;
        let every = if self.take(Word::Every) { Some(self.every()?) } else { None };
        Ok(RawCall { function, arguments, number, every, end: self.last_end() })
    }

    /// A whole number and `h`, `d` or `w`, with a space between them or none.
    fn every(&mut self) -> Result<At<Every>, QueryError> {
        let at = self.place();
        let (number, unit) = match self.peek_word() {
            Some(Word::Mixed(text)) => {
                self.next += 1;
                text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
            }
            Some(Word::Number(number)) => {
                self.next += 1;
                let unit = self.name("`h`, `d` or `w`", "write a period such as `1h`, `1d` or `2w`")?;
                (number, unit.what)
            }
            _ => return Err(self.unexpected("a period", "write a period such as `1h`, `1d` or `2w`")),
        };
        let at = at.start..self.last_end();
        let hours = match unit {
            "h" => Some(1),
            "d" => Some(24),
            "w" => Some(168),
            _ => None,
        };
        let every =
            number.parse::<u32>().ok().zip(hours).and_then(|(number, hours)| number.checked_mul(hours));
        match every.and_then(Every::hours) {
            Some(every) => Ok(At::new(every, &at)),
            None => Err(QueryError::new(
                at,
                Fault::Every,
                "this is no period",
                "write hours, days or weeks, from `1h` to `366d`",
            )),
        }
    }

    fn comparison(&mut self) -> Result<RawComparison<'q>, QueryError> {
        let attribute = self.path()?;
        let operator = match self.peek() {
            Some(Token { word: word @ (Word::Equal | Word::Less | Word::Greater), at }) => At::new(*word, at),
            _ => {
                return Err(
                    self.unexpected("`=`, `<` or `>`", "write a comparison: `Source.attribute = value`")
                );
            }
        };
        self.next += 1;
        let value = match self.peek() {
            Some(Token {
                word: word @ (Word::Name(_) | Word::Number(_) | Word::Mixed(_) | Word::Text(..)),
                at,
            }) => At::new(*word, at),
            _ => {
                let repair =
                    "write a number, a word, or a text in quotes; a keyword as a text needs quotes too";
                return Err(self.unexpected("a value", repair));
            }
        };
        self.next += 1;
        Ok(RawComparison { attribute, operator, value })
    }

    /// The condition, by the shunting-yard algorithm (E. W. Dijkstra, 1961): `AND` binds stronger than `OR`.
    fn condition(&mut self, query: &mut RawQuery<'q>) -> Result<(), QueryError> {
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut depth = 0_usize;
        loop {
            // Parentheses that open, then a comparison.
            let mut opened = 0;
            let begin = self.place();
            while self.peek_word() == Some(Word::Open) {
                waiting.push(Waiting::Open(self.place()));
                self.next += 1;
                depth += 1;
                opened += 1;
                if depth > MAX_DEPTH {
                    return Err(QueryError::new(
                        begin.start..self.last_end(),
                        Fault::TooDeep,
                        format!("parentheses are at most {MAX_DEPTH} deep"),
                        "leave out those that change nothing",
                    ));
                }
            }
            if self.peek_word() == Some(Word::Select) {
                return Err(QueryError::new(
                    self.place(),
                    Fault::NotOffered,
                    "there are no queries within queries",
                    "compare with a value",
                ));
            }
            let comparison = self.comparison()?;
            query.steps.push(Step::Comparison(query.comparisons.len()));
            query.comparisons.push(comparison);
            // Parentheses that close.
            let mut closed = 0;
            while self.peek_word() == Some(Word::Close) {
                let at = self.place();
                self.next += 1;
                closed += 1;
                if depth == 0 {
                    return Err(QueryError::new(
                        at,
                        Fault::Parenthesis,
                        "this `)` closes nothing",
                        "leave it out, or write `(` where it begins",
                    ));
                }
                depth -= 1;
                loop {
                    match waiting.pop() {
                        Some(Waiting::And) => query.steps.push(Step::And),
                        Some(Waiting::Or) => query.steps.push(Step::Or),
                        Some(Waiting::Open(_)) | None => break,
                    }
                }
            }
            let end = self.last_end();
            let joined = match self.peek_word() {
                Some(Word::And) => true,
                Some(Word::Or) => false,
                _ => {
                    // Strict: the last comparison may be bare.
                    if opened != closed || opened > 1 {
                        query.not_strict.get_or_insert(begin.start..end);
                    }
                    break;
                }
            };
            if (opened, closed) != (1, 1) {
                query.not_strict.get_or_insert(begin.start..end);
            }
            self.next += 1;
            // What binds at least as strongly comes first.
            while let Some(last) = waiting.last() {
                match last {
                    Waiting::And => query.steps.push(Step::And),
                    Waiting::Or if !joined => query.steps.push(Step::Or),
                    _ => break,
                }
                waiting.pop();
            }
            waiting.push(if joined { Waiting::And } else { Waiting::Or });
        }
        query.condition.end = self.last_end();
        while let Some(last) = waiting.pop() {
            match last {
                Waiting::And => query.steps.push(Step::And),
                Waiting::Or => query.steps.push(Step::Or),
                Waiting::Open(at) => {
                    return Err(QueryError::new(
                        at,
                        Fault::Parenthesis,
                        "this `(` is not closed",
                        "write `)` where it ends",
                    ));
                }
            }
        }
        Ok(())
    }
}

pub(super) fn too_many_attributes(at: Range<usize>) -> QueryError {
    QueryError::new(
        at,
        Fault::TooManyAttributes,
        format!("a query has at most {MAX_ATTRIBUTES} attributes, its condition included"),
        "ask about fewer, or in two queries",
    )
}

fn unexpected(at: Range<usize>, word: Word<'_>, expected: &str, repair: &str) -> QueryError {
    let found = match word {
        Word::Select => "`SELECT`".to_owned(),
        Word::Where => "`WHERE`".to_owned(),
        Word::And => "`AND`".to_owned(),
        Word::Or => "`OR`".to_owned(),
        Word::Every => "`EVERY`".to_owned(),
        Word::Name(text) | Word::Number(text) | Word::Mixed(text) => format!("`{text}`"),
        Word::Text(..) => "a text".to_owned(),
        Word::Open => "`(`".to_owned(),
        Word::Close => "`)`".to_owned(),
        Word::Comma => "`,`".to_owned(),
        Word::Dot => "`.`".to_owned(),
        Word::Equal => "`=`".to_owned(),
        Word::Less => "`<`".to_owned(),
        Word::Greater => "`>`".to_owned(),
    };
    let repair = match word {
        Word::Name(text) if is_keyword(&text.to_ascii_uppercase()) => {
            format!("write `{}`, in capital letters", text.to_ascii_uppercase())
        }
        _ => repair.to_owned(),
    };
    QueryError::new(at, Fault::Unexpected, format!("{found} where {expected} is expected"), repair)
}

//! `#[pep(…)]`: reading keys and values, each with its place.

use nest_rules as say;
use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, RangeLimits, Token, UnOp, parenthesized};

use crate::diag::{Faults, nearest, one_of};
use crate::field::Field;
use crate::model::Record;
use crate::waiver;

/// The name of the attribute that all of nest's attributes stand in.
pub(crate) const PEP: &str = "pep";

/// What attributes stand on, which says what may be declared there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A struct, or an enum with data.
    Record,
    /// A field of one.
    Field,
    /// An enum without data.
    Labels,
    /// A variant.
    Variant,
    /// A struct of one unnamed field.
    Newtype,
}

/// One attribute: its key, whether it takes parentheses, and what reads it into `T`. To add an attribute is to add one of
/// these.
pub(crate) struct Key<T> {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) read: fn(&mut T, Entry, &mut Faults),
}

/// How an attribute is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `key` or `key = value`.
    Value,
    /// `key(…)`.
    List,
    /// `key(…)`, any number of times.
    Lists,
}

impl<T> Key<T> {
    pub(crate) const fn new(name: &'static str, read: fn(&mut T, Entry, &mut Faults)) -> Self {
        Self { name, form: Form::Value, read }
    }

    pub(crate) const fn list(name: &'static str, form: Form, read: fn(&mut T, Entry, &mut Faults)) -> Self {
        Self { name, form, read }
    }
}

impl Place {
    /// The attributes that may stand there.
    fn keys(self) -> Vec<(&'static str, Form)> {
        match self {
            Place::Record => Record::KEYS.iter().map(|key| (key.name, key.form)).collect(),
            Place::Field => Field::KEYS.iter().map(|key| (key.name, key.form)).collect(),
            Place::Labels | Place::Newtype => vec![("crate", Form::Value)],
            Place::Variant => vec![("code", Form::Value), ("rename", Form::Value)],
        }
    }

    fn names(self) -> Vec<&'static str> {
        self.keys().into_iter().map(|(name, _)| name).collect()
    }
}

/// Reads the attributes of `place` by their keys.
pub(crate) fn read<T>(keys: &[Key<T>], attrs: &[Attribute], place: Place, into: &mut T, faults: &mut Faults) {
    for entry in entries(attrs, place, faults) {
        if let Some(key) = keys.iter().find(|key| entry.key == key.name) {
            (key.read)(into, entry, faults);
        }
    }
}

/// One `key`, `key = value` or `key(…)`.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Option<Expr>,
    pub(crate) list: Option<Punctuated<Entry, Token![,]>>,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = Ident::parse_any(input)?;
        if input.peek(Token![-]) {
            return Err(hyphens(&key, input)?);
        }
        let (mut value, mut list) = (None, None);
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            value = Some(input.parse()?);
        } else if input.peek(Paren) {
            let content;
            parenthesized!(content in input);
            list = Some(Punctuated::parse_terminated(&content)?);
        }
        Ok(Self { key, value, list })
    }
}

/// The fault of a name that is written as in a message, `global-identifier`.
fn hyphens(first: &Ident, input: ParseStream<'_>) -> syn::Result<syn::Error> {
    let (mut tokens, mut name) = (first.to_token_stream(), first.to_string());
    while input.peek(Token![-]) {
        input.parse::<Token![-]>()?.to_tokens(&mut tokens);
        let part = Ident::parse_any(input)?;
        name.push_str(&format!("_{part}"));
        part.to_tokens(&mut tokens);
    }
    let message = match waiver::rule(&name).map(waiver::fixed) {
        Some(Some(fixed)) => fixed.to_owned(),
        Some(None) => format!("rules are written with underscores here: `{name}`"),
        None => format!("attributes are written with underscores here: `{name}`"),
    };
    Ok(syn::Error::new_spanned(tokens, message))
}

/// Reads the `#[pep(…)]` attributes among `attrs`: every entry whose key is known, and a fault for each other.
pub(crate) fn entries(attrs: &[Attribute], place: Place, faults: &mut Faults) -> Vec<Entry> {
    let known = place.keys();
    let form_of = |name: &str| known.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
    let mut entries: Vec<Entry> = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(PEP)) {
        let Meta::List(list) = &attr.meta else {
            faults.at(
                attr,
                format!("write the attributes in parentheses, `#[pep({})]`", place.names().join(", ")),
            );
            continue;
        };
        let parsed = list.parse_args_with(Punctuated::<Entry, Token![,]>::parse_terminated);
        for entry in parsed.unwrap_or_else(|error| {
            faults.push(error);
            Punctuated::new()
        }) {
            let name = entry.key.to_string();
            let Some(form) = form_of(&name) else {
                faults.at(&entry.key, unknown(&name, place));
                continue;
            };
            if entry.list.is_some() && form == Form::Value {
                faults.at(&entry.key, format!("`{name}` takes no parentheses"));
            } else if form != Form::Lists && entries.iter().any(|earlier| earlier.key == entry.key) {
                faults.at(&entry.key, format!("`{name}` is declared twice: keep one"));
            } else {
                entries.push(entry);
            }
        }
    }
    entries
}

fn unknown(name: &str, place: Place) -> String {
    let belongs = |there: Place| place != there && there.names().contains(&name);
    if place == Place::Labels && name.starts_with("max_") && belongs(Place::Record) {
        return format!("an enum without data needs no budget: remove `{name}`");
    }
    if place == Place::Labels && belongs(Place::Record) {
        return format!(
            "`{name}` belongs on a record, and an enum without data is a field of one: remove it"
        );
    }
    if belongs(Place::Record) {
        return format!("`{name}` belongs on the whole record: declare it above `struct` or `enum`");
    }
    if belongs(Place::Field) {
        return format!("`{name}` belongs on a field: declare it there");
    }
    if belongs(Place::Variant) {
        return format!("`{name}` belongs on a variant of an enum: declare it there");
    }
    let known = place.names();
    let list = one_of(&known);
    match nearest(name, &known) {
        Some(near) => {
            format!("unknown attribute `{name}`, did you mean `{near}`? (expected {list})")
        }
        None => format!("unknown attribute `{name}`, expected {list}"),
    }
}

impl Entry {
    /// The entry as a mark without a value.
    pub(crate) fn flag(self, faults: &mut Faults) -> Option<Span> {
        match &self.value {
            None => Some(self.key.span()),
            Some(value) => {
                faults.at(value, format!("`{0}` takes no value: write `#[pep({0})]`", self.key));
                None
            }
        }
    }

    /// The entry's value, `example` showing how it is written.
    pub(crate) fn value(self, example: &str, faults: &mut Faults) -> Option<Expr> {
        if self.value.is_none() {
            faults.at(&self.key, format!("`{}` needs a value: write `{example}`", self.key));
        }
        self.value.map(peel)
    }

    /// The entry's value as text.
    pub(crate) fn text(self, example: &str, faults: &mut Faults) -> Option<LitStr> {
        let value = self.value(example, faults)?;
        match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if !text.value().is_empty() => Some(text),
            _ => {
                faults.at(value, format!("a text that is not empty is expected: write `{example}`"));
                None
            }
        }
    }

    /// The entry's value as a whole number, or anything that could turn out to be one.
    pub(crate) fn number(self, example: &str, faults: &mut Faults) -> Option<Expr> {
        let value = self.value(example, faults)?;
        match &value {
            Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) => Some(value),
            Expr::Lit(_) | Expr::Range(_) | Expr::Unary(_) => {
                faults.at(value, format!("a whole number is expected: write `{example}`"));
                None
            }
            _ => Some(value),
        }
    }

    /// The entry's value as a range with both ends.
    pub(crate) fn range(self, faults: &mut Faults) -> Option<(Expr, Expr)> {
        let times =
            matches!(&self.value, Some(Expr::Range(range)) if is_time(&range.start) || is_time(&range.end));
        let example = if times { "range = \"2020-01\"..=\"2035-12\"" } else { "range = 0..=100" };
        let value = self.value(example, faults)?;
        match value {
            Expr::Range(range) if matches!(range.limits, RangeLimits::Closed(_)) => {
                match (range.start, range.end) {
                    (Some(start), Some(end)) => {
                        let (start, end) = (bound(*start, faults)?, bound(*end, faults)?);
                        let fault = match (unquoted_time(&start), unquoted_time(&end)) {
                            (Some(start), Some(end)) => Some(format!(
                                "a time is written in quotes [precise-time]: write `range = \"{start}\"..=\"{end}\"`"
                            )),
                            // A constant may be either.
                            _ if is_text(&start) != is_text(&end)
                                && !matches!((&start, &end), (Expr::Path(_), _) | (_, Expr::Path(_))) =>
                            {
                                Some(say::RANGE_MIXED.to_owned())
                            }
                            _ => None,
                        };
                        let Some(fault) = fault else { return Some((start, end)) };
                        faults.at(Punctuated::<_, Token![..=]>::from_iter([start, end]), fault);
                        None
                    }
                    (_, Some(end)) => {
                        faults.at(end, format!("a range has both ends: write `{example}`"));
                        None
                    }
                    (start, None) => {
                        faults.at(start, format!("a range has both ends: write `{example}`"));
                        None
                    }
                }
            }
            _ => {
                faults.at(value, format!("a range with both ends included is expected: write `{example}`"));
                None
            }
        }
    }
}

/// One end of a range: a number, a time in quotes, or a constant.
fn bound(expr: Expr, faults: &mut Faults) -> Option<Expr> {
    let expr = peel(expr);
    match &expr {
        Expr::Lit(ExprLit { lit: Lit::Int(_) | Lit::Float(_) | Lit::Str(_), .. }) => Some(expr),
        Expr::Lit(_) => {
            faults.at(expr, "a bound is a number: write `range = 0..=100`");
            None
        }
        Expr::Cast(cast) => {
            faults.at(
                &expr,
                format!(
                    "a cast can cut a bound off without a word: write `{}` as it is, a bound may be of any type of number",
                    cast.expr.to_token_stream()
                ),
            );
            None
        }
        _ => Some(expr),
    }
}

/// The text of a time that was written without quotes, `2024-01`, which reads as a subtraction.
fn unquoted_time(expr: &Expr) -> Option<String> {
    let Expr::Binary(_) = expr else { return None };
    let text = expr.to_token_stream().to_string().replace(' ', "");
    // Four digits less two: at both ends of a range nobody means this as a subtraction.
    let shapes = ["dddd-dd", "dddd-Wdd", "dddd-dd-dd", "dddd-dd-ddTdd"];
    let shape: String =
        text.chars().map(|letter| if letter.is_ascii_digit() { 'd' } else { letter }).collect();
    shapes.contains(&shape.as_str()).then_some(text)
}

/// Whether one end of a range is meant as a time.
fn is_time(end: &Option<Box<Expr>>) -> bool {
    end.as_deref().is_some_and(|end| is_text(end) || unquoted_time(end).is_some())
}

/// The whole numbers between which a number in an expression lies; `None` where it is no literal.
pub(crate) fn whole_bounds(expr: &Expr) -> Option<(i128, i128)> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            let number = number.base10_parse().ok()?;
            Some((number, number))
        }
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => {
            let number: f64 = number.base10_parse().ok()?;
            Some((number.floor() as i128, number.ceil() as i128))
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let (low, high) = whole_bounds(&unary.expr)?;
            Some((high.checked_neg()?, low.checked_neg()?))
        }
        Expr::Group(group) => whole_bounds(&group.expr),
        Expr::Paren(paren) => whole_bounds(&paren.expr),
        _ => None,
    }
}

/// Whether an expression is a text.
pub(crate) fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(ExprLit { lit: Lit::Str(_), .. }))
}

/// An expression without the invisible or visible parentheses round it, as macros leave them.
pub(crate) fn peel(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => peel(*group.expr),
        Expr::Paren(paren) => peel(*paren.expr),
        expr => expr,
    }
}

/// Whether an expression is a number written with a fraction.
pub(crate) fn has_fraction(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Float(_), .. }) => true,
        Expr::Unary(unary) => has_fraction(&unary.expr),
        Expr::Group(group) => has_fraction(&group.expr),
        Expr::Paren(paren) => has_fraction(&paren.expr),
        _ => false,
    }
}

/// First and last place of some tokens, to underline all of them.
pub(crate) fn ends(tokens: &impl quote::ToTokens) -> (Span, Span) {
    let mut tokens = tokens.to_token_stream().into_iter();
    let start = tokens.next().map_or_else(Span::call_site, |token| token.span());
    let end = tokens.last().map_or(start, |token| token.span());
    (start, end)
}

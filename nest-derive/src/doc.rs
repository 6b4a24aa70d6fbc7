//! Documentation comments, as the schema holds them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// A documentation comment: a text, or an expression that is one.
#[derive(Default)]
pub(crate) struct Doc(Vec<Part>);

enum Part {
    /// Lines that stand in the comment.
    Text(String),
    /// `#[doc = concat!(…)]`, which the compiler expands.
    Macro(Expr),
}

impl Doc {
    /// The documentation comment among some attributes.
    pub(crate) fn of(attrs: &[Attribute]) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
            let Meta::NameValue(meta) = &attr.meta else { continue };
            match (&meta.value, parts.last_mut()) {
                (Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), Some(Part::Text(lines))) => {
                    lines.push('\n');
                    lines.push_str(&plain(&text.value()));
                }
                (Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), _) => {
                    parts.push(Part::Text(plain(&text.value())))
                }
                (expr @ Expr::Macro(_), _) => parts.push(Part::Macro(expr.clone())),
                _ => {}
            }
        }
        if let [Part::Text(text)] = &mut parts[..] {
            *text = text.trim().to_owned();
        }
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Self(parts)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ToTokens for Doc {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match &self.0[..] {
            [] => quote!(""),
            [Part::Text(text)] => quote!(#text),
            parts => {
                let lines = parts.iter().enumerate().map(|(i, part)| {
                    let between = (i > 0).then_some(quote!("\n",));
                    match part {
                        Part::Text(text) => quote!(#between #text),
                        Part::Macro(expr) => quote!(#between #expr),
                    }
                });
                quote!(::core::concat!(#(#lines),*))
            }
        });
    }
}

/// The lines of one comment without their indentation, and those of a block comment without their stars.
fn plain(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    if lines.len() < 2 {
        return text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned();
    }
    let full = || lines.iter().skip(1).filter(|line| !line.is_empty());
    let starred = full().all(|line| line.trim_start().starts_with('*'));
    let indent = full().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let plain = lines.iter().enumerate().map(|(i, line)| {
        let starless = line.trim_start().strip_prefix('*').filter(|_| starred);
        match starless {
            Some(rest) => rest.strip_prefix(' ').unwrap_or(rest),
            None if i == 0 => line.trim_start(),
            None => line.get(indent..).unwrap_or_default(),
        }
    });
    plain.collect::<Vec<_>>().join("\n").trim().to_owned()
}

//! The generated code: constants that describe the declaration, and calls into `nest-core`.
//!
//! - Paths are absolute, from `::nest_core` or from `#[pep(crate = "…")]`.
//! - A field is named through one trait, `PepField`, so that a type without it is reported once.
//! - Checks that need types are constants of their own, one for each field, placed at the tokens to change.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Ident, Index};

use crate::attr::{ends, is_text};
use crate::model::{Field, Label, Labels, Record, VARIANT, Variant};

/// The implementations of `PepRecord` and of the conversions.
pub(crate) fn record(record: &Record<'_>) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let schema = schema(record);
    let declared = declared_fields(record, |_| true);
    let fields = Ident::new("__fields", Span::mixed_site());
    let (put, take) = match &record.variants {
        None => bodies_of_struct(record, &fields),
        Some(variants) => bodies_of_enum(record, variants, &fields),
    };
    let checks = checks(record);
    let (inner_checks, outer_checks) = if generics.params.is_empty() {
        (TokenStream::new(), quote!(#(const _: () = #checks;)*))
    } else {
        (quote!(#(#checks;)*), TokenStream::new())
    };
    let conversions = conversions(record);
    wrap(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::PepRecord for #ident #ty_generics #where_clause {
            const SCHEMA: &'static #private::Schema = &#schema;
            const __DECLARED: &'static [#private::Declared] = &[#declared];
            const __CHECK: () = { #inner_checks };

            fn __put(
                &self,
                #fields: &mut #private::Writer,
            ) -> ::core::result::Result<(), #private::EncodeError> {
                #put
                ::core::result::Result::Ok(())
            }

            fn __take(
                #fields: &mut #private::Reader<'_>,
            ) -> ::core::result::Result<Self, #private::DecodeError> {
                ::core::result::Result::Ok(#take)
            }
        }
        #conversions
        #outer_checks
    })
}

/// How a struct writes and reads its fields.
fn bodies_of_struct(record: &Record<'_>, fields: &Ident) -> (TokenStream, TokenStream) {
    let (mut puts, mut takes) = (TokenStream::new(), TokenStream::new());
    for (i, field) in record.fields.iter().enumerate() {
        let (name, field_trait) = (field.ident, field_trait(record, field, i));
        puts.extend(quote!(#field_trait::put(&self.#name, #fields)?;));
        takes.extend(quote!(#name: #field_trait::take(#fields)?,));
    }
    (puts, quote!(Self { #takes }))
}

/// How an enum writes and reads its variant, and for each field its value or filler.
fn bodies_of_enum(
    record: &Record<'_>,
    variants: &[Variant<'_>],
    fields: &Ident,
) -> (TokenStream, TokenStream) {
    let (mut puts, mut takes) = (TokenStream::new(), TokenStream::new());
    for (place, variant) in variants.iter().enumerate() {
        let name = variant.label.ident;
        let (mut pattern, mut values) = (TokenStream::new(), TokenStream::new());
        let (mut put, mut take) = (TokenStream::new(), TokenStream::new());
        // Fields that the variant does not use, and that follow each other.
        let mut unused: usize = 0;
        for (i, (field, used)) in record.fields.iter().zip(&variant.uses).enumerate() {
            let Some(used) = used else {
                unused += 1;
                continue;
            };
            skip(std::mem::take(&mut unused), fields, &mut put, &mut take);
            let value = quote::format_ident!("__field_{i}", span = Span::mixed_site());
            let field_trait = field_trait(record, field, i);
            pattern.extend(quote!(#used: #value,));
            values.extend(quote!(#used: #value,));
            put.extend(quote!(#field_trait::put(#value, #fields)?;));
            take.extend(quote!(let #value = #field_trait::take(#fields)?;));
        }
        skip(unused, fields, &mut put, &mut take);
        puts.extend(quote!(Self::#name { #pattern } => { #fields.variant(#place)?; #put }));
        takes.extend(quote!(#place => { #take Self::#name { #values } }));
    }
    let krate = &record.krate;
    let unknown = quote!(::core::result::Result::Err(#krate::__private::DecodeFault::UnknownCode)?);
    (quote!(match self { #puts }), quote!(match #fields.variant()? { #takes _ => #unknown }))
}

/// Passes over fields that a variant does not use.
fn skip(unused: usize, fields: &Ident, put: &mut TokenStream, take: &mut TokenStream) {
    if unused > 0 {
        put.extend(quote!(#fields.fill(#unused)?;));
        take.extend(quote!(#fields.unused(#unused)?;));
    }
}

/// Implementations that let the rest of the program compile, so that a faulty declaration is reported alone;
/// and the checks of those fields that have no fault yet.
pub(crate) fn faulty_record(record: &Record<'_>) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let name = ident.to_string();
    let declared = declared_fields(record, |field| !field.faulty);
    let checks = if generics.params.is_empty() {
        let checks = record.fields.iter().enumerate().filter(|(_, field)| !field.faulty);
        let checks = checks.map(|(i, field)| field_check(record, field, i));
        quote!(#(const _: () = #checks;)*)
    } else {
        TokenStream::new()
    };
    let conversions = conversions(record);
    wrap(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::PepRecord for #ident #ty_generics #where_clause {
            const SCHEMA: &'static #private::Schema = &#private::Schema {
                name: #name,
                doc: "",
                activity: ::core::option::Option::None,
                version: 1,
                kind: #private::RecordKind::Record,
                max_blocks: 0,
                declared_max_bits: ::core::option::Option::None,
                fields: &[],
                variants: &[],
            };
            const __DECLARED: &'static [#private::Declared] = &[#declared];
            const __CHECK: () = ();

            fn __put(
                &self,
                _: &mut #private::Writer,
            ) -> ::core::result::Result<(), #private::EncodeError> {
                ::core::result::Result::Err(#private::EncodeFault::Mismatch.into())
            }

            fn __take(
                _: &mut #private::Reader<'_>,
            ) -> ::core::result::Result<Self, #private::DecodeError> {
                ::core::result::Result::Err(#private::DecodeFault::Mismatch.into())
            }
        }
        #conversions
        #checks
    })
}

/// The implementations of `PepEnum` and of what makes it a field.
pub(crate) fn labels(labels: &Labels<'_>) -> TokenStream {
    let Labels { ident, krate, doc, .. } = labels;
    let private = quote!(#krate::__private);
    let name = ident.to_string();
    let described = labels.labels.iter().map(|label| described(label, &private));
    let variants: Vec<_> = labels.labels.iter().map(|label| label.ident).collect();
    let codes: Vec<_> = labels.labels.iter().map(|label| label.code).collect();
    enum_impls(
        labels,
        quote! {
            const SCHEMA: &'static #private::EnumSchema = &#private::EnumSchema {
                name: #name,
                doc: #doc,
                labels: &[#(#described),*],
            };

            fn code(&self) -> ::core::primitive::u16 {
                match self { #(Self::#variants => #codes,)* }
            }

            fn from_code(code: ::core::primitive::u16) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match code {
                    #(#codes => Self::#variants,)*
                    _ => return ::core::option::Option::None,
                })
            }
        },
    )
}

/// As [`faulty_record`], for an enum.
pub(crate) fn faulty_labels(labels: &Labels<'_>) -> TokenStream {
    let Labels { ident, krate, .. } = labels;
    let private = quote!(#krate::__private);
    let name = ident.to_string();
    enum_impls(
        labels,
        quote! {
            const SCHEMA: &'static #private::EnumSchema =
                &#private::EnumSchema { name: #name, doc: "", labels: &[] };

            fn code(&self) -> ::core::primitive::u16 {
                0
            }

            fn from_code(_: ::core::primitive::u16) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }
        },
    )
}

fn enum_impls(labels: &Labels<'_>, pep_enum: TokenStream) -> TokenStream {
    let Labels { ident, generics, krate, .. } = labels;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    // A faulty enum may have parameters.
    let mut placed = (*generics).clone();
    placed.params.push(syn::parse_quote!(__D: #private::Declaration));
    let (placed_generics, _, _) = placed.split_for_impl();
    wrap(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::PepEnum for #ident #ty_generics #where_clause { #pep_enum }

        #[automatically_derived]
        impl #impl_generics #private::Codec for #ident #ty_generics #where_clause {
            const KIND: #private::Kind = #private::Kind::Enum(<Self as #krate::PepEnum>::SCHEMA.labels.len());

            fn encode(
                &self,
                _: &#private::Type,
            ) -> ::core::result::Result<#private::PEPJSONValue, #private::EncodeError> {
                #private::encode_enum(self)
            }

            fn decode(
                value: &#private::PEPJSONValue,
                _: &#private::Type,
            ) -> ::core::result::Result<Self, #private::DecodeError> {
                #private::decode_enum(value)
            }
        }

        #[automatically_derived]
        impl #placed_generics #private::PepField<__D> for #ident #ty_generics #where_clause {
            const TYPE: #private::Type = #private::Type::Enum(<Self as #krate::PepEnum>::SCHEMA);
            const KIND: #private::Kind = #private::Kind::Enum(<Self as #krate::PepEnum>::SCHEMA.labels.len());

            fn put(
                &self,
                fields: &mut #private::Writer,
            ) -> ::core::result::Result<(), #private::EncodeError> {
                fields.put(self)
            }

            fn take(
                fields: &mut #private::Reader<'_>,
            ) -> ::core::result::Result<Self, #private::DecodeError> {
                fields.take()
            }
        }
    })
}

/// Keeps what is generated out of the user's namespace and lints.
fn wrap(tokens: TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(
            clippy::all,
            clippy::pedantic,
            clippy::restriction,
            clippy::nursery,
            deprecated, // a deprecated field must still be encoded
            non_camel_case_types,
            unreachable_code, // a faulty declaration
            unused_qualifications // paths are absolute
        )]
        const _: () = { #tokens };
    }
}

fn described(label: &Label<'_>, private: &TokenStream) -> TokenStream {
    let Label { name, code, doc, .. } = label;
    quote!(#private::Label { name: #name, code: #code, doc: #doc })
}

fn schema(record: &Record<'_>) -> TokenStream {
    let krate = &record.krate;
    let private = quote!(#krate::__private);
    let (name, doc) = (record.ident.to_string(), &record.doc);
    let activity = option(record.activity.as_ref());
    let version = record.version.as_ref().map_or_else(|| quote!(1), |version| quote!(#version));
    let kind = kind(record, &private);
    let max_blocks = match &record.max_blocks {
        Some(max_blocks) => quote!(#max_blocks),
        None => quote!(#private::NO_BUDGET),
    };
    let max_bits = option(record.max_bits.as_ref());
    let fields = record.fields.iter().enumerate().map(|(i, field)| {
        let (name, doc) = (field.name(), &field.doc);
        let field_trait = field_trait(record, field, i);
        let waivers = waivers(field, &private);
        quote!(#private::Field { name: #name, doc: #doc, ty: #field_trait::TYPE, waivers: #waivers })
    });
    let (code, variants) = match &record.variants {
        None => (TokenStream::new(), TokenStream::new()),
        Some(variants) => variants_of(record, variants, &private),
    };
    quote! {
        #private::Schema {
            name: #name,
            doc: #doc,
            activity: #activity,
            version: #version,
            kind: #kind,
            max_blocks: #max_blocks,
            declared_max_bits: #max_bits,
            fields: &[#code #(#fields),*],
            variants: &[#variants],
        }
    }
}

fn kind(record: &Record<'_>, private: &TokenStream) -> TokenStream {
    match record.progress {
        Some(_) => quote!(#private::RecordKind::Progress),
        None => quote!(#private::RecordKind::Record),
    }
}

/// The field that holds an enum's variant, and the variants with the fields that they use.
fn variants_of(
    record: &Record<'_>,
    variants: &[Variant<'_>],
    private: &TokenStream,
) -> (TokenStream, TokenStream) {
    let name = record.ident.to_string();
    let labels = variants.iter().map(|variant| described(&variant.label, private));
    let field = quote! {
        #private::Field {
            name: #VARIANT,
            doc: "",
            ty: #private::Type::Enum(&#private::EnumSchema { name: #name, doc: "", labels: &[#(#labels),*] }),
            waivers: &[],
        },
    };
    let variants = variants.iter().map(|variant| {
        let name = &variant.label.name;
        let used = record.fields.iter().zip(&variant.uses).filter(|(_, used)| used.is_some());
        let used = used.map(|(field, _)| field.name());
        quote!(#private::Variant { name: #name, fields: &[#(#used),*] })
    });
    (field, quote!(#(#variants),*))
}

/// The attributes of each field, in the order of the schema; those for which `keep` says no are left out.
fn declared_fields(record: &Record<'_>, keep: impl Fn(&Field<'_>) -> bool) -> TokenStream {
    let krate = &record.krate;
    let private = quote!(#krate::__private);
    let nothing = quote!(#private::Declared::NOTHING);
    let code = record.variants.iter().map(|_| nothing.clone());
    let fields = record
        .fields
        .iter()
        .map(|field| if keep(field) { declared(field, &private) } else { nothing.clone() });
    let all = code.chain(fields);
    quote!(#(#all),*)
}

fn waivers(field: &Field<'_>, private: &TokenStream) -> TokenStream {
    let waivers = field.waivers.iter().map(|waiver| {
        let (rule, reason) = (Ident::new(&waiver.variant(), Span::call_site()), &waiver.reason);
        quote!(#private::Waiver { rule: #private::Rule::#rule, reason: #reason })
    });
    quote!(&[#(#waivers),*])
}

/// The attributes of a field, as a constant.
pub(crate) fn declared(field: &Field<'_>, private: &TokenStream) -> TokenStream {
    let mut parts = TokenStream::new();
    if field.pseudonym.is_some() {
        parts.extend(quote!(pseudonym: true,));
    }
    let decimal = field.decimals.is_some();
    let number = |value: &Expr| {
        // A literal was looked at already; anything else could be cast without a word.
        let checked = match (value, decimal) {
            (Expr::Lit(_) | Expr::Unary(_), _) => None,
            (_, true) => Some(quote!(is_number)),
            (_, false) => Some(quote!(is_whole)),
        };
        let to = if decimal { quote!(f64) } else { quote!(i128) };
        match checked.filter(|_| matches!(value, Expr::Path(_))) {
            Some(check) => quote!({ #private::#check(&#value); #value as ::core::primitive::#to }),
            None => quote!((#value) as ::core::primitive::#to),
        }
    };
    if let Some((from, to)) = &field.range {
        let (low, high) = (number(from), number(to));
        let range = if is_text(from) && is_text(to) {
            quote!(Text(#from, #to))
        } else if decimal {
            quote!(Float(#low, #high))
        } else {
            quote!(Integer(#low, #high))
        };
        parts.extend(quote!(range: ::core::option::Option::Some(#private::Range::#range),));
    }
    for (name, value) in
        [("decimals", &field.decimals), ("max_bytes", &field.max_bytes), ("max_len", &field.max_len)]
    {
        if let Some(value) = value {
            let name = Ident::new(name, Span::call_site());
            parts.extend(quote!(#name: ::core::option::Option::Some(#value),));
        }
    }
    if let Some(absent) = &field.absent {
        let reserved = match absent {
            None => quote!(BuiltIn),
            Some(value) if is_text(value) => quote!(Text(#value)),
            Some(value) => {
                let value = number(value);
                if decimal { quote!(Float(#value)) } else { quote!(Integer(#value)) }
            }
        };
        parts.extend(quote!(absent: ::core::option::Option::Some(#private::Reserved::#reserved),));
    }
    if let Some(hint) = field.hint() {
        let hint = Ident::new(&format!("{hint:?}"), Span::call_site());
        parts.extend(quote!(hint: ::core::option::Option::Some(#private::Hint::#hint),));
    }
    if !field.waivers.is_empty() {
        let waivers = waivers(field, private);
        parts.extend(quote!(waivers: #waivers,));
    }
    if parts.is_empty() {
        quote!(#private::Declared::NOTHING)
    } else {
        quote!(#private::Declared { #parts ..#private::Declared::NOTHING })
    }
}

/// The place of a field in the schema: after the variant, where there is one.
fn slot(record: &Record<'_>, i: usize) -> usize {
    i + usize::from(record.variants.is_some())
}

/// `<Type as PepField<Slot<Record, I>>>`, with the place of the field's type.
fn field_trait(record: &Record<'_>, field: &Field<'_>, i: usize) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let (ty, index) = (field.ty, Index::from(slot(record, i)));
    let (start, _) = ends(ty);
    let span = start.resolved_at(Span::mixed_site());
    let private = quote_spanned!(span=> #krate::__private);
    quote_spanned!(span=> <#ty as #private::PepField<#private::Slot<#ident #ty_generics, #index>>>)
}

/// The checks of every field and of the budgets, as expressions.
fn checks(record: &Record<'_>) -> Vec<TokenStream> {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let fields = record.fields.iter().enumerate();
    let mut checks: Vec<_> = fields.map(|(i, field)| field_check(record, field, i)).collect();
    let schema = quote!(<#ident #ty_generics as #krate::PepRecord>::SCHEMA);
    let of_blocks = record.max_blocks.as_ref().map_or_else(|| ends(ident), ends);
    let of_bits = match (&record.max_bits, &record.progress) {
        (Some(max_bits), _) => ends(max_bits),
        (None, Some(progress)) => ends(progress),
        (None, None) => ends(ident),
    };
    checks.push(call(of_blocks, quote!(#krate::__private::check_blocks), schema.clone()));
    if record.max_bits.is_some() || record.progress.is_some() {
        checks.push(call(of_bits, quote!(#krate::__private::check_bits), schema));
    }
    checks
}

fn field_check(record: &Record<'_>, field: &Field<'_>, i: usize) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let field_trait = field_trait(record, field, i);
    let (slot, kind) = (slot(record, i), kind(record, &quote!(#krate::__private)));
    call(
        ends(field.ty),
        quote!(#krate::__private::check_field),
        quote!(
            &#field_trait::KIND,
            &<#ident #ty_generics as #krate::PepRecord>::__DECLARED[#slot],
            #kind
        ),
    )
}

/// A call whose place in messages is from `start` to `end`.
fn call((start, end): (Span, Span), function: TokenStream, arguments: TokenStream) -> TokenStream {
    let function: TokenStream = function
        .into_iter()
        .map(|mut token| {
            token.set_span(start.resolved_at(Span::mixed_site()));
            token
        })
        .collect();
    let mut group = proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, arguments);
    group.set_span(end.resolved_at(Span::mixed_site()));
    quote!(#function #group)
}

/// `TryFrom` in both directions, of values and of references.
fn conversions(record: &Record<'_>) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let this = quote!(#ident #ty_generics);
    let pep = quote!(#private::PEPJSONValue);
    let conversion = |from: TokenStream, to: &TokenStream, error: TokenStream, body: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #impl_generics ::core::convert::TryFrom<#from> for #to #where_clause {
                type Error = #private::#error;

                fn try_from(value: #from) -> ::core::result::Result<Self, #private::#error> { #body }
            }
        }
    };
    let to_pep = quote!(<#this as #krate::PepRecord>::to_pep);
    let from_pep = quote!(<#this as #krate::PepRecord>::from_pep);
    [
        conversion(quote!(#this), &pep, quote!(EncodeError), quote!(#to_pep(&value))),
        conversion(quote!(&#this), &pep, quote!(EncodeError), quote!(#to_pep(value))),
        conversion(pep.clone(), &this, quote!(DecodeError), quote!(#from_pep(&value))),
        conversion(quote!(&#pep), &this, quote!(DecodeError), quote!(#from_pep(value))),
    ]
    .into_iter()
    .collect()
}

fn option<T: quote::ToTokens>(value: Option<&T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

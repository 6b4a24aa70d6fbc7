//! The generated code: constants that describe the declaration, and calls into `nest-core`.
//!
//! - Paths are absolute, from `::nest_core` or from `#[pep(crate = "…")]`.
//! - A field is named through one trait, `PepField`, so that a type without it is reported once.
//! - Checks that need types are constants of their own, one for each field, placed at the tokens to change.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Index};

use crate::attr::ends;
use crate::leak::is_text;
use crate::model::{Field, Labels, Record};

/// The implementations of `PepRecord` and of the conversions.
pub(crate) fn record(record: &Record<'_>) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let schema = schema(record);
    let declared = record.fields.iter().map(|field| declared(field, &private));
    let fields = Ident::new("fields", Span::mixed_site());
    let puts = record.fields.iter().enumerate().map(|(i, field)| {
        let field_trait = field_trait(record, field, i);
        let name = field.ident;
        quote!(#field_trait::put(&self.#name, #fields)?;)
    });
    let takes = record.fields.iter().enumerate().map(|(i, field)| {
        let field_trait = field_trait(record, field, i);
        let name = field.ident;
        quote!(#name: #field_trait::take(#fields)?,)
    });
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
            const __DECLARED: &'static [#private::Declared] = &[#(#declared),*];
            const __CHECK: () = { #inner_checks };

            fn __put(
                &self,
                #fields: &mut #private::Writer,
            ) -> ::core::result::Result<(), #private::EncodeError> {
                #(#puts)*
                ::core::result::Result::Ok(())
            }

            fn __take(
                #fields: &mut #private::Reader<'_>,
            ) -> ::core::result::Result<Self, #private::DecodeError> {
                ::core::result::Result::Ok(Self { #(#takes)* })
            }
        }
        #conversions
        #outer_checks
    })
}

/// Implementations that let the rest of the program compile, so that a faulty declaration is reported alone;
/// and the checks of those fields that have no fault yet.
pub(crate) fn faulty_record(record: &Record<'_>) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let name = ident.to_string();
    let declared = record.fields.iter().map(|field| {
        if field.faulty { quote!(#private::Declared::NOTHING) } else { declared(field, &private) }
    });
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
                max_blocks: 0,
                fields: &[],
            };
            const __DECLARED: &'static [#private::Declared] = &[#(#declared),*];
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
    let described = labels.labels.iter().map(|label| {
        let (name, code, doc) = (&label.name, label.code, &label.doc);
        quote!(#private::Label { name: #name, code: #code, doc: #doc })
    });
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

            fn code(&self) -> u16 {
                match self { #(Self::#variants => #codes,)* }
            }

            fn from_code(code: u16) -> ::core::option::Option<Self> {
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

            fn code(&self) -> u16 {
                0
            }

            fn from_code(_: u16) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }
        },
    )
}

fn enum_impls(labels: &Labels<'_>, pep_enum: TokenStream) -> TokenStream {
    let Labels { ident, generics, krate, .. } = labels;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    let field = if generics.params.is_empty() {
        quote! {
            #[automatically_derived]
            impl<__D: #private::Declaration> #private::PepField<__D> for #ident {
                const TYPE: #private::Type = #private::Type::Enum(<Self as #krate::PepEnum>::SCHEMA);
                const KIND: #private::Kind = #private::Kind::Enum;

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
        }
    } else {
        TokenStream::new()
    };
    wrap(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::PepEnum for #ident #ty_generics #where_clause { #pep_enum }

        #[automatically_derived]
        impl #impl_generics #private::Codec for #ident #ty_generics #where_clause {
            const KIND: #private::Kind = #private::Kind::Enum;

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

        #field
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

fn schema(record: &Record<'_>) -> TokenStream {
    let krate = &record.krate;
    let private = quote!(#krate::__private);
    let (name, doc) = (record.ident.to_string(), &record.doc);
    let activity = option(record.activity.as_ref());
    let version = record.version.as_ref().map_or_else(|| quote!(1), |version| quote!(#version));
    let max_blocks = match &record.max_blocks {
        Some(max_blocks) => quote!(#max_blocks),
        None => quote!(#private::NO_BUDGET),
    };
    let fields = record.fields.iter().enumerate().map(|(i, field)| {
        let (name, doc) = (field.name(), &field.doc);
        let field_trait = field_trait(record, field, i);
        quote!(#private::Field { name: #name, doc: #doc, ty: #field_trait::TYPE })
    });
    quote! {
        #private::Schema {
            name: #name,
            doc: #doc,
            activity: #activity,
            version: #version,
            max_blocks: #max_blocks,
            fields: &[#(#fields),*],
        }
    }
}

/// The attributes of a field, as a constant.
fn declared(field: &Field<'_>, private: &TokenStream) -> TokenStream {
    let mut parts = TokenStream::new();
    if field.pseudonym.is_some() {
        parts.extend(quote!(pseudonym: true,));
    }
    let decimal = field.decimals.is_some();
    if let Some((from, to)) = &field.range {
        let range = if decimal {
            quote!(Float((#from) as f64, (#to) as f64))
        } else {
            quote!(Integer((#from) as i128, (#to) as i128))
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
            Some(value) if decimal => quote!(Float((#value) as f64)),
            Some(value) => quote!(Integer((#value) as i128)),
        };
        parts.extend(quote!(absent: ::core::option::Option::Some(#private::Reserved::#reserved),));
    }
    if parts.is_empty() {
        quote!(#private::Declared::NOTHING)
    } else {
        quote!(#private::Declared { #parts ..#private::Declared::NOTHING })
    }
}

/// `<Type as PepField<Slot<Record, I>>>`, with the place of the field's type.
fn field_trait(record: &Record<'_>, field: &Field<'_>, i: usize) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let (ty, index) = (field.ty, Index::from(i));
    let (start, _) = ends(ty);
    let span = start.resolved_at(Span::mixed_site());
    let private = quote_spanned!(span=> #krate::__private);
    quote_spanned!(span=> <#ty as #private::PepField<#private::Slot<#ident #ty_generics, #index>>>)
}

/// The checks of every field and of the budget, as expressions.
fn checks(record: &Record<'_>) -> Vec<TokenStream> {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let fields = record.fields.iter().enumerate();
    let mut checks: Vec<_> = fields.map(|(i, field)| field_check(record, field, i)).collect();
    let place = match &record.max_blocks {
        Some(max_blocks) => ends(max_blocks),
        None => ends(ident),
    };
    checks.push(call(
        place,
        quote_spanned!(place.0=> #krate::__private::check_budget),
        quote!(<#ident #ty_generics as #krate::PepRecord>::SCHEMA),
    ));
    checks
}

fn field_check(record: &Record<'_>, field: &Field<'_>, i: usize) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let field_trait = field_trait(record, field, i);
    let place = ends(field.ty);
    call(
        place,
        quote_spanned!(place.0=> #krate::__private::check_field),
        quote!(
            &#field_trait::KIND,
            &<#ident #ty_generics as #krate::PepRecord>::__DECLARED[#i]
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

                fn try_from(value: #from) -> ::core::result::Result<Self, Self::Error> { #body }
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

//! Types that leak and can be recognised by the way they are written.
//!
//! What hides behind an alias is found by `nest-core`, from the type itself, with the same words. Names that a
//! project may well give to a type of its own (`Value`, `Duration`, `Path`) are left to it as well.

use nest_rules::{self as say, Hint, Rule};
use syn::{GenericArgument, Generics, Path, PathArguments, Type};

use crate::diag::Faults;
use crate::model::{Field, is_bounded};

/// Reports the first leak in the field's type, at the part of the type that leaks.
pub(crate) fn check(field: &Field<'_>, faults: &mut Faults) {
    if let Some((ty, message)) = find(field.ty, field, &field.record.generics) {
        faults.at(ty, message);
    }
}

fn find<'a>(ty: &'a Type, field: &Field<'_>, generics: &Generics) -> Option<(&'a Type, &'static str)> {
    let leaks = |message| Some((ty, message));
    let path = match ty {
        Type::Group(group) => return find(&group.elem, field, generics),
        Type::Paren(paren) => return find(&paren.elem, field, generics),
        Type::Array(array) => return find(&array.elem, field, generics),
        Type::Reference(reference) => return leaks(unsized_type(&reference.elem)),
        Type::Slice(_) => return leaks(say::LIST_TYPE),
        Type::TraitObject(_) | Type::ImplTrait(_) | Type::Tuple(_) | Type::Ptr(_) | Type::BareFn(_) => {
            return leaks(say::OPEN);
        }
        Type::Path(path) => &path.path,
        _ => return None,
    };
    let segment = path.segments.last()?;
    if let Some(param) = generics.type_params().find(|param| path.is_ident(&param.ident)) {
        return (!is_bounded(generics, &param.ident, "PepRecord")).then_some((ty, say::UNBOUNDED_GENERIC));
    }
    if path.is_ident(&field.record.ident) || path.is_ident("Self") {
        return leaks(say::RECURSION);
    }
    let inner = argument(&segment.arguments);
    // Without arguments these are types of the project's own.
    if inner.is_none() && GENERIC.iter().any(|name| segment.ident == name) {
        return None;
    }
    if !is_foreign(path) {
        return None;
    }
    match segment.ident.to_string().as_str() {
        "Option" if field.absent.is_none() => leaks(option(inner)),
        "String" if field.max_bytes.is_none() => leaks(say::TEXT),
        "Vec" if field.max_len.is_none() => leaks(say::LIST),
        "String" => text_name(field).and_then(leaks),
        "Option" | "Vec" => find(inner?, field, generics),
        "Box" | "Rc" | "Arc" => leaks(inner.map_or(say::OPEN, unsized_type)),
        "Result" => leaks(say::RESULT),
        "HashMap" | "BTreeMap" | "IndexMap" | "HashSet" | "BTreeSet" | "IndexSet" | "VecDeque"
        | "LinkedList" | "BinaryHeap" => leaks(say::MAP),
        "SmallVec" | "ArrayVec" | "BytesMut" => leaks(say::LIST_TYPE),
        "Cow" | "PathBuf" | "OsString" | "CString" => leaks(say::TEXT_TYPE),
        "PEPJSONValue" | "EncryptedPEPJSONValue" => leaks(say::OPEN),
        "Value" if path.segments.first().is_some_and(|first| first.ident == "serde_json") => leaks(say::OPEN),
        "Uuid" | "Ulid" | "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "SocketAddr" | "MacAddr" => leaks(say::GLOBAL),
        "u128" | "i128" => leaks(say::GLOBAL),
        "SystemTime" | "DateTime" | "NaiveDateTime" | "OffsetDateTime" | "PrimitiveDateTime" => {
            leaks(say::TIME)
        }
        "LongPseudonym" => leaks(say::LONG),
        "f32" | "f64" if field.decimals.is_none() || field.range.is_none() => leaks(say::FLOAT),
        "u32" | "u64" | "i32" | "i64"
            if field.range.is_none() && field.decimals.is_none() && !field.waives(Rule::PreciseNumber) =>
        {
            leaks(say::WIDE_INTEGER)
        }
        "usize" | "isize" => leaks(say::MACHINE_INTEGER),
        "Pseudonym" if field.pseudonym.is_none() => leaks(say::UNMARKED_PSEUDONYM),
        _ => None,
    }
}

/// Types that always have arguments.
const GENERIC: [&str; 18] = [
    "Option",
    "Vec",
    "Box",
    "Rc",
    "Arc",
    "Result",
    "HashMap",
    "BTreeMap",
    "IndexMap",
    "HashSet",
    "BTreeSet",
    "IndexSet",
    "VecDeque",
    "LinkedList",
    "BinaryHeap",
    "SmallVec",
    "ArrayVec",
    "Cow",
];

/// Crates whose types are known here.
const KNOWN: [&str; 17] = [
    "std",
    "core",
    "alloc",
    "nest_core",
    "libpep",
    "serde_json",
    "uuid",
    "ulid",
    "chrono",
    "time",
    "url",
    "bytes",
    "indexmap",
    "smallvec",
    "arrayvec",
    "jiff",
    "mac_address",
];

/// Whether a path may name a type of another crate: by one name, or from a crate that is known here. What is written
/// with another path is judged by its type.
fn is_foreign(path: &Path) -> bool {
    path.segments.len() == 1
        || path.segments.first().is_some_and(|first| KNOWN.iter().any(|name| first.ident == name))
}

/// The message for a text whose name says that it identifies somebody or something.
fn text_name(field: &Field<'_>) -> Option<&'static str> {
    match field.hint()? {
        Hint::Identifier => (!field.waives(Rule::GlobalIdentifier)).then_some(say::GLOBAL_NAME),
        Hint::Moment | Hint::Time | Hint::Birth => {
            (!field.waives(Rule::PreciseTime)).then_some(say::TIME_NAME)
        }
    }
}

/// The message for an `Option` that reserves nothing, by what it is an option of.
fn option(inner: Option<&Type>) -> &'static str {
    let name = match inner {
        Some(Type::Path(path)) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    };
    match name.as_deref() {
        Some("Pseudonym" | "Vec" | "Option") => say::ABSENT_UNFIT,
        _ => say::OPTION,
    }
}

fn unsized_type(ty: &Type) -> &'static str {
    match ty {
        Type::Slice(_) => say::LIST_TYPE,
        Type::Path(path) if path.path.is_ident("str") => say::TEXT_TYPE,
        Type::Group(group) => unsized_type(&group.elem),
        Type::Paren(paren) => unsized_type(&paren.elem),
        _ => say::OPEN,
    }
}

fn argument(arguments: &PathArguments) -> Option<&Type> {
    match arguments {
        PathArguments::AngleBracketed(list) => list.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

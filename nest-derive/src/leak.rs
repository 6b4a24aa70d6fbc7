//! Types that leak and can be recognised by the way they are written.
//!
//! What hides behind an alias is found by `nest-core`, from the type itself, with the same words. Names that a
//! project may well give to a type of its own (`Value`, `Duration`, `Path`) are left to it as well.

use std::borrow::Cow;

use nest_rules::{self as say, Hint, Holds, Rule};
use syn::{GenericArgument, Generics, Path, PathArguments, PathSegment, Type};

use crate::attr::whole_bounds;
use crate::diag::Faults;
use crate::field::Field;
use crate::model::is_bounded;

/// Reports the first leak in the field's type, at the part of the type that leaks.
pub(crate) fn check(field: &Field<'_>, faults: &mut Faults) {
    let leaf = Leaf::of(field.ty);
    // A mark or bound of another type says what was meant: bounding this one would lead astray.
    if let Some(message) = leaf.stray(field) {
        faults.at(leaf.ty, message);
        return;
    }
    // Who bounds what is named like an identifier would hear of its name afterwards.
    if let Some(message) = leaf.name(field) {
        faults.at(leaf.ty, message);
    }
    if let Some((ty, message)) = find(field.ty, field, &field.record.generics) {
        faults.at(ty, message);
    }
}

/// What the items of arrays, lists and options are.
struct Leaf<'a> {
    ty: &'a Type,
    /// Its name, where another crate's type may have it.
    name: Option<String>,
    listed: bool,
}

impl<'a> Leaf<'a> {
    fn of(ty: &'a Type) -> Self {
        let leaf = match ty {
            Type::Group(group) => return Self::of(&group.elem),
            Type::Paren(paren) => return Self::of(&paren.elem),
            Type::Array(array) => return Self::of(&array.elem),
            Type::Path(path) if is_foreign(&path.path) => path.path.segments.last(),
            _ => None,
        };
        let name = leaf
            .filter(|segment| segment.ident != "Answer" || is_answer(segment))
            .map(|segment| segment.ident.to_string());
        match (name.as_deref(), leaf.and_then(|segment| argument(&segment.arguments))) {
            (Some("Option" | "Answer"), Some(item)) => Self::of(item),
            (Some("Vec"), Some(item)) => Self { listed: true, ..Self::of(item) },
            _ => Self { ty, name, listed: false },
        }
    }

    /// The message for an attribute that belongs on another type.
    fn stray(&self, field: &Field<'_>) -> Option<&'static str> {
        let name = self.name.as_deref()?;
        let is_text = name == "String";
        if field.pseudonym.is_some() && (is_text || SCALARS.contains(&name)) {
            Some(say::NOT_A_PSEUDONYM)
        } else if is_text && !self.listed && field.max_len.is_some() && field.max_bytes.is_none() {
            Some(say::STRAY_MAX_LEN_TEXT)
        } else if SCALARS.contains(&name) && field.max_bytes.is_some() {
            let in_items = self.listed && field.max_len.is_none();
            Some(if in_items { say::STRAY_MAX_BYTES_LIST } else { say::STRAY_MAX_BYTES })
        } else {
            None
        }
    }

    /// The message for a name that says that a text, or a wide number without a range, identifies somebody or something.
    fn name(&self, field: &Field<'_>) -> Option<&'static str> {
        if field.linkage {
            return None;
        }
        // A number without a range takes all values of its type, at least.
        let holds = match self.name.as_deref()? {
            "String" => Holds::Text,
            "u32" | "u64" | "i32" | "i64" | "f32" | "f64" if field.range.is_none() => {
                Holds::Number { bits: 32, each: 32 }
            }
            _ => return None,
        };
        // A number that is called a time may be a duration, and a range is all that it needs.
        let hints = field.hints();
        let mut hints = hints.iter().filter(|hint| **hint != Hint::Time || holds == Holds::Text);
        hints
            .find_map(|hint| hint.refusal(holds).filter(|(rule, _)| !field.waives(*rule)))
            .map(|(_, say)| say)
    }
}

/// The name of the type of a field's items, where another crate's type may have it.
pub(crate) fn item_name(ty: &Type) -> Option<String> {
    Leaf::of(ty).name
}

/// Types of the language that hold one number or flag.
const SCALARS: [&str; 13] =
    ["bool", "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize", "f32", "f64"];

fn find<'a>(ty: &'a Type, field: &Field<'_>, generics: &Generics) -> Option<(&'a Type, Cow<'static, str>)> {
    let leaks = |message: &'static str| Some((ty, Cow::Borrowed(message)));
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
        let bounded = is_bounded(generics, &param.ident, "PepRecord");
        return if bounded { None } else { leaks(say::UNBOUNDED_GENERIC) };
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
        "Option" if field.absent.is_none() => option(ty, inner?, field, generics),
        "String" if field.max_bytes.is_none() => leaks(say::TEXT),
        "Vec" if field.max_len.is_none() => leaks(say::LIST),
        "Option" => unspared(inner?, generics).and_then(leaks).or_else(|| find(inner?, field, generics)),
        "Vec" => find(inner?, field, generics),
        "Answer" if is_answer(segment) => find(inner?, field, generics),
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
const GENERIC: [&str; 20] = [
    "Answer",
    "DateTime",
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

/// The message for an `Option` that reserves nothing, by what it is an option of.
fn option<'a>(
    ty: &'a Type,
    inner: &'a Type,
    field: &Field<'_>,
    generics: &Generics,
) -> Option<(&'a Type, Cow<'static, str>)> {
    let leaks = |message: &'static str| Some((ty, Cow::Borrowed(message)));
    if let Some(message) = unspared(inner, generics) {
        return leaks(message);
    }
    match Leaf::of(inner).name.as_deref() {
        Some("bool") => leaks(say::OPTION_BUILT_IN),
        Some("String") => leaks(say::OPTION_TEXT),
        Some(name) if SCALARS.contains(&name) && !name.ends_with("size") => Some((ty, number(name, field)?)),
        _ => find(inner, field, generics).or_else(|| leaks(say::OPTION)),
    }
}

/// The message for a type that has no value to spare for absence; `None` where it may have one.
fn unspared(inner: &Type, generics: &Generics) -> Option<&'static str> {
    let path = match inner {
        Type::Group(group) => return unspared(&group.elem, generics),
        Type::Paren(paren) => return unspared(&paren.elem, generics),
        Type::Array(_) => return Some(say::ABSENT_UNFIT),
        Type::Path(path) if is_foreign(&path.path) => &path.path,
        _ => return None,
    };
    if generics.type_params().any(|param| path.is_ident(&param.ident)) {
        return Some(say::ABSENT_RECORD);
    }
    let last = path.segments.last()?;
    match (last.ident.to_string().as_str(), argument(&last.arguments)) {
        ("Pseudonym", None) => Some(say::ABSENT_PSEUDONYM),
        ("Vec", Some(_)) => Some(say::ABSENT_LIST),
        ("Option", Some(_)) => Some(say::ABSENT_UNFIT),
        ("Answer", Some(_)) if is_answer(last) => Some(say::ANSWER_IN_OPTION),
        _ => None,
    }
}

/// The message for a number that may be absent, with one that is free; `None` where constants bound it, whose values
/// `nest-core` knows.
fn number(name: &str, field: &Field<'_>) -> Option<Cow<'static, str>> {
    let decimal = name.starts_with('f');
    let Some((from, to)) = field.range.as_ref().filter(|_| !decimal || field.decimals.is_some()) else {
        return Some(Cow::Borrowed(if decimal { say::OPTION_DECIMAL } else { say::OPTION_WHOLE }));
    };
    let ((from, _), (_, to)) = (whole_bounds(from)?, whole_bounds(to)?);
    let (min, max) = match name {
        "u8" => (0, u8::MAX.into()),
        "u16" => (0, u16::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "u64" => (0, u64::MAX.into()),
        "i8" => (i8::MIN.into(), i8::MAX.into()),
        "i16" => (i16::MIN.into(), i16::MAX.into()),
        "i32" => (i32::MIN.into(), i32::MAX.into()),
        "i64" => (i64::MIN.into(), i64::MAX.into()),
        _ => (-1_000_000_000_000, 1_000_000_000_000),
    };
    let end = if decimal { say::ABSENT_END_DECIMAL } else { say::ABSENT_END };
    let free = say::free_number(from, to, min, max);
    free.map(|free| Cow::Owned(format!("{}{free}{end}", say::OPTION_NUMBER)))
}

/// Whether a type called `Answer` has a value and its reasons, as that of nest-core.
fn is_answer(segment: &PathSegment) -> bool {
    matches!(&segment.arguments, PathArguments::AngleBracketed(list) if list.args.len() == 2)
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

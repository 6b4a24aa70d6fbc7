//! Types of the standard library and of the crates at hand that leak, each with its reason, so that they are
//! refused in the same words behind an alias as where they stand.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use libpep::data::long::{LongAttribute, LongPseudonym};
use nest_rules as say;

use crate::declare::attributes::{Declaration, Kind};
use crate::declare::field::{PepField, Reader, Writer};
use crate::declare::schema::Type;
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};

/// Makes a type one whose check refuses it. It never compiles as a field, so there is nothing to encode.
macro_rules! refused {
    ($($message:ident: $({$($param:tt)*})? $ty:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($($param)*,)? D: Declaration> PepField<D> for $ty {
            const TYPE: Type = Type::Bool;
            const KIND: Kind = Kind::Refused(say::$message);

            fn put(&self, _: &mut Writer) -> Result<(), EncodeError> {
                Err(EncodeFault::Mismatch.into())
            }

            fn take(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Err(DecodeFault::Mismatch.into())
            }
        }
    )*};
}

refused! {
    MAP: {K, V, S} HashMap<K, V, S>;
    MAP: {K, V} BTreeMap<K, V>;
    MAP: {T, S} HashSet<T, S>;
    MAP: {T} BTreeSet<T>;
    MAP: {T} VecDeque<T>;
    MAP: {T} LinkedList<T>;
    MAP: {T} BinaryHeap<T>;
    TEXT_TYPE: Box<str>;
    TEXT_TYPE: Rc<str>;
    TEXT_TYPE: Arc<str>;
    TEXT_TYPE: &str;
    TEXT_TYPE: {'a, B: ?Sized + ToOwned} Cow<'a, B>;
    TEXT_TYPE: PathBuf;
    TEXT_TYPE: OsString;
    TEXT_TYPE: CString;
    LIST_TYPE: {T} Box<[T]>;
    LIST_TYPE: {T} Rc<[T]>;
    LIST_TYPE: {T} Arc<[T]>;
    LIST_TYPE: {T} &[T];
    OPEN: serde_json::Value;
    OPEN: PEPJSONValue;
    OPEN: EncryptedPEPJSONValue;
    OPEN: Box<dyn std::any::Any>;
    RESULT: {T, E} Result<T, E>;
    GLOBAL: u128;
    GLOBAL: i128;
    GLOBAL: IpAddr;
    GLOBAL: Ipv4Addr;
    GLOBAL: Ipv6Addr;
    GLOBAL: SocketAddr;
    TIME: SystemTime;
    TIME: Instant;
    DURATION: Duration;
    MACHINE_INTEGER: usize;
    MACHINE_INTEGER: isize;
    CHAR: char;
    LONG: LongPseudonym;
    TEXT_TYPE: LongAttribute;
}

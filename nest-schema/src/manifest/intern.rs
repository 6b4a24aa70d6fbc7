//! Declarations that were read and are kept for as long as the process runs: one copy of each, and not without end.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use bumpalo::Bump;
use sha2::{Digest, Sha256};

use super::fault::ManifestError;
use super::node::Node;
use super::read;
use crate::schema::Schema;

/// The most declarations that are kept.
const MOST: usize = 4_096;

/// The most memory that they take together.
const MOST_BYTES: usize = 64 << 20;

#[derive(Default)]
struct Kept {
    schemas: HashMap<[u8; 32], &'static Schema>,
    bytes: usize,
}

/// The declaration of a manifest, read now or before.
pub(super) fn schema(json: &str, node: &Node, size: usize) -> Result<&'static Schema, ManifestError> {
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    let key: [u8; 32] = Sha256::digest(json).into();
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(schema) = kept.schemas.get(&key) {
        return Ok(schema);
    }
    if kept.schemas.len() >= MOST || kept.bytes.saturating_add(size) > MOST_BYTES {
        return Err(ManifestError::Full);
    }
    let bump: &'static Bump = Box::leak(Box::new(Bump::new()));
    let schema: &'static Schema = bump.alloc(read::manifest(node, bump).map_err(ManifestError::Faults)?);
    kept.bytes = kept.bytes.saturating_add(bump.allocated_bytes());
    kept.schemas.insert(key, schema);
    Ok(schema)
}

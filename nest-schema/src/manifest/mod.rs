//! A declaration written down: what another process, another language, or a reader years later needs to know of a record.
//!
//! The format is documented in `docs/manifest.md`, with a JSON Schema beside it.

mod fault;
mod intern;
mod node;
mod read;
mod read_type;
mod rules;
mod write;

use bumpalo::Bump;

pub use fault::{ManifestError, ManifestFault};

use crate::field::Field;
use crate::fingerprint::Fingerprint;
use crate::schema::Schema;
use node::Node;

/// A declaration in its written form.
///
/// ```
/// use nest_schema::Manifest;
///
/// let json = r#"{"nest": 1, "name": "Patients", "fields": [
///     {"name": "visits", "type": "integer", "min": 0, "max": 400, "uses": ["sum"]}
/// ]}"#;
/// let manifest = Manifest::from_json(json)?;
/// let schema = manifest.schema()?;
/// assert_eq!(schema.name, "Patients");
/// assert_eq!(Manifest::of(schema).to_json(), manifest.to_json());
///
/// // Every fault at once, each with its place.
/// let faulty = r#"{"nest": 1, "name": "Patients", "fields": [
///     {"name": "visits", "type": "integer", "min": 9, "max": 0},
///     {"name": "email", "type": "text", "max_bytes": 15, "colour": "red"}
/// ]}"#;
/// assert_eq!(Manifest::from_json(faulty).unwrap_err().faults().len(), 2);
/// # Ok::<(), nest_schema::ManifestError>(())
/// ```
///
/// # Privacy
///
/// A manifest says what is exchanged, and nothing about a person. One that comes from another party is checked by the
/// rules that a declaration in Rust keeps.
#[derive(Clone)]
pub struct Manifest(Inner);

#[derive(Clone)]
enum Inner {
    /// Of a declaration that this process has.
    Known(&'static Schema),
    /// Read from JSON.
    Read { node: Node, json: String, content: Fingerprint, bytes: usize },
}

/// The largest text that is read.
const MOST_BYTES: usize = 4 << 20;

impl Manifest {
    /// The written form of a declaration.
    pub const fn of(schema: &'static Schema) -> Self {
        Self(Inner::Known(schema))
    }

    /// A manifest from its JSON. The order of keys does not matter.
    ///
    /// # Errors
    ///
    /// [`ManifestError::Faults`], with every fault at its place: JSON that is none, keys that are not known or are there
    /// twice, values of another kind, and rules that a declaration in Rust would break. Nothing is kept of it.
    pub fn from_json(json: &str) -> Result<Self, ManifestError> {
        let fault =
            |message: String| ManifestError::Faults(vec![ManifestFault { place: String::new(), message }]);
        if json.len() > MOST_BYTES {
            return Err(fault(format!("a manifest has at most {MOST_BYTES} bytes")));
        }
        let read: Result<Node, _> = serde_json::from_str(json);
        let node = read.map_err(|error| fault(format!("it is no JSON: {error}")))?;
        let bump = Bump::new();
        let schema = read::manifest(&node, &bump).map_err(ManifestError::Faults)?;
        let content = Fingerprint::content(&schema);
        let json = to_json(&write::manifest(&schema));
        Ok(Self(Inner::Read { node, json, content, bytes: bump.allocated_bytes() }))
    }

    /// The manifest in JSON: the same text for the same declaration.
    pub fn to_json(&self) -> String {
        match &self.0 {
            Inner::Known(schema) => to_json(&write::manifest(schema)),
            Inner::Read { json, .. } => json.clone(),
        }
    }

    /// The declaration. It is kept for as long as the process runs: one copy for each distinct manifest.
    ///
    /// # Errors
    ///
    /// [`ManifestError::Full`] where this process keeps 4,096 manifests, or 64 MiB of them.
    pub fn schema(&self) -> Result<&'static Schema, ManifestError> {
        match &self.0 {
            Inner::Known(schema) => Ok(schema),
            Inner::Read { node, json, bytes, .. } => intern::schema(json, node, *bytes),
        }
    }

    /// A field of the declaration.
    ///
    /// # Errors
    ///
    /// [`ManifestError::NoSuchField`], and as [`schema`](Self::schema).
    pub fn field(&self, name: &str) -> Result<&'static Field, ManifestError> {
        self.schema()?.field(name).ok_or_else(|| ManifestError::NoSuchField(name.to_owned()))
    }

    /// The content fingerprint of the declaration: see [`Fingerprint`].
    pub fn content_fingerprint(&self) -> Fingerprint {
        match &self.0 {
            Inner::Known(schema) => schema.content_fingerprint(),
            Inner::Read { content, .. } => *content,
        }
    }
}

fn to_json(node: &Node) -> String {
    // Texts, whole numbers and finite floats: none of them fails.
    serde_json::to_string(node).unwrap_or_default()
}

impl std::fmt::Debug for Manifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Manifest").field(&self.content_fingerprint()).finish()
    }
}

impl PartialEq for Manifest {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

//! What the market can ask for: sources and their attributes, each with type, unit, context and bounds.
//!
//! A source is a record: one that was compiled, or a manifest that was read at run time. Both are a schema, and the
//! schema is all that queries, levels, readings and noise know of an attribute.

mod attribute;
mod error;
mod mapping;
mod source;
#[cfg(test)]
mod tests;

pub use attribute::{Attribute, Technical};
pub use error::CatalogueError;
pub use mapping::{Mapping, MappingError, Sensor};
pub use source::{Cadence, Source};

use nest_core::PepRecord;
use nest_schema::{Manifest, Schema};

/// All sources of a market.
///
/// ```
/// use nest_core::prelude::*;
/// use nest_market::catalogue::Catalogue;
///
/// /// What a person says about themselves.
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 3)]
/// struct PersonalInformation {
///     #[pep(pseudonym)]
///     person: Pseudonym,
///     #[pep(range = 0..=120, logical = "personal")]
///     age: u8,
///     #[pep(range = 30.0..=250.0, decimals = 1, logical = "medical", unit = "kg")]
///     weight: f64,
/// }
///
/// let catalogue = Catalogue::new()
///     .record::<PersonalInformation>()?
///     .steady("PersonalInformation")?
///     .manifest(r#"{"nest": 1, "name": "WeatherStation", "fields": [
///         {"name": "temperature", "type": "decimal", "min": -60, "max": 60, "decimals": 1,
///          "logical": "sensor", "unit": "Cel", "context": "outside"}
///     ]}"#)?;
///
/// let temperature = catalogue.attribute("WeatherStation", "temperature").unwrap();
/// assert_eq!((temperature.unit(), temperature.context()), (Some("Cel"), Some("outside")));
/// # Ok::<(), nest_market::catalogue::CatalogueError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// In the order of their names.
    sources: Vec<Source>,
}

impl Catalogue {
    /// A catalogue without sources.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a compiled record as a source.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn record<R: PepRecord>(mut self) -> Result<Self, CatalogueError> {
        self.add(R::SCHEMA)?;
        Ok(self)
    }

    /// With a manifest in JSON as a source. It is checked by the rules that a compiled record keeps.
    ///
    /// # Errors
    /// The manifest has faults, or as [`add`](Self::add).
    pub fn manifest(mut self, json: &str) -> Result<Self, CatalogueError> {
        self.add(Manifest::from_json(json)?.schema()?)?;
        Ok(self)
    }

    /// Says that a source keeps one value of each attribute for a person, not readings over time: see [`Cadence`].
    ///
    /// # Errors
    /// There is no source of this name.
    pub fn steady(mut self, source: &str) -> Result<Self, CatalogueError> {
        self.set_cadence(source, Cadence::Steady)?;
        Ok(self)
    }

    /// Adds a source.
    ///
    /// # Errors
    /// Its name is taken, or differs from a known one only in upper and lower case; it is no word that a query can
    /// name; the record is for linking only or has variants; two of its attributes differ only in upper and lower
    /// case; or a field that declares a logical type is no attribute that can be asked for.
    pub fn add(&mut self, schema: &'static Schema) -> Result<&Source, CatalogueError> {
        let source = Source::of(schema)?;
        if let Some(known) =
            self.sources.iter().find(|known| known.name().eq_ignore_ascii_case(source.name()))
        {
            return Err(CatalogueError::Duplicate {
                first: known.describe_origin(),
                second: source.describe_origin(),
            });
        }
        let place = self.sources.partition_point(|known| known.name() < source.name());
        self.sources.insert(place, source);
        self.sources.get(place).ok_or(CatalogueError::NoSource { name: schema.name.to_owned() })
    }

    /// Says how a source keeps its values.
    ///
    /// # Errors
    /// There is no source of this name.
    pub fn set_cadence(&mut self, source: &str, cadence: Cadence) -> Result<(), CatalogueError> {
        match self.sources.iter_mut().find(|known| known.name() == source) {
            Some(known) => {
                known.set_cadence(cadence);
                Ok(())
            }
            None => Err(CatalogueError::NoSource { name: source.to_owned() }),
        }
    }

    /// The sources, by name.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The source of this name.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name() == name)
    }

    /// The attribute of this name in a source.
    pub fn attribute(&self, source: &str, name: &str) -> Option<&Attribute> {
        self.source(source)?.attribute(name)
    }
}

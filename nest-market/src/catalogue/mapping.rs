//! What a person's sensors are called, and which attributes they stand for.
//!
//! A sensor has a name of its own, such as `urn:dev:ow:10e2073a01080063:temp`. Until its owner says which attribute it
//! is, its readings belong to none, so that the temperature of a room never mixes with that of a garden.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Attribute, Source};
use crate::senml::convertible;

/// The most sensors of one person in one source.
const MAX_SENSORS: usize = 1_024;

/// The sensors of one person in one source.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping {
    /// For each known sensor, its attribute; none where the owner has not mapped it yet.
    sensors: BTreeMap<String, Option<String>>,
}

/// The names are the person's own, so `Debug` shows how many there are, not which.
impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapping").field("sensors", &self.sensors.len()).finish_non_exhaustive()
    }
}

/// What a sensor stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Sensor<'c> {
    /// This attribute.
    Attribute(&'c Attribute),
    /// Nothing yet: its owner has not said what it is.
    Unmapped,
}

/// Why a sensor cannot stand for an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MappingError {
    /// The source has no such attribute.
    NoAttribute {
        /// The name that was asked for.
        attribute: String,
    },
    /// The sensor's unit cannot be converted to that of the attribute.
    Unit {
        /// The sensor's unit.
        sensor: String,
        /// The attribute's unit.
        attribute: String,
    },
    /// The person has as many sensors in this source as are kept.
    TooMany,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MappingError::NoAttribute { attribute } => {
                write!(f, "the source has no attribute `{attribute}`")
            }
            MappingError::Unit { sensor, attribute } => {
                write!(f, "the sensor measures in `{sensor}` and the attribute is in `{attribute}`")
            }
            MappingError::TooMany => write!(f, "at most {MAX_SENSORS} sensors in one source"),
        }
    }
}

impl std::error::Error for MappingError {}

impl Mapping {
    /// What a sensor stands for. A sensor that is called like an attribute is that attribute, unless its owner says
    /// otherwise.
    pub fn resolve<'c>(&self, source: &'c Source, sensor: &str) -> Sensor<'c> {
        let attribute = match self.sensors.get(sensor) {
            Some(mapped) => mapped.as_deref().and_then(|name| source.attribute(name)),
            None => source.attribute(sensor),
        };
        attribute.map_or(Sensor::Unmapped, Sensor::Attribute)
    }

    /// Remembers a sensor that was seen, so that its owner can map it.
    ///
    /// # Errors
    /// There are too many.
    pub fn seen(&mut self, source: &Source, sensor: &str) -> Result<(), MappingError> {
        if source.attribute(sensor).is_some() || self.sensors.contains_key(sensor) {
            return Ok(());
        }
        self.set(sensor, None)
    }

    /// Says that a sensor is this attribute. `unit` is the one in which the sensor measures, where it is known.
    ///
    /// # Errors
    /// The source has no such attribute, the units do not fit, or there are too many sensors.
    pub fn map(
        &mut self,
        source: &Source,
        sensor: &str,
        attribute: &str,
        unit: Option<&str>,
    ) -> Result<(), MappingError> {
        let Some(attribute) = source.attribute(attribute) else {
            return Err(MappingError::NoAttribute { attribute: attribute.to_owned() });
        };
        if let Some((unit, expected)) = unit.zip(attribute.unit())
            && !convertible(unit, expected)
        {
            return Err(MappingError::Unit { sensor: unit.to_owned(), attribute: expected.to_owned() });
        }
        self.set(sensor, Some(attribute.name().to_owned()))
    }

    /// Says that a sensor is no attribute, also where it is called like one.
    ///
    /// # Errors
    /// There are too many sensors.
    pub fn unmap(&mut self, sensor: &str) -> Result<(), MappingError> {
        self.set(sensor, None)
    }

    fn set(&mut self, sensor: &str, attribute: Option<String>) -> Result<(), MappingError> {
        if !self.sensors.contains_key(sensor) && self.sensors.len() >= MAX_SENSORS {
            return Err(MappingError::TooMany);
        }
        self.sensors.insert(sensor.to_owned(), attribute);
        Ok(())
    }

    /// Every sensor that was seen or mapped, with its attribute.
    pub fn sensors(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.sensors.iter().map(|(sensor, attribute)| (sensor.as_str(), attribute.as_deref()))
    }
}

//! A pack: an array of records, taken as a whole or one by one.

use super::error::{SenmlError, SenmlFault};
use super::record::Outcome;
use super::resolve::{Base, Reading, Rules};

/// The largest pack, in bytes.
pub const MAX_PACK_BYTES: usize = 16 << 20;

/// The most records of a pack.
pub const MAX_RECORDS: usize = 100_000;

/// The readings of a pack, in the order in which they were sent.
///
/// ```
/// use nest_market::senml::{Pack, Rules};
///
/// let now = 1_764_316_800_000;
/// let pack = Pack::parse(
///     br#"[{"bn": "urn:dev:ow:10e2073a01080063:", "bt": 1764313200, "bu": "Cel", "n": "temp", "v": 20.1},
///          {"n": "temp", "t": 60, "v": 20.2}]"#,
///     &Rules::strict(now),
/// )?;
/// assert_eq!(pack.readings()[1].name, "urn:dev:ow:10e2073a01080063:temp");
/// assert_eq!(pack.readings()[1].time, 1_764_313_260_000);
///
/// // The error names the record and the label, not the value.
/// let error = Pack::parse(br#"[{"n": "temp", "v": 1}, {"n": "temp", "t": "5", "v": 1}]"#, &Rules::strict(now));
/// assert_eq!(
///     error.err().unwrap().to_string(),
///     "record 1, `t`: the value has another type than the label asks for"
/// );
/// # Ok::<(), nest_market::senml::SenmlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Pack {
    readings: Vec<Reading>,
}

/// It shows how many readings there are.
impl std::fmt::Debug for Pack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pack").field("readings", &self.readings.len()).finish_non_exhaustive()
    }
}

impl Pack {
    /// Reads `application/senml+json`: all of it, or the first fault.
    ///
    /// # Errors
    /// A [`SenmlError`] that names the record and the label.
    pub fn parse(json: &[u8], rules: &Rules) -> Result<Self, SenmlError> {
        let mut readings = Vec::new();
        for outcome in Self::outcomes(json, rules)? {
            readings.extend(outcome?);
        }
        Ok(Self { readings })
    }

    /// Reads a pack with one outcome for each record: for `partial=true`. A record that only has base fields, where the
    /// rules take those, has no outcome.
    ///
    /// # Errors
    /// The text as a whole is no pack.
    pub fn parse_partial(json: &[u8], rules: &Rules) -> Result<Vec<Result<Reading, SenmlError>>, SenmlError> {
        Ok(Self::outcomes(json, rules)?.filter_map(Result::transpose).collect())
    }

    fn outcomes(
        json: &[u8],
        rules: &Rules,
    ) -> Result<impl Iterator<Item = Result<Option<Reading>, SenmlError>>, SenmlError> {
        if json.len() > MAX_PACK_BYTES {
            return Err(SenmlError::whole(SenmlFault::TooLarge));
        }
        let records: Vec<Outcome<'_>> =
            serde_json::from_slice(json).map_err(|_| SenmlError::whole(SenmlFault::Json))?;
        if records.len() > MAX_RECORDS {
            return Err(SenmlError::whole(SenmlFault::TooLarge));
        }
        let mut base = Base::default();
        Ok(records.into_iter().enumerate().map(move |(number, Outcome(record))| match record {
            Ok(record) => base.resolve(number, record, rules),
            Err((label, fault)) => Err(SenmlError::at(number, &label, fault)),
        }))
    }

    /// The readings.
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    /// The readings.
    pub fn into_readings(self) -> Vec<Reading> {
        self.readings
    }
}

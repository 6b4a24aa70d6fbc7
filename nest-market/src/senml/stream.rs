//! A stream of records (`application/sensml+json`): an array that is read while it arrives, and may never end.

use super::error::{SenmlError, SenmlFault};
use super::record::Outcome;
use super::resolve::{Base, Reading, Rules};

/// The largest record of a stream, in bytes.
const MAX_RECORD: usize = 64 << 10;

/// A stream that is being read.
///
/// ```
/// use nest_market::senml::{Rules, Stream};
///
/// let rules = Rules::strict(1_764_316_800_000);
/// let mut stream = Stream::new();
/// assert!(stream.push(br#"[{"n": "te"#, &rules)?.is_empty());
/// let readings = stream.push(br#"mp", "v": 20.1}, {"n": "temp", "v":"#, &rules)?;
/// assert_eq!(readings.len(), 1);
/// # Ok::<(), nest_market::senml::SenmlError>(())
/// ```
#[derive(Default)]
pub struct Stream {
    base: Base,
    state: State,
    record: Vec<u8>,
    depth: u32,
    in_text: bool,
    escaped: bool,
    next: usize,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before `[`.
    #[default]
    Start,
    /// After `[`: a record, or the end.
    First,
    /// Within a record.
    Record,
    /// After a record: `,` or `]`.
    Between,
    /// After `,`.
    Comma,
    /// After `]`.
    End,
    /// After a fault in the text itself.
    Broken,
}

impl Stream {
    /// A stream that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what has arrived, and gives an outcome for each record that is now complete. The rules say when it
    /// arrived.
    ///
    /// # Errors
    /// The text is no array of objects, or a record is too large. Nothing can be read after that.
    pub fn push(
        &mut self,
        bytes: &[u8],
        rules: &Rules,
    ) -> Result<Vec<Result<Reading, SenmlError>>, SenmlError> {
        let mut outcomes = Vec::new();
        for byte in bytes {
            if let Err(fault) = self.step(*byte) {
                self.state = State::Broken;
                return Err(SenmlError { record: Some(self.next), label: None, fault });
            }
            if self.state == State::Between && !self.record.is_empty() {
                let outcome = self.resolve(rules);
                self.record.clear();
                self.next += 1;
                outcomes.extend(outcome.transpose());
            }
        }
        Ok(outcomes)
    }

    /// Whether the stream was ended properly, by `]`.
    pub fn is_ended(&self) -> bool {
        self.state == State::End
    }

    fn resolve(&mut self, rules: &Rules) -> Result<Option<Reading>, SenmlError> {
        let Ok(Outcome(record)) = serde_json::from_slice(&self.record) else {
            return Err(SenmlError { record: Some(self.next), label: None, fault: SenmlFault::Json });
        };
        match record {
            Ok(record) => self.base.resolve(self.next, record, rules),
            Err((label, fault)) => Err(SenmlError::at(self.next, &label, fault)),
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), SenmlFault> {
        if self.state == State::Record {
            if self.record.len() >= MAX_RECORD {
                return Err(SenmlFault::TooLarge);
            }
            self.record.push(byte);
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_text => self.escaped = true,
                b'"' => self.in_text = !self.in_text,
                b'{' | b'[' if !self.in_text => self.depth += 1,
                b'}' | b']' if !self.in_text => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth == 0 {
                self.state = State::Between;
            }
            return Ok(());
        }
        self.state = match (self.state, byte) {
            (state, b' ' | b'\t' | b'\n' | b'\r') => state,
            (State::Start, b'[') => State::First,
            (State::First | State::Comma, b'{') => {
                self.record.push(byte);
                self.depth = 1;
                State::Record
            }
            (State::Between, b',') => State::Comma,
            (State::First | State::Between, b']') => State::End,
            _ => return Err(SenmlFault::Json),
        };
        Ok(())
    }
}

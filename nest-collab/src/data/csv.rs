//! A file of comma-separated values, or with another delimiter, by the columns that its manifest declares.

use std::fs::File;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use csv::{Reader, ReaderBuilder, StringRecord};
use nest_core::schema::{Manifest, Schema};
use nest_core::value::PlainRecord;

use super::text::{Column, columns};
use super::{DataError, DataProvider, Each};

/// A CSV file (RFC 4180) with a header, in UTF-8.
///
/// Columns are found by their names in the header, and those that the manifest does not declare are not read. An empty
/// value is an absent one, where the manifest lets the field be absent.
pub struct CsvData {
    path: PathBuf,
    delimiter: u8,
    schema: &'static Schema,
}

impl CsvData {
    /// A file with the records of a declaration, and commas between its columns.
    pub fn new(path: impl Into<PathBuf>, schema: &'static Schema) -> Self {
        Self { path: path.into(), delimiter: b',', schema }
    }

    /// A file with the records of a manifest.
    ///
    /// # Errors
    ///
    /// [`DataError::Propose`] where the process keeps as many manifests as it may.
    pub fn with_manifest(path: impl Into<PathBuf>, manifest: &Manifest) -> Result<Self, DataError> {
        let schema = manifest.schema().map_err(|_| DataError::Propose("too many manifests are in use"))?;
        Ok(Self::new(path, schema))
    }

    /// With another delimiter: `;`, or a tab.
    pub fn with_delimiter(self, delimiter: u8) -> Self {
        Self { delimiter, ..self }
    }

    fn read_all(&self, each: Each<'_>) -> Result<u64, DataError> {
        let mut reader = open(&self.path, self.delimiter)?;
        let header = reader.headers().map_err(|error| told(&self.path, &error))?.clone();
        let columns = columns(self.schema)?;
        let placed = |column: Column| Ok((place(&header, &column.path)?, column));
        let columns = columns.into_iter().map(placed).collect::<Result<Vec<_>, DataError>>()?;
        let (mut line, mut records) = (StringRecord::new(), 0);
        while reader.read_record(&mut line).map_err(|error| told(&self.path, &error))? {
            let number = line.position().map_or(0, csv::Position::line);
            let mut record = PlainRecord::new(self.schema);
            for (place, column) in &columns {
                column.put(&mut record, line.get(*place).unwrap_or_default(), number)?;
            }
            each(&record)?;
            records += 1;
        }
        Ok(records)
    }
}

#[async_trait]
impl DataProvider for CsvData {
    fn schema(&self) -> &'static Schema {
        self.schema
    }

    async fn read(&self, each: Each<'_>) -> Result<u64, DataError> {
        self.read_all(each)
    }
}

/// Opens a file.
pub(super) fn open(path: &Path, delimiter: u8) -> Result<Reader<File>, DataError> {
    let file = File::open(path);
    let file = file.map_err(|error| DataError::File { path: path.to_owned(), kind: error.kind() })?;
    Ok(ReaderBuilder::new().delimiter(delimiter).from_reader(without_mark(file, path)?))
}

/// Goes past the mark that spreadsheets write before UTF-8.
fn without_mark(mut file: File, path: &Path) -> Result<File, DataError> {
    use std::io::{Read, Seek, SeekFrom};

    let failed = |error: std::io::Error| DataError::File { path: path.to_owned(), kind: error.kind() };
    let mut first = [0; 3];
    let read = file.read(&mut first).map_err(failed)?;
    if read != 3 || first != [0xef, 0xbb, 0xbf] {
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
    }
    Ok(file)
}

/// Where a column stands.
fn place(header: &StringRecord, column: &str) -> Result<usize, DataError> {
    let mut places = header.iter().enumerate().filter(|(_, name)| name.trim() == column);
    let fault = match (places.next(), places.next()) {
        (Some((place, _)), None) => return Ok(place),
        (Some(_), Some(_)) => "is there twice in the header",
        (None, _) => "is declared in the manifest and missing in the header: is the delimiter another?",
    };
    Err(DataError::Column { column: column.to_owned(), fault })
}

/// What is wrong with a line. The messages of the reader may hold values.
pub(super) fn told(path: &Path, error: &csv::Error) -> DataError {
    let line = |position: &Option<csv::Position>| position.as_ref().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Io(error) => DataError::File { path: path.to_owned(), kind: error.kind() },
        csv::ErrorKind::Utf8 { pos, .. } => DataError::Line { line: line(pos), fault: "is no UTF-8" },
        csv::ErrorKind::UnequalLengths { pos, .. } => {
            DataError::Line { line: line(pos), fault: "has another number of columns than the header" }
        }
        _ => DataError::Line { line: 0, fault: "cannot be read" },
    }
}

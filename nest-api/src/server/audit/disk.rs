//! The place of an audit log: a file, or in tests a disk that is soon full.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// Bytes that can be written at any place.
pub(super) trait Disk: Send {
    /// Writes all these bytes at that place.
    fn write_at(&mut self, place: u64, bytes: &[u8]) -> io::Result<()>;

    /// Waits until what was written would survive a loss of power.
    fn sync(&mut self) -> io::Result<()>;

    /// How many bytes there are.
    fn len(&mut self) -> io::Result<u64>;

    /// Cuts off everything after that many bytes.
    fn cut(&mut self, len: u64) -> io::Result<()>;
}

impl Disk for File {
    fn write_at(&mut self, place: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(place))?;
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn len(&mut self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }
}

//! Records that pass by, sealed and opened in groups: many blocks at once take less time each, and no more than a
//! group of them is held.

use std::borrow::Borrow;

use nest_schema::contradiction::check_sent;

use crate::declare::record;
use crate::encode::plaintext::Plaintext;
use crate::encode::value_table::Domain;
use crate::error::{DecodeError, EncodeError};
use crate::seal::cipher::AT_ONCE;
use crate::seal::session::mismatch;
use crate::{PepRecord, Sealed, Session};

impl Session {
    /// Encrypts records one after the other, as many as there are.
    ///
    /// Lazily: nothing is taken from the input before the first result is asked for. Then it is as many records as
    /// are worth sealing together (some 128 blocks of them, at least one record), and no more before all their results
    /// are taken. So memory holds a group of records and their results, whether a hundred pass by or a hundred
    /// thousand. What is not asked for is not sealed.
    ///
    /// # Errors
    ///
    /// Each record by itself as by [`seal`](Self::seal): one that fails has its error at its own place, and does not
    /// spoil the others.
    ///
    /// # Privacy
    ///
    /// The order stays, and says as much as the order in which the sender holds the records. Shuffle them first, all of
    /// them, by a cryptographic generator: [`Batch::seal`](crate::Batch::seal) does so, at the price of holding them.
    ///
    /// ```
    /// # use nest_core::prelude::*;
    /// # use nest_core::{InProcess, Transcryption};
    /// #[derive(PepRecord)]
    /// #[pep(max_blocks = 1)]
    /// struct Score {
    ///     #[pep(range = 0..=100)]
    ///     points: u8,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let session = InProcess::new(2).session().await?;
    /// let scores = (0..300).map(|number| Score { points: number as u8 % 101 });
    /// let mut lines = Vec::new(); // a file, or a connection
    /// for sealed in session.seal_each(scores) {
    ///     serde_json::to_writer(&mut lines, &sealed?)?;
    ///     lines.push(b'\n');
    /// }
    ///
    /// let sealed = lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    /// let points = session.open_each(sealed).map(|score: Result<Score, _>| Ok(score?.points));
    /// assert_eq!(points.collect::<Result<Vec<_>, nest_core::DecodeError>>()?.len(), 300);
    /// # Ok(())
    /// # }
    /// ```
    pub fn seal_each<R: PepRecord>(
        &self,
        records: impl IntoIterator<Item = R>,
    ) -> impl Iterator<Item = Result<Sealed<R>, EncodeError>> {
        self.seal_all(records)
    }

    /// Decrypts records one after the other, as many as there are: lazily and in groups, as
    /// [`seal_each`](Self::seal_each) encrypts them. The order stays.
    ///
    /// # Errors
    ///
    /// Each record by itself as by [`open`](Self::open): one that fails has its error at its own place, and does not
    /// spoil the others.
    pub fn open_each<R: PepRecord>(
        &self,
        sealed: impl IntoIterator<Item = Sealed<R>>,
    ) -> impl Iterator<Item = Result<R, DecodeError>> {
        self.open_all(sealed, None)
    }

    /// As [`seal_each`](Self::seal_each), for records that may be borrowed.
    pub(crate) fn seal_all<R: PepRecord, B: Borrow<R>>(
        &self,
        records: impl IntoIterator<Item = B>,
    ) -> impl Iterator<Item = Result<Sealed<R>, EncodeError>> {
        in_groups(records, at_once::<R>(), |group| self.seal_group(group))
    }

    /// As [`open_each`](Self::open_each), for records that may be borrowed. `expected` are numbers of a wide domain
    /// that are likely.
    pub(crate) fn open_all<R: PepRecord, B: Borrow<Sealed<R>>>(
        &self,
        sealed: impl IntoIterator<Item = B>,
        expected: Option<&Domain>,
    ) -> impl Iterator<Item = Result<R, DecodeError>> {
        const { check_sent(R::SCHEMA) };
        in_groups(sealed, at_once::<R>(), move |group| {
            let blocks: Vec<_> = group.iter().flat_map(|sealed| sealed.borrow().blocks()).copied().collect();
            let plain = self.open_blocks(&blocks, R::SCHEMA, expected);
            plain.chunks(R::BLOCKS.max(1)).map(record::decode).collect()
        })
    }

    fn seal_group<R: PepRecord, B: Borrow<R>>(&self, group: Vec<B>) -> Vec<Result<Sealed<R>, EncodeError>> {
        let mut plain = Plaintext::with_capacity(group.len().saturating_mul(R::BLOCKS));
        let encoded: Vec<Result<(), EncodeError>> = group
            .iter()
            .map(|record| record::plaintext(record.borrow()).map(|mut blocks| plain.append(&mut blocks)))
            .collect();
        match self.seal_blocks(&plain) {
            Ok(sealed) => {
                let mut sealed = sealed.into_iter();
                let mut next = || sealed.next().ok_or_else(mismatch::<R>);
                encoded.into_iter().map(|encoded| encoded.and_then(|()| next())).collect()
            }
            // Whichever of them it is: by itself it spoils itself only.
            Err(_) => group.iter().map(|record| self.seal(record.borrow())).collect(),
        }
    }
}

/// The number of records that are sealed or opened together.
fn at_once<R: PepRecord>() -> usize {
    AT_ONCE.div_ceil(R::BLOCKS.max(1))
}

/// The results of work that is done on so many items at once.
fn in_groups<T, U>(
    items: impl IntoIterator<Item = T>,
    size: usize,
    work: impl Fn(Vec<T>) -> Vec<U>,
) -> impl Iterator<Item = U> {
    let mut items = items.into_iter().fuse();
    let groups = std::iter::from_fn(move || {
        let group: Vec<T> = items.by_ref().take(size).collect();
        (!group.is_empty()).then(|| work(group))
    });
    groups.flatten()
}

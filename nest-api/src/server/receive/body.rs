//! The body of a request, read within bounds of size and time.

use std::time::{Duration, Instant};

use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;

use crate::problem::Code;
use crate::server::quota::memory::Charge;
use crate::server::quota::patience::Patience;

/// The longest time without any bytes.
const SILENCE: Duration = Duration::from_secs(5);

/// How many bytes of room are asked for at once, where the length was not announced.
const STEP: usize = 256 * 1024;

/// Reads a body of `most` bytes at most.
///
/// The body must come within `time`, and after the first seconds never slower than 16 KiB a second. Each of its bytes
/// counts as `cost` bytes. Announced bytes are counted already.
pub(crate) async fn read(
    mut body: Payload,
    announced: Option<usize>,
    most: usize,
    cost: usize,
    time: Duration,
    charge: &mut Charge,
) -> Result<Bytes, Code> {
    let begun = Instant::now();
    let mut patience = Patience::new(SILENCE);
    let mut counted = announced.unwrap_or(0);
    let mut read = Vec::with_capacity(counted.min(most));
    loop {
        let waiting = Instant::now();
        let wait = patience.left().min(time.saturating_sub(begun.elapsed()));
        let piece = match tokio::time::timeout(wait, body.next()).await {
            Err(_) => return Err(Code::RequestTimeout),
            Ok(None) => return Ok(read.into()),
            Ok(Some(piece)) => piece.map_err(|_| Code::IncompleteBody)?,
        };
        patience.moved(waiting.elapsed(), piece.len());
        let len = read.len() + piece.len();
        if len > most {
            return Err(Code::BodyTooLarge);
        }
        while len > counted {
            if !charge.grow(STEP.saturating_mul(cost)) {
                return Err(Code::Overloaded);
            }
            counted += STEP;
        }
        read.extend_from_slice(&piece);
    }
}

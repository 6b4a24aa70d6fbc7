//! What one exchange took on the wire.

use nest_api::__wire_v1::Exchange;

use super::field::Field;
use super::records::Shape;
use crate::{Aim, Failure, Part, Report, Row, Spread};

/// The bytes of both bodies, without headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) sent: usize,
    pub(super) received: usize,
}

impl From<Exchange> for Wire {
    fn from(exchange: Exchange) -> Self {
        Self { sent: exchange.sent_bytes, received: exchange.received_bytes }
    }
}

/// Bytes of each record: its part of the request and of the answer together. They are always the same.
pub(super) async fn measure<S: Shape>(field: &Field, report: &mut Report) -> Result<(), Failure> {
    const RECORDS: usize = 500;
    eprintln!("bytes of records of {}", S::TITLE);
    let each = |wire: Wire| (wire.sent + wire.received) as f64 / RECORDS as f64;
    let upstream = each(field.upstream_batch::<S>(RECORDS).await?.wire);
    for (form, client, aim) in [("JSON", &field.nest, 0.9), ("compact", &field.compact, 0.5)] {
        let nest = each(field.nest_batch::<S>(client, RECORDS).await?.wire);
        report.row(Row {
            part: Part::Wire,
            what: format!("{}, request and answer, {form} against JSON", S::TITLE),
            nest: Spread::of([nest]),
            other: Ok(Spread::of([upstream])),
            ratio: Some(Spread::of([nest / upstream])),
            aim: Aim::AtMost(aim),
        });
    }
    Ok(())
}

//! The tag of an item: one number that links it to its question and to its route.
//!
//! From the lowest bit it has 16 bits of ticket, 30 bits of mark, and a detail. The detail of a question is its page, in
//! 16 bits. The detail of a reply is its status, in 8 bits.

use super::Ticket;
use crate::RecordError;
use crate::wire::mark::{MARK_BITS, Mark};

/// The status of a success.
pub(super) const OK: u8 = RecordError::OK_STATUS;

const TICKET_BITS: u32 = 16;
const DETAIL_SHIFT: u32 = TICKET_BITS + MARK_BITS;

pub(super) const fn tag(detail: u16, mark: Mark, ticket: Ticket) -> u64 {
    (detail as u64) << DETAIL_SHIFT | (mark.bits() as u64) << TICKET_BITS | ticket as u64
}

/// One tag for each of so many tickets.
pub(super) fn tags(detail: u16, mark: Mark, items: usize) -> impl Iterator<Item = u64> + Send + 'static {
    (0..=Ticket::MAX).take(items).map(move |ticket| tag(detail, mark, ticket))
}

pub(super) const fn detail(tag: u64) -> u16 {
    (tag >> DETAIL_SHIFT) as u16
}

/// The status of a reply. Its tag has no higher bits.
pub(super) const fn status(tag: u64) -> u8 {
    (tag >> DETAIL_SHIFT) as u8
}

pub(super) const fn ticket(tag: u64) -> Ticket {
    tag as u16
}

pub(super) const fn is_for(tag: u64, mark: Mark) -> bool {
    (tag >> TICKET_BITS) & ((1 << MARK_BITS) - 1) == mark.bits() as u64
}

//! Which messages of a run a party accepts: each once, in order, from a party, for this organisation.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::{Journal, Party};
use crate::envelope::{Assembly, CollabId, Envelope, EnvelopeError, RunId, TermsHash};
use crate::error::CollabError;
use crate::identity::Org;

/// A message that was put together, with the terms that its sender has.
pub(crate) struct Received {
    pub(crate) terms: TermsHash,
    pub(crate) class: u8,
    pub(crate) message: Zeroizing<Vec<u8>>,
}

#[derive(Default)]
struct Line {
    next: u64,
    assembly: Assembly,
    messages: Vec<std::sync::Arc<Received>>,
}

/// The messages of a run that a party accepted, by step and place of the sender.
pub(crate) struct Inbox {
    collab: CollabId,
    run: RunId,
    lines: HashMap<(u16, usize), Line>,
}

impl Inbox {
    /// The inbox of a run, with what was accepted before a crash.
    pub(crate) fn new(collab: CollabId, run: RunId, journal: &Journal) -> Result<Self, CollabError> {
        let mut inbox = Self { collab, run, lines: HashMap::new() };
        // Names sort by step, sender and number.
        for name in journal.names("in/") {
            let damaged = || CollabError::Damaged("the journal of the run holds something else".to_owned());
            let mut fields = name.split('/').skip(1).map(|field| u64::from_str_radix(field, 16).ok());
            let mut field = || fields.next().flatten().ok_or_else(damaged);
            let (step, from, seq) = (field()?, field()?, field()?);
            let step = u16::try_from(step).map_err(|_| damaged())?;
            let from = usize::try_from(from).map_err(|_| damaged())?;
            let kept = journal.get(&name).ok_or_else(damaged)?;
            inbox.add(step, from, seq, &kept).map_err(|_| damaged())?;
        }
        Ok(inbox)
    }

    /// Verifies and keeps an envelope. `false` where it was received before.
    ///
    /// # Errors
    ///
    /// An [`EnvelopeError`] with the party that the envelope names. Nothing of it was kept.
    pub(crate) fn accept(
        &mut self,
        bytes: &[u8],
        org: &Org,
        parties: &[Party],
        journal: &Journal,
    ) -> Result<bool, CollabError> {
        let refused = |party: Option<&Party>, error| CollabError::Envelope {
            party: party.map(|party| party.name.clone()),
            error,
        };
        let (header, envelope) = Envelope::read(bytes).map_err(|error| refused(None, error))?;
        let from = parties.iter().position(|party| party.id == header.sender);
        let party = from.and_then(|place| parties.get(place));
        let (Some(from), Some(party)) = (from, party) else {
            return Err(refused(None, EnvelopeError::UnknownSender));
        };
        let refuse = |error| refused(Some(party), error);
        if header.run != self.run || header.collab != self.collab {
            return Err(refuse(EnvelopeError::OtherRun));
        }
        if header.receiver != org.id() {
            return Err(refuse(EnvelopeError::OtherReceiver));
        }
        let opened = envelope.open(&party.identity, org.keys()).map_err(refuse)?;
        let next = self.lines.get(&(header.step, from)).map_or(0, |line| line.next);
        if header.seq < next {
            return Ok(false);
        }
        if header.seq > next {
            return Err(refuse(EnvelopeError::OutOfOrder));
        }
        let kept =
            Zeroizing::new([header.terms.0.as_slice(), &[header.class.number()], &opened.part].concat());
        self.add(header.step, from, header.seq, &kept).map_err(refuse)?;
        journal.put(&format!("in/{:04x}/{from:04x}/{:016x}", header.step, header.seq), &kept)?;
        Ok(true)
    }

    fn add(&mut self, step: u16, from: usize, seq: u64, kept: &[u8]) -> Result<(), EnvelopeError> {
        let (terms, rest) = kept.split_first_chunk().ok_or(EnvelopeError::Content)?;
        let (class, part) = rest.split_first().ok_or(EnvelopeError::Content)?;
        let line = self.lines.entry((step, from)).or_default();
        if line.next != seq {
            return Err(EnvelopeError::OutOfOrder);
        }
        if let Some(message) = line.assembly.add(part)? {
            let received = Received { terms: TermsHash(*terms), class: *class, message };
            line.messages.push(std::sync::Arc::new(received));
        }
        line.next += 1;
        Ok(())
    }

    /// The message of a number of a step and sender, where it is here.
    pub(crate) fn message(&self, step: u16, from: usize, number: usize) -> Option<std::sync::Arc<Received>> {
        self.lines.get(&(step, from))?.messages.get(number).cloned()
    }
}

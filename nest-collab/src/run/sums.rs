//! A run as what a sum needs of it.

use std::time::Duration;

use zeroize::Zeroizing;

use super::Run;
use crate::error::CollabError;
use crate::identity::Signature;
use crate::sum::pairwise::Signatures;
use crate::sum::{SumError, SumRun};

/// What the signatures of protocols are for.
const PURPOSE: &str = "nest-collab/protocol/1";

impl Signatures for Run {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.link.org.identity().sign(PURPOSE, &[&self.link.id.0, message]).0.to_vec()
    }

    fn verify(&self, party: usize, message: &[u8], signature: &[u8]) -> bool {
        let (Some(party), Ok(signature)) = (self.party(party), signature.try_into()) else { return false };
        party.identity.verify(PURPOSE, &[&self.link.id.0, message], &Signature(signature))
    }
}

fn failed(error: CollabError) -> SumError {
    SumError::Run(error.to_string())
}

impl SumRun for Run {
    fn parties(&self) -> &[String] {
        self.names()
    }

    fn me(&self) -> usize {
        self.place()
    }

    fn starter(&self) -> usize {
        self.starter_place()
    }

    fn run(&self) -> [u8; 16] {
        self.id().0
    }

    fn terms(&self) -> [u8; 32] {
        self.terms_hash().0
    }

    async fn send(&self, step: u16, to: usize, message: Vec<u8>) -> Result<(), SumError> {
        let message = Zeroizing::new(message);
        Run::send(self, step, to, &message).await.map_err(failed)
    }

    async fn receive(&self, step: u16, from: usize, within: Duration) -> Result<Option<Vec<u8>>, SumError> {
        let message = Run::receive(self, step, from, within).await.map_err(failed)?;
        Ok(message.map(|message| message.to_vec()))
    }

    async fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), SumError> {
        self.note(self.link.journal.put(&format!("kept/{name}"), bytes)).map_err(failed)
    }

    async fn kept(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SumError> {
        Ok(self.link.journal.get(&format!("kept/{name}")))
    }
}

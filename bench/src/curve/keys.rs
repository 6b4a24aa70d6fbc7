//! One session, as nest and as libpep have it, and what each does in it.

use libpep::client::distributed::make_session_keys_distributed;
use libpep::client::{decrypt_batch, encrypt, encrypt_batch};
use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use libpep::factors::{EncryptionContext, EncryptionSecret, PseudonymizationSecret};
use libpep::keys::SessionKeys;
use libpep::keys::distribution::make_distributed_global_keys;
use libpep::transcryptor::DistributedTranscryptor;
use nest_core::prelude::*;
use nest_core::{Batch, Domain, Sealed, Session, SessionIds};

use crate::Failure;

/// Both sides seal and open under the same keys.
pub struct Keys {
    /// Where the pseudonyms are from.
    pub domain: Domain,
    /// nest's.
    pub session: Session,
    /// libpep's own.
    pub libpep: SessionKeys,
}

impl Keys {
    /// New ones.
    ///
    /// # Errors
    ///
    /// Where the two libraries do not fit together.
    pub fn new() -> Result<Self, Failure> {
        let (_, global, mut blinding) = make_distributed_global_keys(1, &mut rand::rng());
        let secret = || rand::random::<[u8; 32]>().to_vec();
        let system = DistributedTranscryptor::new(
            PseudonymizationSecret::from(secret()),
            EncryptionSecret::from(secret()),
            blinding.pop().ok_or("one transcryptor")?,
        );
        let shares = system.session_key_shares(&EncryptionContext::from("session"));
        let libpep = make_session_keys_distributed(global, &[shares]);
        let ids = SessionIds::new([("t0".to_owned(), "session".to_owned())])?;
        Ok(Self { domain: Domain::new("school")?, session: Session::from_libpep(ids, libpep), libpep })
    }

    /// To the JSON that libpep would write.
    pub(super) fn seal<R: PepRecord>(&self, records: &[R]) -> Result<String, Failure> {
        let batch = Batch::seal(&self.domain, &self.session, records)?;
        Ok(serde_json::to_string(&batch.into_sealed())?)
    }

    pub(super) fn open<R: PepRecord>(&self, json: &str) -> Result<Vec<R>, Failure> {
        let batch =
            Batch::from_sealed(self.domain.clone(), self.session.ids().clone(), serde_json::from_str(json)?);
        Ok(batch.open(&self.session).into_iter().collect::<Result<_, _>>()?)
    }

    pub(super) fn seal_one<R: PepRecord>(&self, record: &R) -> Result<String, Failure> {
        Ok(serde_json::to_string(&self.session.seal(record)?)?)
    }

    pub(super) fn open_one<R: PepRecord>(&self, json: &str) -> Result<R, Failure> {
        let sealed: Sealed<R> = serde_json::from_str(json)?;
        Ok(self.session.open(&sealed)?)
    }

    pub(super) fn libpep_seal(&self, values: &[PEPJSONValue]) -> Result<String, Failure> {
        Ok(serde_json::to_string(&encrypt_batch(values, &self.libpep, &mut rand::rng())?)?)
    }

    pub(super) fn libpep_seal_one(&self, value: &PEPJSONValue) -> Result<String, Failure> {
        Ok(serde_json::to_string(&encrypt(value, &self.libpep, &mut rand::rng()))?)
    }

    pub(super) fn libpep_open(&self, json: &str) -> Result<Vec<serde_json::Value>, Failure> {
        let sealed: Vec<EncryptedPEPJSONValue> = serde_json::from_str(json)?;
        let plain = decrypt_batch(&sealed, &self.libpep)?;
        Ok(plain.iter().map(PEPJSONValue::to_value).collect::<Result<_, _>>()?)
    }
}

//! That the testbed behaves like the deployment it stands in for, seen through paas-client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod faults;
mod mounted;
mod travel;

use crate::{Party, Transcryptors};
use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use libpep::data::padding::Padded;
use libpep::data::simple::Pseudonym;
use libpep::factors::PseudonymizationDomain;
use paas_client::pseudonym_service::{PseudonymService, PseudonymServiceError};
use paas_client::sessions::EncryptionContexts;
use paas_client::transcryptor_client::TranscryptorClient;

/// A ciphertext and the sessions in which it was made, as they go over the wire.
type Message = (EncryptedPEPJSONValue, EncryptionContexts);

async fn school_and_nest() -> Transcryptors {
    Transcryptors::start(&[Party::new("school"), Party::new("nest")]).await.unwrap()
}

/// A client of both transcryptors, with its sessions started.
async fn client(testbed: &Transcryptors, party: &str) -> PseudonymService {
    let (config, auths) = (testbed.config().clone(), testbed.auths(party));
    let mut service = PseudonymService::new_allow_http(config, auths).await.unwrap();
    service.init().await.unwrap();
    service
}

/// A client of one transcryptor only, without a session.
async fn client_of_one(testbed: &Transcryptors, index: usize, party: &str) -> TranscryptorClient {
    let member = testbed.config().transcryptors[index].clone();
    let auth = testbed.auths(party).get(&member.system_id).unwrap();
    TranscryptorClient::new_allow_http(member, auth).await.unwrap()
}

fn pupil() -> PEPJSONValue {
    PEPJSONValue::Pseudonym(Pseudonym::from_string_padded("100096").unwrap())
}

fn encrypt(from: &mut PseudonymService, value: &PEPJSONValue) -> Message {
    from.encrypt(value, &mut rand::rng()).unwrap()
}

/// What the receiver reads after transcrypting from one domain to another.
async fn receive(
    receiver: &mut PseudonymService,
    (value, sessions): &Message,
    from: &str,
    to: &str,
) -> Result<PEPJSONValue, PseudonymServiceError> {
    let (from, to) = (domain(from), domain(to));
    let value = receiver.transcrypt(value, sessions, &from, &to).await?;
    receiver.decrypt(&value)
}

fn domain(name: &str) -> PseudonymizationDomain {
    PseudonymizationDomain::from(name)
}

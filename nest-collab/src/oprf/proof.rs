//! One proof for a batch: that all of its answers were made with the announced key.
//!
//! RFC 9497, section 2.2: a proof that two logarithms are equal, over a random combination of the batch.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::blind::{Blinded, OprfError};
use super::hash::Mode;
use super::key::{Evaluated, PublicKey};

/// A proof for a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    challenge: Scalar,
    response: Scalar,
}

impl Proof {
    /// Proves a batch, with a random number that is used once.
    pub(super) fn new(
        secret: &Scalar,
        key: &PublicKey,
        asked: &[Blinded],
        answers: &[Evaluated],
        random: Zeroizing<Scalar>,
    ) -> Result<Self, OprfError> {
        let weights = weights(key, asked, answers)?;
        let combined: RistrettoPoint = asked
            .iter()
            .zip(&weights)
            .fold(RistrettoPoint::identity(), |sum, (one, weight)| sum + one.0 * weight);
        let answered = combined * secret;
        let base = RISTRETTO_BASEPOINT_TABLE * &*random;
        let challenge = challenge(key, &combined, &answered, &base, &(combined * *random));
        Ok(Self { challenge, response: *random - challenge * secret })
    }

    /// # Errors
    ///
    /// [`OprfError::Proof`] where it does not hold for this batch and this key.
    pub(super) fn verify(
        &self,
        key: &PublicKey,
        asked: &[Blinded],
        answers: &[Evaluated],
    ) -> Result<(), OprfError> {
        let weights = weights(key, asked, answers)?;
        let (mut combined, mut answered) = (RistrettoPoint::identity(), RistrettoPoint::identity());
        for ((one, answer), weight) in asked.iter().zip(answers).zip(&weights) {
            combined += one.0 * weight;
            answered += answer.0 * weight;
        }
        let base = RISTRETTO_BASEPOINT_TABLE * &self.response + key.0 * self.challenge;
        let other = combined * self.response + answered * self.challenge;
        let expected = challenge(key, &combined, &answered, &base, &other);
        if expected == self.challenge { Ok(()) } else { Err(OprfError::Proof) }
    }

    /// The bytes.
    pub fn to_bytes(self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (first, second) = bytes.split_at_mut(32);
        first.copy_from_slice(self.challenge.as_bytes());
        second.copy_from_slice(self.response.as_bytes());
        bytes
    }

    /// What another side sent.
    ///
    /// # Errors
    ///
    /// [`OprfError::Proof`] where a number is not written in its one way.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, OprfError> {
        let scalar = |bytes: Option<&[u8; 32]>| {
            bytes.and_then(|bytes| Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes)))
        };
        let challenge = scalar(bytes.first_chunk()).ok_or(OprfError::Proof)?;
        let response = scalar(bytes.last_chunk()).ok_or(OprfError::Proof)?;
        Ok(Self { challenge, response })
    }
}

/// Two bytes of length, and the bytes of a point.
fn put(transcript: &mut Vec<u8>, point: &RistrettoPoint) {
    transcript.extend_from_slice(&32_u16.to_be_bytes());
    transcript.extend_from_slice(point.compress().as_bytes());
}

/// The weights of `ComputeComposites`: random, and bound to the whole batch.
fn weights(key: &PublicKey, asked: &[Blinded], answers: &[Evaluated]) -> Result<Vec<Scalar>, OprfError> {
    if asked.len() != answers.len() || asked.len() > usize::from(u16::MAX) {
        return Err(OprfError::Number);
    }
    let mode = Mode::Verifiable;
    let seed_tag = mode.tag("Seed-");
    let mut seed = Vec::new();
    put(&mut seed, &key.0);
    seed.extend_from_slice(&u16::try_from(seed_tag.len()).unwrap_or(u16::MAX).to_be_bytes());
    seed.extend_from_slice(&seed_tag);
    let seed = Sha512::digest(&seed);
    let tag = mode.tag("HashToScalar-");
    let weight = |(place, (one, answer)): (usize, (&Blinded, &Evaluated))| {
        let mut transcript = 64_u16.to_be_bytes().to_vec();
        transcript.extend_from_slice(&seed);
        transcript.extend_from_slice(&u16::try_from(place).unwrap_or(u16::MAX).to_be_bytes());
        put(&mut transcript, &one.0);
        put(&mut transcript, &answer.0);
        transcript.extend_from_slice(b"Composite");
        mode.scalar(&[&transcript], &tag)
    };
    Ok(asked.iter().zip(answers).enumerate().map(weight).collect())
}

fn challenge(
    key: &PublicKey,
    combined: &RistrettoPoint,
    answered: &RistrettoPoint,
    base: &RistrettoPoint,
    other: &RistrettoPoint,
) -> Scalar {
    let mut transcript = Vec::new();
    for point in [&key.0, combined, answered, base, other] {
        put(&mut transcript, point);
    }
    transcript.extend_from_slice(b"Challenge");
    Mode::Verifiable.scalar(&[&transcript], &Mode::Verifiable.tag("HashToScalar-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oprf::{Blinding, OprfKey};

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    fn scalar(text: &str) -> Zeroizing<Scalar> {
        Zeroizing::new(Scalar::from_canonical_bytes(bytes(text)).unwrap())
    }

    const BLIND: &str = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706";

    /// RFC 9497, A.1.1: inputs, what is sent, what is answered, and the outputs.
    #[test]
    fn the_base_mode_has_the_vectors_of_the_rfc() {
        let key = OprfKey::derive(Mode::Base, &[0xa3; 32], b"test key").unwrap();
        assert_eq!(
            hex::encode(key.secret().to_bytes()),
            "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e"
        );
        for (input, sent, answered, output) in [
            (
                vec![0],
                "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
                "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e",
                "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3\
                 ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6",
            ),
            (
                vec![0x5a; 17],
                "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
                "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25",
                "f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4\
                 f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73",
            ),
        ] {
            let blinding = Blinding::with(Mode::Base, &input, scalar(BLIND)).unwrap();
            assert_eq!(hex::encode(blinding.blinded().to_bytes()), sent);
            let answer = key.evaluate(blinding.blinded());
            assert_eq!(hex::encode(answer.to_bytes()), answered);
            assert_eq!(hex::encode(blinding.finish(answer).unwrap()), output);
            assert_eq!(hex::encode(key.output(&input).unwrap()), output);
        }
    }

    /// RFC 9497, A.1.2: the same with proofs, one of them for a batch of two.
    #[test]
    fn the_verifiable_mode_has_the_vectors_of_the_rfc() {
        let key = OprfKey::derive(Mode::Verifiable, &[0xa3; 32], b"test key").unwrap();
        let public = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e";
        assert_eq!(hex::encode(key.public().to_bytes()), public);
        let blinding = || Blinding::with(Mode::Verifiable, &[0], scalar(BLIND)).unwrap();
        let asked = [blinding().blinded()];
        assert_eq!(
            hex::encode(asked[0].to_bytes()),
            "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"
        );
        let answers = [key.evaluate(asked[0])];
        assert_eq!(
            hex::encode(answers[0].to_bytes()),
            "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"
        );
        let random = scalar("222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e");
        let proof = Proof::new(key.secret(), &key.public(), &asked, &answers, random).unwrap();
        assert_eq!(
            hex::encode(proof.to_bytes()),
            "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06\
             6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d"
        );
        let outputs = Blinding::finish_all(vec![blinding()], &answers, &key.public(), &proof).unwrap();
        assert_eq!(
            hex::encode(outputs[0]),
            "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d\
             a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c"
        );
        // A.1.2.3
        let asked = [
            "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
            "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
        ];
        let asked = asked.map(|text| Blinded::from_bytes(&bytes(text)).unwrap());
        let (answers, _) = key.evaluate_all(&asked).unwrap();
        assert_eq!(
            hex::encode(answers[1].to_bytes()),
            "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a"
        );
        let proof = Proof::from_bytes(&bytes(
            "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a\
             5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
        ));
        proof.unwrap().verify(&key.public(), &asked, &answers).unwrap();
    }

    #[test]
    fn answers_of_another_key_are_not_taken() {
        let (key, other) = (OprfKey::random(Mode::Verifiable), OprfKey::random(Mode::Verifiable));
        let batch = || -> Vec<Blinding> {
            (0..20_u8).map(|input| Blinding::new(Mode::Verifiable, &[input]).unwrap()).collect()
        };
        let asked: Vec<Blinded> = batch().iter().map(Blinding::blinded).collect();
        let (answers, proof) = key.evaluate_all(&asked).unwrap();
        assert_eq!(proof.verify(&key.public(), &asked, &answers), Ok(()));
        assert_eq!(proof.verify(&other.public(), &asked, &answers), Err(OprfError::Proof));
        // One answer of another key, two swapped, one left out, one bit of the proof.
        let mut one = answers.clone();
        one[7] = other.evaluate(asked[7]);
        assert_eq!(proof.verify(&key.public(), &asked, &one), Err(OprfError::Proof));
        let mut swapped = answers.clone();
        swapped.swap(3, 4);
        assert_eq!(proof.verify(&key.public(), &asked, &swapped), Err(OprfError::Proof));
        assert_eq!(proof.verify(&key.public(), &asked, &answers[1..]), Err(OprfError::Number));
        let mut bytes = proof.to_bytes();
        bytes[0] ^= 1;
        let changed =
            Proof::from_bytes(&bytes).and_then(|proof| proof.verify(&key.public(), &asked, &answers));
        assert_eq!(changed, Err(OprfError::Proof));
        // Without a proof, nothing is taken in this mode.
        let blinding = Blinding::new(Mode::Verifiable, b"x").unwrap();
        let answer = key.evaluate(blinding.blinded());
        assert_eq!(blinding.finish(answer), Err(OprfError::Proof));
    }

    #[test]
    fn points_that_tell_nothing_are_refused() {
        assert_eq!(Blinded::from_bytes(&[0; 32]), Err(OprfError::Point));
        assert_eq!(Blinded::from_bytes(&[0xff; 32]), Err(OprfError::Point));
        assert!(Blinding::new(Mode::Base, &vec![7; 65_536]).is_err());
        assert!(OprfKey::random(Mode::Base).output(&vec![7; 65_535]).is_ok());
        // Two blindings of one input have nothing in common.
        let one = || Blinding::new(Mode::Base, b"x").unwrap().blinded().to_bytes();
        assert_ne!(one(), one());
    }
}

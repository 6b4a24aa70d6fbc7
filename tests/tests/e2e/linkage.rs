//! What the receiver of a batch can tell about the order in which its sender holds the records: no more than chance.
//! The receiver here has everything that it is sent and everything that it opens, and guesses.

use std::sync::{Arc, LazyLock, Mutex};

use nest_api::prelude::*;
use nest_core::{Batch, Domain, InProcess, JsonBatch, Session, Transcryption, TranscryptionError};
use serde_json::Value;

use crate::blocks::{TAG, blocks};
use crate::field::{self, TOKEN, account, domain, serve};

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "linkage", max_blocks = 1)]
struct Place {
    /// Where in its list the sender has this record.
    #[pep(range = 0..=999)]
    place: u16,
}

impl Activity for Place {
    type Progress = Place;
    type Outcome = Place;
}

/// An item as it is opened, declared by somebody who knows the wire.
#[derive(PepRecord)]
#[pep(max_blocks = 3)]
struct Opened {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=0x3fff_ffff_ffff)]
    tag: u64,
    record: Place,
}

/// What a receiver has of one batch, item by item as it opens them: the ticket, where in the message the item
/// stood, and in truth which place the sender has it at.
struct Seen {
    ticket: u16,
    stood: usize,
    place: u16,
}

/// Items of one batch with what the receiver can know of each.
type Guess = fn(&[Seen], usize) -> usize;

/// The ways to guess: by the place in the message, by the ticket, by the order of opening, and by where the
/// ticket stands among all.
const GUESSES: [(&str, Guess); 4] = [
    ("where it stood", |seen, item| seen[item].stood),
    ("its ticket", |seen, item| usize::from(seen[item].ticket)),
    ("where it was opened", |_, item| item),
    ("its ticket from the end", |seen, item| seen.len() - 1 - usize::from(seen[item].ticket)),
];

const RECORDS: usize = 64;
const BATCHES: usize = 200;

/// The second halves of the ciphertexts of the tags: transcryption by libpep 0.12 leaves them as they are.
fn halves(records: &Value) -> Vec<Vec<u8>> {
    records.as_array().unwrap().iter().map(|record| blocks(record)[TAG][32..].to_vec()).collect()
}

/// What a party was sent, what transcryption made of it, and the session that opens that.
struct Received {
    message: Value,
    transcrypted: Value,
    session: Session,
}

/// All that a receiver can tell of a message.
fn tell(received: &Received) -> Vec<Seen> {
    let (before, after) = (halves(&received.message["records"]), halves(&received.transcrypted["records"]));
    let batch: Batch<Opened> = serde_json::from_str(&field::text(&received.transcrypted)).unwrap();
    let opened = batch.open(&received.session).into_iter().map(Result::unwrap);
    opened
        .zip(after)
        .map(|(item, half)| Seen {
            ticket: item.tag as u16,
            // The halves undo the shuffle of the transcryptors.
            stood: before.iter().position(|before| *before == half).unwrap(),
            place: item.record.place,
        })
        .collect()
}

/// How many guesses were right, of all, for each way to guess.
fn right(batches: &[Vec<Seen>]) -> Vec<(&'static str, usize)> {
    let right = |guess: Guess| {
        let of_batch = |seen: &Vec<Seen>| {
            (0..seen.len()).filter(|item| guess(seen, *item) == usize::from(seen[*item].place)).count()
        };
        batches.iter().map(of_batch).sum()
    };
    GUESSES.iter().map(|(name, guess)| (*name, right(*guess))).collect()
}

/// How many right guesses chance gives. In a random order one of each batch is right in the mean, with a variance
/// of one: as the numbers of Poisson, of which those further off than eight deviations come less than once in a
/// million runs for five batches, and less than once in 10^11 for 200.
fn by_chance(batches: usize) -> std::ops::RangeInclusive<usize> {
    let deviation = 8.0 * (batches as f64).sqrt();
    let most = batches + deviation as usize;
    batches.saturating_sub(deviation as usize)..=most
}

fn assert_chance(batches: &[Vec<Seen>]) {
    for (guess, right) in right(batches) {
        assert!(by_chance(batches.len()).contains(&right), "{guess}: {right} of {}", batches.len() * RECORDS);
    }
    // Nor do neighbours stay neighbours: two in a row are, of as many pairs, as often as there are batches.
    let neighbours: usize = batches
        .iter()
        .map(|seen| {
            let mut stood: Vec<_> = seen.iter().collect();
            stood.sort_by_key(|item| item.stood);
            stood.windows(2).filter(|pair| pair[1].place == pair[0].place + 1).count()
        })
        .sum();
    assert!(by_chance(batches.len()).contains(&neighbours), "{neighbours} neighbours");
}

/// Records in the order of the sender's list.
fn list() -> Vec<(Pseudonym, Place)> {
    (0..RECORDS).map(|place| (Pseudonym::random(), Place { place: place as u16 })).collect()
}

/// A transcryption that keeps what its party is sent, as a party can.
#[derive(Clone)]
struct Keeping<T> {
    inner: T,
    last: Arc<Mutex<Option<Received>>>,
}

impl<T> Keeping<T> {
    fn new(inner: T) -> Self {
        Self { inner, last: Arc::default() }
    }

    /// What can be told of the message that came last.
    fn tell(&self) -> Vec<Seen> {
        tell(self.last.lock().unwrap().as_ref().unwrap())
    }
}

impl<T: Transcryption> Transcryption for Keeping<T> {
    async fn session(&self) -> Result<Session, TranscryptionError> {
        self.inner.session().await
    }

    async fn transcrypt<R: PepRecord + 'static>(
        &self,
        batch: Batch<R>,
        to: &Domain,
    ) -> Result<(Batch<R>, Session), TranscryptionError> {
        let message = serde_json::to_value(&batch).unwrap();
        let (batch, session) = self.inner.transcrypt(batch, to).await?;
        let transcrypted = serde_json::to_value(&batch).unwrap();
        *self.last.lock().unwrap() = Some(Received { message, transcrypted, session: session.clone() });
        Ok((batch, session))
    }

    async fn transcrypt_json(
        &self,
        batch: JsonBatch,
        to: &Domain,
    ) -> Result<(JsonBatch, Session), TranscryptionError> {
        self.inner.transcrypt_json(batch, to).await
    }
}

/// A source that answers, from first to last, with the places in its own list.
struct Lists;

static ORDER: LazyLock<Mutex<Vec<Pseudonym>>> = LazyLock::new(Mutex::default);

impl DataSource for Lists {
    type Participant = Place;
    const PARTICIPANTS: &[Operation] = &[Operation::Create];

    async fn create_participant(&self, _: &Context, _: Pseudonym, _: Place) -> Result<(), RecordError> {
        Ok(())
    }
}

impl Serves<Place> for Lists {
    const OPERATIONS: &[Operation] = &[Operation::Create, Operation::Read];

    async fn create(&self, _: &Context, _: Pseudonym, _: Place) -> Result<(), RecordError> {
        Ok(())
    }

    async fn read(&self, _: &Context, who: Pseudonym) -> Result<Place, RecordError> {
        let order = ORDER.lock().unwrap();
        let place = order.iter().position(|known| *known == who).ok_or(RecordError::NotFound)?;
        Ok(Place { place: place as u16 })
    }
}

/// A platform and a source in one domain. Each keeps what it is sent.
struct Ends<T> {
    client: NestClient<Keeping<T>>,
    nest: Keeping<T>,
    source: Keeping<T>,
}

fn ends<T: Transcryption + Clone + 'static>(nest: T, source: T, own: &str) -> Ends<T> {
    let (nest, source) = (Keeping::new(nest), Keeping::new(source));
    let api = DataSourceApi::builder(Lists)
        .domain(own)
        .transcryption(source.clone())
        .caller(Caller::new("nest", TokenHash::of(TOKEN)))
        .activity::<Place>()
        .build()
        .unwrap();
    Ends { client: field::client(&serve(&api), nest.clone()), nest, source }
}

/// What the source is sent of as many lists as asked for.
async fn questions<T: Transcryption + Clone + 'static>(ends: &Ends<T>, batches: usize) -> Vec<Vec<Seen>> {
    let mut received = Vec::new();
    for _ in 0..batches {
        ends.client.activity::<Place>().create_batch(list()).await.unwrap();
        received.push(ends.source.tell());
    }
    received
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_cannot_tell_where_in_the_list_of_a_platform_a_record_stood() {
    let nest = InProcess::new(1);
    let ends = ends(nest.party(), nest, "school");
    assert_chance(&questions(&ends, BATCHES).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_by_way_of_real_transcryptors() {
    let transcryptors = nest_testbed::Transcryptors::builder().party("school").party("nest");
    let transcryptors = transcryptors.start().await.unwrap();
    let (nest, school) = (account(&transcryptors, "nest").await, account(&transcryptors, "school").await);
    let ends = ends(nest, school, "school");
    assert_chance(&questions(&ends, 40).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_cannot_tell_where_in_the_list_of_a_source_a_record_stands() {
    let nest = InProcess::new(1);
    // One domain for both, so that the list can be made here.
    let ends = ends(nest.party(), nest, "nest");
    let mut received = Vec::new();
    for _ in 0..BATCHES / 2 {
        let who: Vec<_> = list().into_iter().map(|(who, _)| who).collect();
        // The source has them in an order of its own, and the platform asks in another.
        *ORDER.lock().unwrap() = who.iter().rev().copied().collect();
        let answers = ends.client.activity::<Place>().read_batch(&who).await.unwrap();
        assert!(answers.iter().all(|answer| answer.result().is_ok()));
        received.push(ends.nest.tell());
    }
    assert_chance(&received);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_guesses_succeed_where_the_sender_does_not_shuffle() {
    let nest = InProcess::new(1);
    let (sender, receiver) = (nest.party(), Keeping::new(nest));
    let session = sender.session().await.unwrap();
    let mut received = Vec::new();
    for _ in 0..5 {
        let sealed = list().into_iter().zip(0_u64..).map(|((who, record), ticket)| {
            session.seal(&Opened { who, tag: 1 << 22 | ticket, record }).unwrap()
        });
        let batch = Batch::from_sealed(domain("nest"), session.ids().clone(), sealed.collect());
        receiver.transcrypt(batch, &domain("school")).await.unwrap();
        received.push(receiver.tell());
    }
    let found = right(&received);
    assert_eq!(found[0], ("where it stood", 5 * RECORDS));
    assert_eq!(found[1], ("its ticket", 5 * RECORDS));

    // Sealing shuffles, but a ticket that tells of the list is as good as no shuffle.
    let mut received = Vec::new();
    for _ in 0..5 {
        let items = list().into_iter().zip(0_u64..);
        let items: Vec<_> =
            items.map(|((who, record), ticket)| Opened { who, tag: 1 << 22 | ticket, record }).collect();
        let batch = Batch::seal(&domain("nest"), &session, &items).unwrap();
        receiver.transcrypt(batch, &domain("school")).await.unwrap();
        received.push(receiver.tell());
    }
    let found = right(&received);
    assert!(by_chance(5).contains(&found[0].1), "{found:?}");
    assert_eq!(found[1], ("its ticket", 5 * RECORDS));
}

//! Two ends whose declarations differ. No names travel, so the fingerprints of shape and meaning must show it.

use nest_api::prelude::*;
use nest_api::{ClientError, Code, NestClientBuilder};

use crate::field::{TOKEN, client};
use crate::in_memory_source::{Walk, Walked};
use crate::server_fixture::{ServerFixture, walk};

/// The two walkers in the other order. Read by the source's declaration, each would be the other.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 4, max_bits = 154)]
struct Turned {
    #[pep(pseudonym)]
    with: Pseudonym,
    #[pep(pseudonym)]
    walker: Pseudonym,
    #[pep(range = 0..=9_999_999_999)]
    steps: u64,
    #[pep(max_bytes = 15)]
    remark: String,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 4, max_bits = 154)]
struct Renamed {
    #[pep(pseudonym)]
    walker: Pseudonym,
    #[pep(pseudonym)]
    with: Pseudonym,
    #[pep(range = 0..=9_999_999_999)]
    metres: u64,
    #[pep(max_bytes = 15)]
    remark: String,
}

/// A number in the place of a text, and the other way round.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 4, max_bits = 154)]
struct OtherKinds {
    #[pep(pseudonym)]
    walker: Pseudonym,
    #[pep(pseudonym)]
    with: Pseudonym,
    #[pep(max_bytes = 15)]
    steps: String,
    #[pep(range = 0..=9_999_999_999)]
    remark: u64,
}

/// As many blocks, two of them in a record within the record.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 4, max_bits = 154)]
struct Nested {
    #[pep(pseudonym)]
    walker: Pseudonym,
    #[pep(pseudonym)]
    with: Pseudonym,
    said: Said,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2, max_bits = 154)]
struct Said {
    #[pep(range = 0..=9_999_999_999)]
    steps: u64,
    #[pep(max_bytes = 15)]
    remark: String,
}

/// As the source declares it, except for parts that no value depends on.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 10, max_bits = 300)]
struct Alike {
    /// Who went.
    #[pep(pseudonym)]
    walker: Pseudonym,
    #[pep(pseudonym)]
    with: Pseudonym,
    #[pep(range = 0..=9_999_999_999)]
    steps: u64,
    #[pep(max_bytes = 15)]
    remark: String,
}

/// The same shape, but another range, and a text that says that there is none.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 4, max_bits = 134)]
struct OtherRange {
    /// Who went.
    #[pep(pseudonym)]
    walker: Pseudonym,
    #[pep(pseudonym)]
    with: Pseudonym,
    #[pep(range = 0..=9_999)]
    steps: u32,
    #[pep(max_bytes = 15, absent = "-")]
    remark: Option<String>,
}

/// Who declares a walk otherwise declares the same of how far somebody is.
macro_rules! walks {
    ($($walk:ident),+) => {
        $(impl Activity for $walk {
            type Progress = Walked;
            type Outcome = $walk;
        })+
    };
}

walks!(Turned, Renamed, OtherKinds, Nested, OtherRange, Alike);

/// The platform, in each form of a message.
fn clients(fixture: &ServerFixture) -> [NestClient<Paas>; 2] {
    let builder: NestClientBuilder<Paas> =
        NestClient::builder(&fixture.url, TOKEN).domain("nest").transcryption(fixture.nest.clone());
    [client(&fixture.url, fixture.nest.clone()), builder.allow_plain_http().compact().build().unwrap()]
}

/// What a platform is told that declares a walk so: when it gives one, and when it asks for one.
async fn refusals<W: Activity + Clone>(fixture: &ServerFixture, who: Pseudonym, own: W, of_given: Code) {
    let told = |error, expected| {
        let ClientError::Refused { status, code, .. } = error else { panic!("{error}") };
        assert_eq!((status, code), (422, Some(expected)));
    };
    for client in clients(fixture) {
        let walks = client.activity::<W>();
        for given in [
            walks.create(who, own.clone()).await.unwrap_err(),
            walks.update(who, own.clone()).await.unwrap_err(),
            walks.create_batch(vec![(who, own.clone()); 3]).await.unwrap_err(),
        ] {
            told(given, of_given);
        }
        // A question has the same shape whatever is asked for, but says what it means.
        told(walks.read(who).await.err().unwrap(), Code::WrongMeaning);
        told(walks.results(who, 0).await.err().unwrap(), Code::WrongMeaning);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_another_shape_or_meaning_are_refused_in_either_form() {
    let fixture = ServerFixture::new().await;
    let who = fixture.walkers(1).await[0];
    let kept = fixture.inside.kept().walks.clone();
    let (walker, with, remark) = (who, Pseudonym::random(), "by night".to_owned());
    refusals(&fixture, who, Turned { walker, with, steps: 7, remark: remark.clone() }, Code::WrongShape)
        .await;
    refusals(&fixture, who, Renamed { walker, with, metres: 7, remark: remark.clone() }, Code::WrongShape)
        .await;
    refusals(&fixture, who, OtherKinds { walker, with, steps: remark.clone(), remark: 7 }, Code::WrongShape)
        .await;
    refusals(
        &fixture,
        who,
        Nested { walker, with, said: Said { steps: 7, remark: remark.clone() } },
        Code::WrongShape,
    )
    .await;
    let own = OtherRange { walker, with, steps: 7, remark: Some(remark) };
    assert_eq!(OtherRange::SCHEMA.shape_fingerprint(), Walk::SCHEMA.shape_fingerprint());
    refusals(&fixture, who, own, Code::WrongMeaning).await;
    assert_eq!(fixture.inside.kept().walks, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_value_depends_on_may_differ() {
    let fixture = ServerFixture::new().await;
    let [one, other] = clients(&fixture);
    for (from, to) in [(&one, &other), (&other, &one)] {
        let who = fixture.members(1).await[0];
        let own = Alike { walker: who, with: Pseudonym::random(), steps: 7, remark: "by day".to_owned() };
        from.activity::<Alike>().create(who, own.clone()).await.unwrap();
        let read = to.activity::<Walk>().read(who).await.unwrap();
        assert_eq!(
            (read.walker, read.with, read.steps, read.remark),
            (who, own.with, 7, "by day".to_owned())
        );
        assert_eq!(to.activity::<Alike>().read(who).await.unwrap(), own);
        from.activity::<Walk>().update(who, walk(who)).await.unwrap();
        assert_eq!(to.activity::<Alike>().read(who).await.unwrap().steps, 4000);
    }
}

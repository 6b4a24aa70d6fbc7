//! All parties of both: two transcryptors, a data source of each kind with the same records, and a platform of each.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::thread;

use nest_api::prelude::*;
use nest_core::{Batch, Domain, Transcryption};
use nest_testbed::Transcryptors;

use super::identity::Identity;
use super::records::{Score, Shape, Survey};
use super::wire::Wire;
use super::{PLATFORM, SOURCE, nest, upstream};
use crate::{Failure, Stopwatch, Took};

/// How many people there are. More records are asked for by asking about them again.
const PEOPLE: u16 = 1000;

/// Running for as long as this is there.
pub(super) struct Field {
    pub(super) transcryptors: Transcryptors,
    /// As the platform knows them.
    people: Vec<Pseudonym>,
    /// Which records are whose: to see that all came, and rightly.
    numbers: HashMap<Pseudonym, u16>,
    pub(super) nest: NestClient<Paas>,
    /// The same platform, without text.
    pub(super) compact: NestClient<Paas>,
    pub(super) upstream: upstream::Platform,
    /// nest's accounts at the transcryptors.
    pub(super) platform: Paas,
    pub(super) source: Paas,
}

/// One exchange that went well.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchanged {
    pub(super) took: Took,
    pub(super) wire: Wire,
}

impl Field {
    pub(super) async fn start(own: &Identity) -> Result<Self, Failure> {
        let builder = Transcryptors::builder().party(SOURCE).party(PLATFORM);
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        // Upstream logs in once, for both.
        let transcryptors = builder.single_login().workers(cores).tls(own.rustls()?).start().await?;
        let source = nest::account(&transcryptors, SOURCE, own).await?;
        let platform = nest::account(&transcryptors, PLATFORM, own).await?;

        let enrolled: Vec<Enrolled> =
            (0..PEOPLE).map(|number| Enrolled { who: Pseudonym::random(), number }).collect();
        let mut of_upstream = upstream::Source::default();
        of_upstream.know(&records::<Score>(&enrolled));
        of_upstream.know(&records::<Survey>(&enrolled));
        let of_nest = nest::Source { scores: records(&enrolled), surveys: records(&enrolled) };

        let known = Batch::seal(&Domain::new(SOURCE)?, &source.session().await?, &enrolled)?;
        let (known, session) = platform.transcrypt(known, &Domain::new(PLATFORM)?).await?;
        let known: Vec<Enrolled> = known.open(&session).into_iter().collect::<Result<_, _>>()?;

        let url = of_nest.serve(source.clone(), own)?;
        let nest = nest::client(&url, platform.clone(), own).build()?;
        let compact = nest::client(&url, platform.clone(), own).compact().build()?;
        let url = of_upstream.serve(&transcryptors, own.rustls()?).await?;
        let upstream = upstream::Platform::new(&transcryptors, url).await?;
        Ok(Self {
            transcryptors,
            people: known.iter().map(|line| line.who).collect(),
            numbers: known.iter().map(|line| (line.who, line.number)).collect(),
            nest,
            compact,
            upstream,
            platform,
            source,
        })
    }

    /// Opens connections, starts sessions and makes tables, in both.
    pub(super) async fn warm_up(&self) -> Result<(), Failure> {
        self.nest_batch::<Survey>(&self.nest, 10).await?;
        self.upstream_batch::<Survey>(10).await?;
        for who in self.people(2) {
            self.nest.activity::<Score>().results(who, 0).await?;
            self.upstream.clone().result::<Score>(who).await?;
        }
        Ok(())
    }

    /// So many people, some of them often.
    pub(super) fn people(&self, records: usize) -> Vec<Pseudonym> {
        self.people.iter().copied().cycle().take(records).collect()
    }

    /// By a client of this platform, whatever its settings.
    pub(super) async fn nest_batch<S: Shape>(
        &self,
        client: &NestClient<Paas>,
        records: usize,
    ) -> Result<Exchanged, Failure> {
        let people = self.people(records);
        let watch = Stopwatch::start();
        let answers = nest::results_batch::<S>(client, &people).await?;
        let took = watch.stop();
        let wire = client.last_exchange().ok_or("the answer is no message")?.into();
        let right =
            |(who, record): &(Pseudonym, S)| self.expected(*who).is_ok_and(|right: S| right == *record);
        check(answers.len() == records && answers.iter().all(right))?;
        Ok(Exchanged { took, wire })
    }

    pub(super) async fn upstream_batch<S: Shape>(&self, records: usize) -> Result<Exchanged, Failure> {
        let (people, mut platform) = (self.people(records), self.upstream.clone());
        let watch = Stopwatch::start();
        let (answers, wire) = platform.results_batch::<S>(&people).await?;
        let took = watch.stop();
        let right = |(who, record): &(Pseudonym, _)| {
            self.expected(*who).is_ok_and(|right: S| right.to_json() == *record)
        };
        check(answers.len() == records && answers.iter().all(right))?;
        Ok(Exchanged { took, wire })
    }

    /// The record that somebody has.
    pub(super) fn expected<S: Shape>(&self, who: Pseudonym) -> Result<S, Failure> {
        Ok(S::numbered(*self.numbers.get(&who).ok_or("an answer is about somebody else")?))
    }
}

fn records<S: Shape>(enrolled: &[Enrolled]) -> HashMap<Pseudonym, S> {
    enrolled.iter().map(|line| (line.who, S::numbered(line.number))).collect()
}

/// A record that is missing or wrong would make any time worthless.
pub(super) fn check(right: bool) -> Result<(), Failure> {
    if right { Ok(()) } else { Err("an answer is missing or wrong".into()) }
}

/// Somebody and the number of their records, handed from the source to the platform.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Enrolled {
    #[pep(pseudonym)]
    who: Pseudonym,
    number: u16,
}

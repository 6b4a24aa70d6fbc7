//! Where the time of the cores goes in one round trip: the whole, and each of its parts done alone.

use nest_api::Message;
use nest_api::prelude::*;
use nest_core::{Batch, Domain, InProcess, Transcryption};

use super::field::Field;
use super::records::{Score, Shape};
use super::{PLATFORM, SOURCE};
use crate::{Failure, Report, Settings, Spread, Stopwatch, Table, Took};

/// A question as it travels, declared by somebody who knows the wire.
#[derive(Clone, PepRecord)]
#[pep(max_blocks = 2)]
struct Ask {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=0xf_ffff_ffff)]
    tag: u64,
}

/// The answer to it.
#[derive(Clone, PepRecord)]
#[pep(max_blocks = 5)]
struct Reply {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=0xf_ffff_ffff)]
    tag: u64,
    record: Score,
}

/// The parts, in the order in which they were first done, with what they took for one record.
#[derive(Default)]
struct Parts(Vec<(&'static str, Vec<Took>)>);

impl Parts {
    fn add(&mut self, name: &'static str, took: Took) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rounds)) => rounds.push(took),
            None => self.0.push((name, vec![took])),
        }
    }

    /// Does one part, and notes what it took.
    async fn time<T>(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let watch = Stopwatch::start();
        let result = work.await?;
        self.add(name, watch.stop());
        Ok(result)
    }

    /// For one record of so many; each part with its share of the first.
    fn table(&self, records: usize) -> Table {
        let of = |took: &[Took], ms: fn(&Took) -> f64| Spread::of(took.iter().map(ms)).per(records);
        let mut table = Table::new(["part", "core ms", "share", "ms"]);
        let mut whole = None;
        for (name, rounds) in &self.0 {
            let core = of(rounds, |took| took.core);
            let clock = of(rounds, |took| took.clock);
            let share = 100.0 * core.median / *whole.get_or_insert(core.median);
            table.row([(*name).to_owned(), core.to_string(), format!("{share:.0}%"), clock.to_string()]);
        }
        table
    }
}

/// Of a large batch, and of requests about one.
pub(super) async fn profile(field: &Field, settings: Settings, report: &mut Report) -> Result<(), Failure> {
    let mut text = format!(
        "What nest takes for one record of {}, there and back: milliseconds of all cores together, their share of the \
         whole, and milliseconds by the clock. Each part is done again, alone; sealing and opening on one thread \
         there. What is missing from the whole is HTTP and TLS between platform and source, changing threads, checks, \
         what is made ahead while cores are idle, and the source.\n",
        Score::TITLE
    );
    for (batches, records) in [(1, 1000), (200, 1)] {
        eprintln!("where the time goes, {records} at once");
        let mut parts = Parts::default();
        for _ in 0..settings.rounds(5) {
            round(field, batches, records, &mut parts).await?;
        }
        text.push_str(&format!("\nBatches of {records}:\n\n{}", parts.table(batches * records)));
    }
    report.detail("Where the time of a whole exchange goes", text);
    Ok(())
}

/// The requests that one exchange consists of: one to the source, and for question and answer one to each transcryptor.
const REQUESTS: usize = 1 + 2 * nest_testbed::TRANSCRYPTORS;

async fn round(field: &Field, batches: usize, records: usize, parts: &mut Parts) -> Result<(), Failure> {
    let (school, nest) = (Domain::new(SOURCE)?, Domain::new(PLATFORM)?);
    let whole = async {
        for _ in 0..batches {
            field.nest_batch::<Score>(&field.nest, records).await?;
        }
        Ok(())
    };
    parts.time("the whole round trip", whole).await?;

    let people = field.people(records);
    let asks: Vec<_> = (0..).zip(&people).map(|(tag, who)| Ask { who: *who, tag }).collect();
    let reply = |(number, who): (u16, &Pseudonym)| Reply {
        who: *who,
        tag: number.into(),
        record: Score::numbered(number),
    };
    let replies: Vec<_> = (0..).zip(&people).map(reply).collect();

    let (platform, source) = (&field.platform, &field.source);
    let sealed =
        parts.time("sealing question and answer", sealed(batches, platform, source, &asks, &replies));
    let sealed = sealed.await?;

    let bodies = async {
        for (asked, replied) in &sealed {
            let asked = serde_json::to_vec(&Message::new(Score::NAME, asked.clone()))?;
            let replied = serde_json::to_vec(&Message::new(Score::NAME, replied.clone()))?;
            serde_json::from_slice::<Message<Ask>>(&asked)?;
            serde_json::from_slice::<Message<Reply>>(&replied)?;
        }
        Ok(())
    };
    parts.time("JSON between platform and source", bodies).await?;

    let transcrypted = async {
        let mut all = Vec::new();
        for (asked, replied) in sealed {
            all.push((source.transcrypt(asked, &school).await?, platform.transcrypt(replied, &nest).await?));
        }
        Ok(all)
    };
    let name = "transcryption of both, with its JSON, HTTP and TLS";
    let transcrypted = parts.time(name, transcrypted).await?;

    // In this process, without a network: the same arithmetic.
    let platform = InProcess::new(nest_testbed::TRANSCRYPTORS);
    let source = platform.party();
    let sealed = self::sealed(batches, &platform, &source, &asks, &replies).await?;
    let arithmetic = async {
        for (asked, replied) in sealed {
            source.transcrypt(asked, &school).await?;
            platform.transcrypt(replied, &nest).await?;
        }
        Ok(())
    };
    parts.time("of that, libpep in both transcryptors", arithmetic).await?;

    if records == 1 {
        let members = field.transcryptors.config().transcryptors.iter().cycle();
        let urls = members.map(|member| member.url.join("health")).take(batches * REQUESTS);
        let asked = async {
            for url in urls {
                field.upstream.ping(url?).await?;
            }
            Ok(())
        };
        parts.time("of the whole, HTTP and TLS of five requests that say nothing", asked).await?;
    }

    let opened = async {
        for ((asked, own), (replied, theirs)) in transcrypted {
            asked.open(&own).into_iter().collect::<Result<Vec<_>, _>>()?;
            replied.open(&theirs).into_iter().collect::<Result<Vec<_>, _>>()?;
        }
        Ok(())
    };
    parts.time("opening question and answer", opened).await
}

async fn sealed<T: Transcryption>(
    batches: usize,
    platform: &T,
    source: &T,
    asks: &[Ask],
    replies: &[Reply],
) -> Result<Vec<(Batch<Ask>, Batch<Reply>)>, Failure> {
    let (school, nest) = (Domain::new(SOURCE)?, Domain::new(PLATFORM)?);
    let (at_nest, at_school) = (platform.session().await?, source.session().await?);
    let both = |_| Ok((Batch::seal(&nest, &at_nest, asks)?, Batch::seal(&school, &at_school, replies)?));
    (0..batches).map(both).collect()
}

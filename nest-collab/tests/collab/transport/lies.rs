//! A relay that alters, drops, repeats, reorders or redirects any one message: never a wrong sum.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use nest_collab::CollabError;
use nest_collab::identity::RunName;
use nest_collab::relay::Relay;
use nest_collab::sum::{RawSums, ReleasedSum, SumMode, SumRecords, SumTerms, secure_sum};

use super::liar::{Liar, Lie, Plot};
use super::world::{World, own, plan};

/// How long a party waits for a message that the relay may have dropped. The machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// The count and the sum that a party learned.
pub(crate) type Learned = Result<Option<(u64, i128)>, CollabError>;

pub(crate) fn numbers(raw: RawSums) -> (u64, i128) {
    let released = raw.release(10, 5).unwrap();
    let (mut count, mut visits) = (0, 0);
    for (_, sum) in released.sums {
        match sum {
            ReleasedSum::Count(released) => count = released.value,
            ReleasedSum::Total(released) => visits = released.value.steps(),
            _ => panic!("another sum"),
        }
    }
    (count, visits)
}

/// One party of a sum, from the start of its node to the end of the run.
pub(crate) async fn party(
    world: &World,
    place: usize,
    relay: Arc<dyn Relay>,
    sum: SumTerms,
    wait: Duration,
) -> Learned {
    let one = world.names[place].as_str();
    let node = world.node_over(one, relay).await?;
    let plan = plan(world.names.len());
    let mut records = SumRecords::new(&plan, &sum.mode);
    for record in own(&plan, &sum.mode, place) {
        records.add_plain(&record).unwrap();
    }
    let collab = world.collaboration();
    let run = if place == 0 {
        node.start(&collab, world.terms(&plan, &sum), wait).await?
    } else {
        let name = RunName::new("patients").unwrap();
        node.take_part(&collab, &name, wait, |_| Ok(())).await?
    };
    match secure_sum(&run, &plan, records, &sum).await {
        Ok(raw) => {
            let learned = raw.map(numbers);
            node.finish(&run).await?;
            Ok(learned)
        }
        Err(error) => {
            let error = run.failure().unwrap_or_else(|| CollabError::Aborted(error.to_string()));
            node.fail(&run, 1, &error).await?;
            Err(error)
        }
    }
}

async fn lied_to(mode: &SumMode, plot: &Arc<std::sync::Mutex<Plot>>) -> Vec<Learned> {
    let world = World::new(&["a", "b", "c"]).await;
    let sum = SumTerms { mode: mode.clone(), share: true, wait: PATIENCE };
    let parties = (0..3).map(|place| {
        let real = world.relay(world.names[place].as_str());
        let liar = Liar { real, place, plot: plot.clone() };
        party(&world, place, Arc::new(liar), sum.clone(), PATIENCE)
    });
    let learned = futures_util::future::join_all(parties).await;
    let World { server, .. } = world;
    server.stop().await;
    learned
}

fn modes() -> [SumMode; 3] {
    [SumMode::Ring, SumMode::pairwise(3), SumMode::Prio3 { aggregators: vec![0, 1], minimum: 1 }]
}

/// The right sums: of all parties, or of those that a mode left out as a whole.
fn right((count, visits): (u64, i128)) -> bool {
    let all = 10 * (10 + 20 + 30);
    (count, visits) == (30, all)
        || (count == 20 && [100, 200, 300].iter().any(|left_out| all - left_out == visits))
}

#[tokio::test]
async fn without_lies_every_mode_gives_the_right_sum() {
    for mode in modes() {
        let plot = Plot::new(Lie::Drop, usize::MAX - 1);
        for learned in lied_to(&mode, &plot).await {
            assert_eq!(learned, Ok(Some((30, 600))), "{mode:?}");
        }
    }
}

/// Lies once about messages of a mode, in every way: first those that come to an end at once, then those after which
/// a party waits in vain, which take time and no work.
async fn lies_about_each_message(mode: SumMode) {
    let plot = Plot::new(Lie::Drop, usize::MAX - 1);
    lied_to(&mode, &plot).await;
    let messages = plot.lock().unwrap().seen;
    assert!(messages >= 7, "{mode:?} took {messages} messages");
    let (mut stopped, mut told, mut tried) = (0, 0, 0);
    for (together, slow) in [(4, false), (24, true)] {
        let mut cases = Vec::new();
        // Every message with `NEST_COLLAB_LIES=all`; otherwise the first, one in the middle and the last, one of them slowly.
        let all = std::env::var("NEST_COLLAB_LIES").is_ok_and(|lies| lies == "all");
        let some = [0, messages / 2, messages - 1];
        let chosen: Vec<usize> = match (all, slow) {
            (true, _) => (0..messages).collect(),
            (false, false) => some.to_vec(),
            (false, true) => some[1..2].to_vec(),
        };
        for at in chosen {
            let quick = [Lie::Alter(97 * at + 5), Lie::Repeat, Lie::Redirect];
            let lies: &[Lie] = if slow { &[Lie::Drop, Lie::Reorder] } else { &quick };
            cases.extend(lies.iter().map(|lie| (*lie, at)));
        }
        tried += cases.len();
        let cases = cases.into_iter().map(|(lie, at)| {
            let mode = &mode;
            async move {
                let plot = Plot::new(lie, at);
                let learned = lied_to(mode, &plot).await;
                let lied = plot.lock().unwrap().done;
                (lie, at, lied, learned)
            }
        });
        let mut cases = futures_util::stream::iter(cases).buffer_unordered(together);
        while let Some((lie, at, lied, learned)) = cases.next().await {
            for result in &learned {
                match result {
                    Ok(None) => panic!("{mode:?}, {lie:?} of message {at}: a sum was not shared"),
                    Ok(Some(sum)) => assert!(right(*sum), "{mode:?}, {lie:?} of message {at}: {sum:?}"),
                    Err(_) => stopped += 1,
                }
            }
            if lie == Lie::Repeat {
                assert!(learned.iter().all(Result::is_ok), "{mode:?}, message {at} repeated: {learned:?}");
            }
            told += usize::from(lied);
        }
    }
    assert!(
        5 * told >= 4 * tried && stopped >= tried / 5,
        "{told} lies of {tried}, {stopped} parties stopped"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_lie_about_a_message_of_a_ring_gives_a_wrong_sum() {
    lies_about_each_message(SumMode::Ring).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_lie_about_a_message_of_pairwise_masks_gives_a_wrong_sum() {
    lies_about_each_message(SumMode::pairwise(3)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_lie_about_a_message_of_proofs_gives_a_wrong_sum() {
    lies_about_each_message(SumMode::Prio3 { aggregators: vec![0, 1], minimum: 1 }).await;
}

//! Steps that build on each other: a failure at one party stops all, and a retry brings all to the next version.

use std::sync::atomic::{AtomicU32, Ordering};

use nest_collab::CollabError;
use nest_collab::identity::RunName;
use nest_collab::run::{Chain, Run};
use nest_collab::sum::{SumMode, SumTerms};
use zeroize::Zeroizing;

use super::world::{WAIT, World, plan};

fn worked(text: &str) -> impl Future<Output = Result<Zeroizing<Vec<u8>>, CollabError>> {
    std::future::ready(Ok(Zeroizing::new(text.as_bytes().to_vec())))
}

fn failed() -> impl Future<Output = Result<Zeroizing<Vec<u8>>, CollabError>> {
    std::future::ready(Err(CollabError::Refused("the file cannot be read".to_owned())))
}

async fn three(world: &World) -> Vec<(nest_collab::node::Node, Run)> {
    let (a, b, c) = (world.node("a").await, world.node("b").await, world.node("c").await);
    let sum = SumTerms { wait: WAIT, ..SumTerms::new(3) };
    let terms = world.terms(&plan(3), &SumTerms { mode: SumMode::Ring, ..sum });
    let (collab, name) = (world.collaboration(), RunName::new("patients").unwrap());
    let (one, two, three) = tokio::join!(
        a.start(&collab, terms, WAIT),
        b.take_part(&collab, &name, WAIT, |_| Ok(())),
        c.take_part(&collab, &name, WAIT, |_| Ok(())),
    );
    vec![(a, one.unwrap()), (b, two.unwrap()), (c, three.unwrap())]
}

#[tokio::test]
async fn a_later_step_refuses_to_start_where_an_earlier_one_failed() {
    let world = World::new(&["a", "b", "c"]).await;
    let parties = three(&world).await;
    let chains: Vec<Chain<'_>> = parties.iter().map(|(_, run)| Chain::new(run, WAIT)).collect();
    let (a, b, c) = tokio::join!(
        chains[0].step(1, 1, worked("a1")),
        chains[1].step(1, 1, failed()),
        chains[2].step(1, 1, worked("c1")),
    );
    assert_eq!(a.unwrap_err().to_string(), "b: failed at 1");
    assert_eq!(b.unwrap_err().to_string(), "the file cannot be read");
    assert_eq!(c.unwrap_err().to_string(), "b: failed at 1");
    for chain in &chains {
        let error = chain.step(2, 1, worked("never")).await.unwrap_err();
        assert!(error.to_string().contains("step 2 needs step 1"), "{error}");
    }
    // The version that succeeded at `a` is kept, and all go on with the next one.
    assert_eq!(chains[0].data(1, 1).unwrap().as_slice(), b"a1");
    let (a, b, c) = tokio::join!(
        chains[0].step(1, 2, worked("a2")),
        chains[1].step(1, 2, worked("b2")),
        chains[2].step(1, 2, worked("c2")),
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert!(chains.iter().all(|chain| chain.newest(1) == Some(2)));
    let (a, b, c) = tokio::join!(
        chains[0].step(2, 1, worked("A")),
        chains[1].step(2, 1, worked("B")),
        chains[2].step(2, 1, worked("C")),
    );
    assert_eq!(a.unwrap().as_slice(), b"A");
    assert!(b.is_ok() && c.is_ok());
    world.server.stop().await;
}

#[tokio::test]
async fn a_finished_step_is_not_repeated_after_a_restart() {
    let world = World::new(&["a", "b", "c"]).await;
    let parties = three(&world).await;
    let chains: Vec<Chain<'_>> = parties.iter().map(|(_, run)| Chain::new(run, WAIT)).collect();
    let (a, b, c) = tokio::join!(
        chains[0].step(1, 1, worked("a")),
        chains[1].step(1, 1, failed()),
        chains[2].step(1, 1, worked("c")),
    );
    assert!(a.is_err() && b.is_err() && c.is_err());
    drop(chains);
    let mut parties = parties.into_iter();
    let (kept, _, _) = (parties.next().unwrap(), parties.next().unwrap(), ());
    let other = parties.next().unwrap();
    drop(parties);
    // `b` is started again, and its step is done anew in the next version only.
    let node = world.node("b").await;
    let name = RunName::new("patients").unwrap();
    let again = node
        .take_part(&world.collaboration(), &name, WAIT, |_| panic!("it was allowed before"))
        .await
        .unwrap();
    let chain = Chain::new(&again, WAIT);
    let worked_again = AtomicU32::new(0);
    let count = async {
        worked_again.fetch_add(1, Ordering::Relaxed);
        Ok(Zeroizing::new(Vec::new()))
    };
    assert!(chain.step(1, 1, count).await.unwrap_err().to_string().contains("step 1 failed here"));
    assert_eq!(worked_again.load(Ordering::Relaxed), 0);
    let (first, third) = (Chain::new(&kept.1, WAIT), Chain::new(&other.1, WAIT));
    let (a, b, c) = tokio::join!(
        first.step(1, 2, worked("a2")),
        chain.step(1, 2, worked("b2")),
        third.step(1, 2, worked("c2")),
    );
    let results = [a.map(drop), b.map(drop), c.map(drop)];
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    world.server.stop().await;
}

//! A source with every operation, in memory. The mood of a member says how it behaves towards that member.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use nest_api::prelude::*;
use tokio::sync::watch;

/// What the source knows of a member.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2, max_bits = 124)]
pub(crate) struct Member {
    /// One of [`FINE`], [`PANICS`], [`HANGS`] and [`FAILS`].
    #[pep(range = 0..=9)]
    pub(crate) mood: u8,
    #[pep(max_bytes = 15)]
    pub(crate) remark: String,
}

/// A walk of two members. Both have the same record.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 4, max_bits = 154)]
pub(crate) struct Walk {
    #[pep(pseudonym)]
    pub(crate) walker: Pseudonym,
    #[pep(pseudonym)]
    pub(crate) with: Pseudonym,
    /// A number that is long enough to be searched for.
    #[pep(range = 0..=9_999_999_999)]
    pub(crate) steps: u64,
    #[pep(max_bytes = 15)]
    pub(crate) remark: String,
}

/// How many walks a member has.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", kind = "progress", max_blocks = 1)]
pub(crate) struct Walked {
    #[pep(range = 0..=255)]
    pub(crate) walks: u8,
}

impl Activity for Walk {
    type Progress = Walked;
    type Outcome = Walk;
}

/// Another activity. The source only says how far members are.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "swim", max_blocks = 1)]
pub(crate) struct Swim {
    #[pep(range = 0..=99)]
    pub(crate) lanes: u8,
}

impl Activity for Swim {
    type Progress = Swim;
    type Outcome = Swim;
}

pub(crate) const FINE: u8 = 0;
pub(crate) const PANICS: u8 = 1;
pub(crate) const HANGS: u8 = 2;
pub(crate) const FAILS: u8 = 3;

/// A person by domain and pseudonym.
type Known = (String, Pseudonym);

/// A source in memory.
pub(crate) struct InMemorySource(Arc<Inside>);

/// What a test sees of a source, and does to it.
pub(crate) struct Inside {
    kept: Mutex<Kept>,
    begun: AtomicUsize,
    writes: AtomicUsize,
    held: watch::Sender<bool>,
}

#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) members: HashMap<Known, Member>,
    pub(crate) walks: HashMap<Known, Vec<Walk>>,
}

impl Inside {
    /// How many calls have begun.
    pub(crate) fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    /// How often something was written, or removed.
    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// Holds up all calls before they do anything, or lets them go on.
    pub(crate) fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Waits until so many calls have begun.
    pub(crate) async fn until_begun(&self, calls: usize) {
        let begun = async {
            while self.begun() < calls {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), begun).await.unwrap();
    }

    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    fn write(&self) -> MutexGuard<'_, Kept> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.kept()
    }
}

impl InMemorySource {
    pub(crate) fn new() -> (Self, Arc<Inside>) {
        let inside = Arc::new(Inside {
            kept: Mutex::default(),
            begun: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
            held: watch::Sender::new(false),
        });
        (Self(Arc::clone(&inside)), inside)
    }

    /// The beginning of every call.
    async fn enter(&self, ctx: &Context, who: Pseudonym) -> Result<Known, RecordError> {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        self.0.held.subscribe().wait_for(|held| !held).await.unwrap();
        let known = (ctx.domain().as_str().to_owned(), who);
        let mood = self.0.kept().members.get(&known).map(|member| member.mood);
        match mood {
            Some(PANICS) => panic!("as the test wants it"),
            Some(HANGS) => std::future::pending().await,
            Some(FAILS) => Err(RecordError::Forbidden),
            _ => Ok(known),
        }
    }

    /// As [`enter`](Self::enter), for calls about members only.
    async fn member(&self, ctx: &Context, who: Pseudonym) -> Result<Known, RecordError> {
        let known = self.enter(ctx, who).await?;
        let member = self.0.kept().members.contains_key(&known);
        if member { Ok(known) } else { Err(RecordError::NotFound) }
    }

    fn walk(&self, who: &Known, page: u16) -> Result<Walk, RecordError> {
        let kept = self.0.kept();
        let walk = kept.walks.get(who).and_then(|walks| walks.get(usize::from(page)));
        walk.cloned().ok_or(RecordError::NotFound)
    }

    /// Keeps a walk for both who walked it.
    fn keep(&self, (domain, _): &Known, walk: &Walk) {
        let mut kept = self.0.write();
        for who in [walk.walker, walk.with] {
            kept.walks.entry((domain.clone(), who)).or_default().push(walk.clone());
        }
    }

    fn forget(&self, who: &Known) -> Result<(), RecordError> {
        let walk = self.walk(who, 0)?;
        self.0.write().walks.retain(|_, walks| {
            walks.retain(|kept| *kept != walk);
            !walks.is_empty()
        });
        Ok(())
    }
}

impl DataSource for InMemorySource {
    type Participant = Member;
    const PARTICIPANTS: &[Operation] = Operation::OF_PARTICIPANTS;

    async fn create_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
        info: Member,
    ) -> Result<(), RecordError> {
        let who = self.enter(ctx, who).await?;
        let mut kept = self.0.kept();
        if kept.members.contains_key(&who) {
            return Err(RecordError::Conflict);
        }
        self.0.writes.fetch_add(1, Ordering::SeqCst);
        kept.members.insert(who, info);
        Ok(())
    }

    async fn read_participant(&self, ctx: &Context, who: Pseudonym) -> Result<Member, RecordError> {
        let who = self.member(ctx, who).await?;
        self.0.kept().members.get(&who).cloned().ok_or(RecordError::NotFound)
    }

    async fn update_participant(
        &self,
        ctx: &Context,
        who: Pseudonym,
        info: Member,
    ) -> Result<(), RecordError> {
        let who = self.member(ctx, who).await?;
        self.0.write().members.insert(who, info);
        Ok(())
    }

    async fn delete_participant(&self, ctx: &Context, who: Pseudonym) -> Result<(), RecordError> {
        let who = self.member(ctx, who).await?;
        self.0.write().members.remove(&who);
        Ok(())
    }
}

impl Serves<Walk> for InMemorySource {
    const OPERATIONS: &[Operation] = Operation::ALL;

    async fn create(&self, ctx: &Context, who: Pseudonym, walk: Walk) -> Result<(), RecordError> {
        let who = self.member(ctx, who).await?;
        if self.walk(&who, 0).is_ok() {
            return Err(RecordError::Conflict);
        }
        self.keep(&who, &walk);
        Ok(())
    }

    async fn read(&self, ctx: &Context, who: Pseudonym) -> Result<Walk, RecordError> {
        self.walk(&self.member(ctx, who).await?, 0)
    }

    async fn update(&self, ctx: &Context, who: Pseudonym, walk: Walk) -> Result<(), RecordError> {
        let who = self.member(ctx, who).await?;
        self.forget(&who)?;
        self.keep(&who, &walk);
        Ok(())
    }

    async fn delete(&self, ctx: &Context, who: Pseudonym) -> Result<(), RecordError> {
        self.forget(&self.member(ctx, who).await?)
    }

    async fn progress(&self, ctx: &Context, who: Pseudonym) -> Result<Walked, RecordError> {
        let who = self.member(ctx, who).await?;
        let walks = self.0.kept().walks.get(&who).map_or(0, Vec::len);
        Ok(Walked { walks: u8::try_from(walks).unwrap() })
    }

    async fn results(&self, ctx: &Context, who: Pseudonym, page: u16) -> Result<Walk, RecordError> {
        self.walk(&self.member(ctx, who).await?, page)
    }
}

impl Serves<Swim> for InMemorySource {
    const OPERATIONS: &[Operation] = &[Operation::Progress];

    async fn progress(&self, ctx: &Context, who: Pseudonym) -> Result<Swim, RecordError> {
        self.member(ctx, who).await.map(|_| Swim { lanes: 7 })
    }
}

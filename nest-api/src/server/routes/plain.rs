//! The operations of an activity on records in plaintext, for protocols that do not know the records' Rust types.

use std::sync::Arc;

use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use nest_core::{Pseudonym, Transcryption};
use nest_source::repetition::BoxFuture;

use super::{Table, activity_table};
use crate::cpu_pool;
use crate::operation::Mode;
use crate::problem::Code;
use crate::server::work::request_log::RequestLog;
use crate::server::work::{About, Work};
use crate::wire::item::{Item, Response};
use crate::{Activity, Context, DataSource, Operation, RecordError, Serves};

/// What is asked about a participant.
pub struct Asked {
    /// The participant.
    pub who: Pseudonym,
    /// What the source is given; an error where it cannot be read.
    pub input: Result<PlainInput, RecordError>,
}

/// What a question brings besides its participant.
pub struct PlainInput {
    /// Which of the participant's records is asked for, from 0.
    pub page: u16,
    /// The record that is given, where the operation takes one.
    pub record: Option<PlainRecord>,
}

/// One operation of an activity.
pub(crate) struct PlainRoute<S, T> {
    /// The record that a question brings.
    pub(crate) given: Option<&'static Schema>,
    /// The record that a success holds.
    pub(crate) said: Option<&'static Schema>,
    pub(crate) ask: PlainAsk<S, T>,
}

/// Finds an operation of an activity.
pub(crate) type FindPlainRoute<S, T> = fn(Operation) -> Option<PlainRoute<S, T>>;

/// Asks the source.
pub(crate) type PlainAsk<S, T> = Box<
    dyn for<'a> FnOnce(
            &'a Work<'a, S, T>,
            Vec<About<PlainInput>>,
            Arc<Context>,
            &'a mut RequestLog,
        ) -> BoxFuture<'a, Result<Vec<About<Option<PlainRecord>>>, Code>>
        + Send
        + Sync,
>;

/// The operation in batches; `None` where an activity has no such operation.
pub(crate) fn activity<S: Serves<A>, T: Transcryption + 'static, A: Activity>(
    operation: Operation,
) -> Option<PlainRoute<S, T>> {
    let mut find = Find { operation, found: None };
    activity_table::<S, A>(&mut find);
    find.found
}

/// Finds one operation in a table.
struct Find<S, T> {
    operation: Operation,
    found: Option<PlainRoute<S, T>>,
}

impl<S: DataSource, T: Transcryption + 'static> Table<S> for Find<S, T> {
    fn one<I, O, F, Fut>(&mut self, operation: Operation, mode: Mode, _: &'static Schema, call: F)
    where
        I: Item,
        O: Response,
        F: Fn(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static,
    {
        if (operation, mode) == (self.operation, Mode::Batch) {
            let ask: PlainAsk<S, T> = Box::new(move |work, questions, ctx, log| {
                Box::pin(ask::<S, T, I, O, F, Fut>(work, questions, ctx, call, log))
            });
            self.found = Some(PlainRoute { given: I::RECORD, said: O::RECORD, ask });
        }
    }
}

/// Asks the source in its own types. Records are turned into them, and back, on all cores.
async fn ask<S, T, I, O, F, Fut>(
    work: &Work<'_, S, T>,
    questions: Vec<About<PlainInput>>,
    ctx: Arc<Context>,
    call: F,
    log: &mut RequestLog,
) -> Result<Vec<About<Option<PlainRecord>>>, Code>
where
    S: DataSource,
    T: Transcryption + 'static,
    I: Item,
    O: Response,
    F: Fn(Arc<S>, Arc<Context>, Vec<I::Input>) -> Fut + Send + 'static,
    Fut: Future<Output = Vec<Result<O::Content, RecordError>>> + Send + 'static,
{
    let typed = |About { who, ticket, what }: About<PlainInput>| {
        let what = what.and_then(|PlainInput { page, record }| I::input(who, page, record));
        About { who, ticket, what }
    };
    let questions = cpu_pool::each(questions, typed).await?;
    let replies = work.ask(questions, ctx, call, log).await;
    let plain =
        |About { who, ticket, what }: About<O::Content>| About { who, ticket, what: what.and_then(O::plain) };
    Ok(cpu_pool::each(replies, plain).await?)
}

//! How many records each operation was answered with: the table at the end of the main job.

use std::collections::HashMap;

use nest_api::ClientError;
use nest_api::prelude::*;

/// The columns of the table: what can be answered here.
const COLUMNS: [(&str, Option<RecordError>); 4] = [
    ("ok", None),
    ("not found", Some(RecordError::NotFound)),
    ("invalid", Some(RecordError::Invalid)),
    ("conflict", Some(RecordError::Conflict)),
];

/// The answers so far.
#[derive(Default)]
pub(crate) struct Tally(Vec<Row>);

struct Row {
    subject: &'static str,
    operation: &'static str,
    answers: HashMap<Option<RecordError>, usize>,
}

impl Tally {
    /// Counts the answers of a batch, or of several.
    pub(crate) fn count<R>(&mut self, subject: &'static str, operation: &'static str, all: &[Answer<R>]) {
        let mut answers = HashMap::new();
        for answer in all {
            *answers.entry(answer.result().err()).or_default() += 1;
        }
        self.0.push(Row { subject, operation, answers });
    }

    /// Counts the answer to a call about one participant. A call that failed as a whole has none.
    pub(crate) fn one<R>(
        &mut self,
        subject: &'static str,
        operation: &'static str,
        answer: Result<R, ClientError>,
    ) -> Result<Result<R, RecordError>, ClientError> {
        let answer = match answer {
            Ok(record) => Ok(record),
            Err(ClientError::Record(error)) => Err(error),
            Err(failure) => return Err(failure),
        };
        let answers = HashMap::from([(answer.as_ref().err().copied(), 1)]);
        self.0.push(Row { subject, operation, answers });
        Ok(answer)
    }

    /// Prints all of it.
    pub(crate) fn print(&self) {
        print!("     {:<17} {:<13}", "", "");
        for (name, _) in COLUMNS {
            print!("{name:>11}");
        }
        println!();
        let mut last = "";
        for Row { subject, operation, answers } in &self.0 {
            print!("     {:<17} {operation:<13}", if *subject == last { "" } else { subject });
            for (_, status) in COLUMNS {
                match answers.get(&status) {
                    Some(count) => print!("{count:>11}"),
                    None => print!("{:>11}", "-"),
                }
            }
            println!();
            last = subject;
        }
    }
}

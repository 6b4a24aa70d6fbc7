//! What is known of one caller's requests, in the order in which it is forgotten.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use actix_web::web::Bytes;

use super::folder::Place;
use super::record::Hash;

/// How a request ended that is not to be carried out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It succeeded, with this body.
    Body(Bytes),
    /// It succeeded, with a body of so many bytes that lies there.
    Stored(Place, usize),
    /// It failed, when something may already have been written: the code of the problem.
    Failed(Cow<'static, str>),
}

impl Answer {
    fn len(&self) -> usize {
        match self {
            Answer::Body(body) => body.len(),
            Answer::Stored(_, len) => *len,
            Answer::Failed(_) => 0,
        }
    }
}

struct Request {
    asked: Hash,
    /// `None` while it is under way.
    answer: Option<Answer>,
    /// The file that it is written down in.
    file: Option<u64>,
    /// Its number among those that ended, so that what was forgotten and began anew is not forgotten for the first.
    ended: u64,
}

/// The requests of one caller.
#[derive(Default)]
pub(super) struct Kept {
    requests: HashMap<Hash, Request>,
    /// Those that ended with the time at which they are forgotten, earliest first: all are kept for equally long.
    forget: VecDeque<(Instant, Hash, u64)>,
    ended: u64,
    bytes: usize,
    /// How many requests are written down in each file.
    files: HashMap<u64, usize>,
    /// Files that nothing is needed of any more.
    empty: Vec<u64>,
}

impl Kept {
    pub(super) fn len(&self) -> usize {
        self.requests.len()
    }

    /// Whether the answers have more bytes than this together. The last one alone may.
    pub(super) fn is_over(&self, bytes: usize) -> bool {
        self.bytes > bytes && self.forget.len() > 1
    }

    /// What was asked, and how it ended if it has.
    pub(super) fn get(&self, name: &Hash) -> Option<(Hash, Option<Answer>)> {
        self.requests.get(name).map(|request| (request.asked, request.answer.clone()))
    }

    pub(super) fn begin(&mut self, name: Hash, asked: Hash) {
        self.requests.insert(name, Request { asked, answer: None, file: None, ended: 0 });
    }

    /// It is written down in this file that the source was called.
    pub(super) fn called(&mut self, name: &Hash, file: u64) {
        self.move_to(name, file);
    }

    /// It has ended. What is not under way has ended already.
    pub(super) fn end(&mut self, name: &Hash, answer: Answer, file: Option<u64>, time: Instant) {
        if let Some(file) = file {
            self.move_to(name, file);
        }
        let Some(request) = self.requests.get_mut(name).filter(|request| request.answer.is_none()) else {
            return;
        };
        self.ended += 1;
        self.bytes += answer.len();
        request.answer = Some(answer);
        request.ended = self.ended;
        self.forget.push_back((time, *name, self.ended));
    }

    /// It has written nothing: its key is free again.
    pub(super) fn give_up(&mut self, name: &Hash) {
        self.remove(name);
    }

    /// It is known from a file, which may say more of it than one before.
    pub(super) fn load(&mut self, name: Hash, asked: Hash, answer: Answer, file: u64, time: Instant) {
        self.remove(&name);
        self.begin(name, asked);
        self.end(&name, answer, Some(file), time);
    }

    pub(super) fn forget_until(&mut self, now: Instant) {
        while let Some((_, name, ended)) = self.forget.pop_front_if(|(time, ..)| *time <= now) {
            self.forget(&name, ended);
        }
    }

    /// Forgets the one that ended first. Whether there was one.
    pub(super) fn forget_oldest(&mut self) -> bool {
        while let Some((_, name, ended)) = self.forget.pop_front() {
            if self.forget(&name, ended) {
                return true;
            }
        }
        false
    }

    fn forget(&mut self, name: &Hash, ended: u64) -> bool {
        let is_the_same = self.requests.get(name).is_some_and(|request| request.ended == ended);
        if is_the_same {
            self.remove(name);
        }
        is_the_same
    }

    fn remove(&mut self, name: &Hash) {
        let Some(request) = self.requests.remove(name) else { return };
        self.bytes -= request.answer.map_or(0, |answer| answer.len());
        if let Some(file) = request.file {
            self.leave(file);
        }
    }

    fn move_to(&mut self, name: &Hash, file: u64) {
        let Some(request) = self.requests.get_mut(name) else { return };
        let before = request.file.replace(file);
        *self.files.entry(file).or_default() += 1;
        if let Some(before) = before {
            self.leave(before);
        }
    }

    fn leave(&mut self, file: u64) {
        if let Some(count) = self.files.get_mut(&file) {
            *count -= 1;
            if *count == 0 {
                self.files.remove(&file);
                self.empty.push(file);
            }
        }
    }

    /// This file was read, and may hold nothing.
    pub(super) fn empty(&mut self, file: u64) {
        if !self.files.contains_key(&file) {
            self.empty.push(file);
        }
    }

    /// Files of which nothing is needed any more.
    pub(super) fn take_empty(&mut self) -> Vec<u64> {
        let empty = std::mem::take(&mut self.empty);
        empty.into_iter().filter(|file| !self.files.contains_key(file)).collect()
    }
}

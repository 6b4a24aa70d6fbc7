//! The requests of one caller, in the order in which they are forgotten.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use actix_web::web::Bytes;

use super::folder::Place;
use super::record::Hash;

/// How a request ended that must not be carried out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It succeeded, with this body.
    Body(Bytes),
    /// It succeeded, with a body of so many bytes at this place of a file.
    Stored(Place, usize),
    /// It failed after something may have been written. This is the code of the problem.
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
    /// The file that holds it.
    file: Option<u64>,
    /// Its number among the requests that ended. So a request that was forgotten and began anew is not forgotten in
    /// place of the first.
    ended: u64,
}

/// The requests of one caller.
#[derive(Default)]
pub(super) struct Kept {
    requests: HashMap<Hash, Request>,
    /// The requests that ended, with the time at which each is forgotten. All are kept equally long, so the earliest
    /// is first.
    forget: VecDeque<(Instant, Hash, u64)>,
    ended: u64,
    bytes: usize,
    /// How many requests each file holds.
    files: HashMap<u64, usize>,
    /// Files that are not needed any more.
    empty: Vec<u64>,
}

impl Kept {
    pub(super) fn len(&self) -> usize {
        self.requests.len()
    }

    /// Whether all answers together have more bytes than this. The last one alone may have more.
    pub(super) fn is_over(&self, bytes: usize) -> bool {
        self.bytes > bytes && self.forget.len() > 1
    }

    /// The hash of the request, and how it ended, if it has.
    pub(super) fn get(&self, name: &Hash) -> Option<(Hash, Option<Answer>)> {
        self.requests.get(name).map(|request| (request.asked, request.answer.clone()))
    }

    pub(super) fn begin(&mut self, name: Hash, asked: Hash) {
        self.requests.insert(name, Request { asked, answer: None, file: None, ended: 0 });
    }

    /// Notes that this file says that the source was called.
    pub(super) fn called(&mut self, name: &Hash, file: u64) {
        self.move_to(name, file);
    }

    /// Notes how a request ended, unless it ended before.
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

    /// Forgets a request that has written nothing. Its key is free again.
    pub(super) fn give_up(&mut self, name: &Hash) {
        self.remove(name);
    }

    /// Takes a request from a file. It replaces what an earlier file says of it.
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

    /// Forgets the request that ended first, and returns whether there was one.
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

    /// Notes a file that was read and may hold nothing.
    pub(super) fn empty(&mut self, file: u64) {
        if !self.files.contains_key(&file) {
            self.empty.push(file);
        }
    }

    /// Files that are not needed any more.
    pub(super) fn take_empty(&mut self) -> Vec<u64> {
        let empty = std::mem::take(&mut self.empty);
        empty.into_iter().filter(|file| !self.files.contains_key(file)).collect()
    }
}

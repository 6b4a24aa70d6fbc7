//! What the sums of a table give back of the cells that it hides, and what else must be hidden.
//!
//! Cells, row sums, column sums and the grand total are the edges of a network in which as much flows into each node
//! as out of it. All tables that agree with what is shown are the whole-number flows that agree on the shown edges, so
//! the values that a hidden cell may have are found by pushing flow round it (see M. Fischetti and J. J. Salazar,
//! "Models and algorithms for the 2-dimensional cell suppression problem in statistical disclosure control", 1999).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// One number of the table with the two nodes that it joins.
struct Edge {
    from: usize,
    to: usize,
    value: u64,
    hidden: bool,
}

/// A table as a network.
pub(crate) struct Network {
    nodes: usize,
    edges: Vec<Edge>,
    /// For each node: the edges that touch it.
    touching: Vec<Vec<usize>>,
}

/// More than any number of people.
const UNBOUNDED: u64 = u64::MAX / 4;

impl Network {
    pub(crate) fn new(nodes: usize) -> Self {
        Self { nodes, edges: Vec::new(), touching: vec![Vec::new(); nodes] }
    }

    /// Adds a number; the order of additions is the order of [`hidden`](Self::hidden).
    pub(crate) fn add(&mut self, from: usize, to: usize, value: u64) {
        for node in [from, to] {
            if let Some(touching) = self.touching.get_mut(node) {
                touching.push(self.edges.len());
            }
        }
        self.edges.push(Edge { from, to, value, hidden: false });
    }

    /// Hides every number below the minimum, and as many others as it takes until each of those could be any number
    /// from zero to one below the minimum, as far as the shown numbers say.
    pub(crate) fn protect(&mut self, minimum: u64) {
        let small: Vec<usize> =
            self.edges.iter().enumerate().filter(|(_, edge)| edge.value < minimum).map(|(i, _)| i).collect();
        for edge in &small {
            self.hide(*edge);
        }
        for number in small {
            let Some(Edge { from, to, value, .. }) = self.edges.get(number) else { continue };
            let (from, to, value) = (*from, *to, *value);
            // More of this cell flows back from its end to its start; less of it flows another way round.
            for (start, end, need) in [(to, from, minimum - 1 - value), (from, to, value)] {
                if self.flow(start, end, number, need) < need {
                    for edge in self.cheapest_path(start, end, number, need) {
                        self.hide(edge);
                    }
                }
            }
        }
    }

    /// Which numbers are hidden, in the order of their addition.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = bool> {
        self.edges.iter().map(|edge| edge.hidden)
    }

    fn hide(&mut self, edge: usize) {
        if let Some(edge) = self.edges.get_mut(edge) {
            edge.hidden = true;
        }
    }

    /// Where an edge leads from a node, and how much it takes: any amount along it, its value against it.
    fn step(&self, edge: usize, node: usize) -> Option<(usize, bool)> {
        let edge = self.edges.get(edge)?;
        if edge.from == node { Some((edge.to, true)) } else { Some((edge.from, false)) }
    }

    /// How much can flow from one node to another through hidden edges, up to a limit.
    fn flow(&self, start: usize, end: usize, without: usize, limit: u64) -> u64 {
        // What each edge has left along it and against it.
        let mut left: Vec<(u64, u64)> = self.edges.iter().map(|edge| (UNBOUNDED, edge.value)).collect();
        let mut total = 0;
        while total < limit {
            let mut reached: Vec<Option<(usize, bool, usize)>> = vec![None; self.nodes];
            let mut queue = VecDeque::from([start]);
            while let Some(node) = queue.pop_front() {
                for edge in self.touching.get(node).into_iter().flatten().copied() {
                    let hidden = self.edges.get(edge).is_some_and(|edge| edge.hidden);
                    let Some((next, along)) = self.step(edge, node).filter(|_| hidden && edge != without)
                    else {
                        continue;
                    };
                    let room = left.get(edge).map_or(0, |left| if along { left.0 } else { left.1 });
                    if let Some(slot @ None) = reached.get_mut(next).filter(|_| room > 0 && next != start) {
                        *slot = Some((edge, along, node));
                        queue.push_back(next);
                    }
                }
            }
            let path = trace(&reached, start, end);
            if path.is_empty() {
                break;
            }
            let room = |(edge, along): &(usize, bool)| {
                left.get(*edge).map_or(0, |left| if *along { left.0 } else { left.1 })
            };
            let amount = path.iter().map(room).min().unwrap_or(0).min(limit - total);
            for (edge, along) in path {
                if let Some((forward, backward)) = left.get_mut(edge) {
                    let (less, more) = if along { (forward, backward) } else { (backward, forward) };
                    *less -= amount;
                    *more += amount;
                }
            }
            total += amount;
        }
        total
    }

    /// The edges of the path that hides the fewest people, among those that take the whole amount.
    ///
    /// There always is one: the margins together lead from every node to every other.
    fn cheapest_path(&self, start: usize, end: usize, without: usize, amount: u64) -> Vec<usize> {
        let mut cost = vec![u64::MAX; self.nodes];
        let mut reached: Vec<Option<(usize, bool, usize)>> = vec![None; self.nodes];
        let mut queue = BinaryHeap::from([Reverse((0_u64, start))]);
        if let Some(cost) = cost.get_mut(start) {
            *cost = 0;
        }
        while let Some(Reverse((so_far, node))) = queue.pop() {
            if cost.get(node).is_some_and(|cost| *cost < so_far) {
                continue;
            }
            for number in self.touching.get(node).into_iter().flatten().copied() {
                let Some(((next, along), edge)) = self.step(number, node).zip(self.edges.get(number)) else {
                    continue;
                };
                if number == without || (!along && edge.value < amount) {
                    continue;
                }
                let price = if edge.hidden { 0 } else { edge.value.saturating_add(1) };
                let total = so_far.saturating_add(price);
                if let Some((cost, reached)) = cost.get_mut(next).zip(reached.get_mut(next))
                    && total < *cost
                {
                    *cost = total;
                    *reached = Some((number, along, node));
                    queue.push(Reverse((total, next)));
                }
            }
        }
        trace(&reached, start, end).into_iter().map(|(edge, _)| edge).collect()
    }
}

/// The edges from the start to the end, last first, with their directions; none where the end was not reached.
fn trace(reached: &[Option<(usize, bool, usize)>], start: usize, end: usize) -> Vec<(usize, bool)> {
    let mut path = Vec::new();
    let mut node = end;
    while node != start && path.len() <= reached.len() {
        match reached.get(node) {
            Some(Some((edge, along, before))) => {
                path.push((*edge, *along));
                node = *before;
            }
            _ => return Vec::new(),
        }
    }
    path
}

//! The proofs of a plan: one for each number that a record adds, and one for each histogram.

use prio::codec::{Encode, ParameterizedDecode};
use prio::vdaf::prio3::{Prio3Histogram, Prio3Sum, optimal_chunk_length};
use prio::vdaf::{Aggregatable, Aggregator, Client, Collector, Vdaf, VdafError, VerifyTransition};

use crate::sum::plan::Slot;
use crate::sum::{SumError, SumPlan};

/// What went wrong is told by no more than this: a report is not valid.
pub(crate) struct Invalid;

impl From<VdafError> for Invalid {
    fn from(_: VdafError) -> Self {
        Self
    }
}

impl From<prio::codec::CodecError> for Invalid {
    fn from(_: prio::codec::CodecError) -> Self {
        Self
    }
}

/// One proof, with everything that travels as bytes.
pub(crate) trait Circuit: Send + Sync {
    /// The public share, and one input share for each aggregator.
    fn shard(&self, ctx: &[u8], value: u64, id: &[u8; 16]) -> Result<(Vec<u8>, Vec<Vec<u8>>), Invalid>;

    /// What an aggregator keeps until the others answer, and what it tells them.
    fn start(&self, at: At<'_>, public: &[u8], input: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Invalid>;

    /// The aggregator's part of the value, where the proof holds.
    fn finish(&self, at: At<'_>, state: &[u8], told: &[&[u8]]) -> Result<Vec<u8>, Invalid>;

    /// A sum of no reports.
    fn nothing(&self) -> Result<Vec<u8>, Invalid>;

    /// Adds the part of a report to a sum.
    fn add(&self, sum: &mut Vec<u8>, part: &[u8]) -> Result<(), Invalid>;

    /// The numbers of all aggregators' sums.
    fn total(&self, sums: &[&[u8]], reports: usize) -> Result<Vec<u64>, Invalid>;
}

/// Where a proof is verified.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) key: &'a [u8; 32],
    pub(crate) ctx: &'a [u8],
    pub(crate) aggregator: usize,
    pub(crate) id: &'a [u8; 16],
}

/// A proof of `prio`, with how a value goes in and how the total comes out.
struct Proof<V: Vdaf> {
    vdaf: V,
    measurement: fn(u64) -> Option<V::Measurement>,
    numbers: fn(V::AggregateResult) -> Option<Vec<u64>>,
}

impl<V> Circuit for Proof<V>
where
    V: Client<16> + Aggregator<32, 16> + Collector + Vdaf<AggregationParam = ()> + Send + Sync,
    V::VerifyState: Encode + for<'a> ParameterizedDecode<(&'a V, usize)>,
{
    fn shard(&self, ctx: &[u8], value: u64, id: &[u8; 16]) -> Result<(Vec<u8>, Vec<Vec<u8>>), Invalid> {
        let measurement = (self.measurement)(value).ok_or(Invalid)?;
        let (public, inputs) = self.vdaf.shard(ctx, &measurement, id)?;
        let inputs: Result<Vec<_>, _> = inputs.iter().map(Encode::get_encoded).collect();
        Ok((public.get_encoded()?, inputs?))
    }

    fn start(&self, at: At<'_>, public: &[u8], input: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Invalid> {
        let public = V::PublicShare::get_decoded_with_param(&self.vdaf, public)?;
        let input = V::InputShare::get_decoded_with_param(&(&self.vdaf, at.aggregator), input)?;
        let (state, told) =
            self.vdaf.verify_init(at.key, at.ctx, at.aggregator, &(), at.id, &public, &input)?;
        Ok((state.get_encoded()?, told.get_encoded()?))
    }

    fn finish(&self, at: At<'_>, state: &[u8], told: &[&[u8]]) -> Result<Vec<u8>, Invalid> {
        let state = V::VerifyState::get_decoded_with_param(&(&self.vdaf, at.aggregator), state)?;
        let shares: Result<Vec<_>, _> =
            told.iter().map(|bytes| V::VerifierShare::get_decoded_with_param(&state, bytes)).collect();
        let message = self.vdaf.verifier_shares_to_message(at.ctx, &(), shares?)?;
        match self.vdaf.verify_next(at.ctx, state, message)? {
            VerifyTransition::Finish(part) => Ok(part.get_encoded()?),
            VerifyTransition::Continue(..) => Err(Invalid),
        }
    }

    fn nothing(&self) -> Result<Vec<u8>, Invalid> {
        Ok(self.vdaf.aggregate_init(&()).get_encoded()?)
    }

    fn add(&self, sum: &mut Vec<u8>, part: &[u8]) -> Result<(), Invalid> {
        let mut total = V::AggregateShare::get_decoded_with_param(&(&self.vdaf, &()), sum)?;
        total.accumulate(&V::OutputShare::get_decoded_with_param(&(&self.vdaf, &()), part)?)?;
        *sum = total.get_encoded()?;
        Ok(())
    }

    fn total(&self, sums: &[&[u8]], reports: usize) -> Result<Vec<u64>, Invalid> {
        let shares: Result<Vec<_>, _> = (sums.iter())
            .map(|bytes| V::AggregateShare::get_decoded_with_param(&(&self.vdaf, &()), bytes))
            .collect();
        (self.numbers)(self.vdaf.unshard(&(), shares?, reports)?).ok_or(Invalid)
    }
}

/// The proofs of a plan, with the numbers of the plan that each of them is about.
pub(crate) struct Circuits {
    pub(crate) proofs: Vec<(Vec<Slot>, Box<dyn Circuit>)>,
}

impl Circuits {
    /// The proofs of a plan for so many aggregators.
    ///
    /// # Errors
    ///
    /// [`SumError::Terms`] where there are not 2 to 254 aggregators, or a field has one value only, which cannot be
    /// proved and need not be summed.
    pub(crate) fn new(plan: &SumPlan, aggregators: usize) -> Result<Self, SumError> {
        let aggregators = u8::try_from(aggregators).ok().filter(|number| (2..255).contains(number));
        let aggregators = aggregators.ok_or(SumError::Terms("Prio3 takes two aggregators or more"))?;
        let unfit =
            |_| SumError::Terms("a field with one value only cannot be summed with Prio3: leave it out");
        let mut proofs: Vec<(Vec<Slot>, Box<dyn Circuit>)> = Vec::new();
        for slot in &plan.slots {
            match slot {
                // Their number is that of the reports.
                Slot::Records => {}
                Slot::Cell(axis, 0) => {
                    let cells = plan.axes.get(*axis).map_or(0, nest_release::Axis::cells);
                    // One cell more for people who have no value, since a report stands in one cell.
                    let vdaf = Prio3Histogram::new_histogram(
                        aggregators,
                        cells + 1,
                        optimal_chunk_length(cells + 1),
                    );
                    let proof = Proof {
                        vdaf: vdaf.map_err(unfit)?,
                        measurement: |value| usize::try_from(value).ok(),
                        numbers: |cells| cells.into_iter().map(|cell| u64::try_from(cell).ok()).collect(),
                    };
                    proofs.push(((0..cells).map(|cell| Slot::Cell(*axis, cell)).collect(), Box::new(proof)));
                }
                Slot::Cell(..) => {}
                Slot::Present(_) | Slot::Shifted(_) | Slot::Squares(_) => {
                    let most = u64::try_from(plan.capacity(*slot)).map_err(|_| SumError::Impossible)?;
                    let proof = Proof {
                        vdaf: Prio3Sum::new_sum(aggregators, most).map_err(unfit)?,
                        measurement: Some,
                        numbers: |sum| Some(vec![sum]),
                    };
                    proofs.push((vec![*slot], Box::new(proof)));
                }
            }
        }
        Ok(Self { proofs })
    }

    /// The value that each proof is about, of what a record adds.
    pub(crate) fn values(&self, plan: &SumPlan, added: &[u64]) -> Vec<u64> {
        let number = |slot: &Slot| {
            let place = plan.slots.iter().position(|known| known == slot);
            place.and_then(|place| added.get(place)).copied().unwrap_or(0)
        };
        let value = |slots: &[Slot]| match slots {
            [Slot::Cell(..), ..] => {
                slots.iter().position(|slot| number(slot) == 1).unwrap_or(slots.len()) as u64
            }
            [slot] => number(slot),
            _ => 0,
        };
        self.proofs.iter().map(|(slots, _)| value(slots)).collect()
    }
}

/// What every proof of a run is bound to: its run, its terms, and its place in the plan.
pub(crate) fn context(run: &[u8; 16], terms: &[u8; 32], place: usize) -> Vec<u8> {
    [b"nest-collab/sum/prio3/1".as_slice(), run, terms, &(place as u64).to_be_bytes()].concat()
}

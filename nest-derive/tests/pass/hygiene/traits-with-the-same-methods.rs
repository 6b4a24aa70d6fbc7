use nest_core::prelude::*;

trait Noise {
    fn put(&self) -> bool;
    fn take(&self) -> bool;
    fn variant(&self) -> bool;
    fn fill(&self) -> bool;
    fn unused(&self) -> bool;
    fn encode(&self) -> bool;
    fn decode(&self) -> bool;
}

impl<T: ?Sized> Noise for T {
    fn put(&self) -> bool {
        false
    }
    fn take(&self) -> bool {
        false
    }
    fn variant(&self) -> bool {
        false
    }
    fn fill(&self) -> bool {
        false
    }
    fn unused(&self) -> bool {
        false
    }
    fn encode(&self) -> bool {
        false
    }
    fn decode(&self) -> bool {
        false
    }
}

#[derive(Debug, PartialEq, PepEnum)]
enum Reason {
    Ill,
    Moved,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 3)]
enum Outcome {
    Done { score: u8 },
    Refused { reason: Reason },
}

impl Outcome {
    #[allow(dead_code)]
    const SCHEMA: () = ();

    #[allow(dead_code)]
    fn to_pep(&self) -> bool {
        self.put() || self.take() || self.variant() || self.fill() || self.unused() || self.encode() || self.decode()
    }

    #[allow(dead_code)]
    fn from_pep() {}
}

fn main() {
    for outcome in [Outcome::Done { score: 7 }, Outcome::Refused { reason: Reason::Moved }] {
        let pep = PepRecord::to_pep(&outcome).unwrap();
        assert_eq!(<Outcome as PepRecord>::from_pep(&pep).unwrap(), outcome);
        let again: libpep::data::json::PEPJSONValue = (&outcome).try_into().unwrap();
        assert_eq!(Outcome::try_from(again).unwrap(), outcome);
    }
    assert_eq!(Reason::Ill.code(), 0);
}

use nest_core::prelude::*;

type Device = std::net::IpAddr;

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Note {
    device: Device,
}

fn main() {}

//! Which connection is closed for a new one.

use super::*;

fn connections(all: usize, of_address: usize) -> Connections {
    let proxies = vec![address(9)];
    let limits = ConnectionLimits { all: None, of_address: Some(of_address), proxies };
    Connections::new(&limits, all, Metrics::new())
}

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn is_closed(seat: &Seat) -> bool {
    seat.is_closed(&std::task::Context::from_waker(std::task::Waker::noop()))
}

#[test]
fn one_that_never_spoke_is_closed_first_then_one_without_a_token() {
    let connections = connections(4, 4);
    let [silent, spoke, known, working] = [1, 2, 3, 4].map(|last| connections.admit(address(last)).unwrap());
    for seat in [&spoke, &known, &working] {
        seat.heard();
    }
    known.reference().known();
    let at_work = working.reference().work();
    let mut later = Vec::new();
    for (closed, open) in [(&silent, [&spoke, &known, &working]), (&spoke, [&known, &known, &working])] {
        later.push(connections.admit(address(5)).unwrap());
        assert!(is_closed(closed));
        assert!(open.iter().all(|seat| !is_closed(seat)));
        later.last().unwrap().heard();
        later.last().unwrap().reference().known();
    }
    let busy: Vec<_> = later.iter().map(|seat| seat.reference().work()).collect();
    let busy_too = known.reference().work();
    assert!(connections.admit(address(6)).is_none(), "all are at work");
    drop(at_work);
    let last = connections.admit(address(6)).unwrap();
    assert!(is_closed(&working) && !is_closed(&last) && !is_closed(&known));
    drop((busy, busy_too));
}

#[test]
fn an_address_that_has_its_share_loses_its_own() {
    let connections = connections(10, 2);
    let other = connections.admit(address(1)).unwrap();
    let mine: Vec<_> = (0..5).map(|_| connections.admit(address(2)).unwrap()).collect();
    assert_eq!(mine.iter().filter(|seat| !is_closed(seat)).count(), 2);
    assert!(mine.iter().rev().take(2).all(|seat| !is_closed(seat)) && !is_closed(&other));
    // A proxy that is listed has any number.
    let proxied: Vec<_> = (0..7).map(|_| connections.admit(address(9)).unwrap()).collect();
    assert!(proxied.iter().all(|seat| !is_closed(seat)));
}

#[test]
fn of_all_those_of_the_address_that_has_most_are_closed_first() {
    let connections = connections(4, 4);
    let few = connections.admit(address(1)).unwrap();
    let many: Vec<_> = (0..3).map(|_| connections.admit(address(2)).unwrap()).collect();
    let _new = connections.admit(address(3)).unwrap();
    assert!(!is_closed(&few) && many.iter().filter(|seat| is_closed(seat)).count() == 1);
}

#[test]
fn a_place_is_free_once_its_connection_is_gone() {
    let connections = connections(1, 1);
    for _ in 0..100 {
        let seat = connections.admit(address(1)).unwrap();
        let _work = seat.reference().work();
        assert!(connections.admit(address(2)).is_none());
    }
}

#[test]
fn addresses_of_one_network_count_as_one() {
    let of = |text: &str| network_of(text.parse::<IpAddr>().unwrap().to_canonical());
    assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
    assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
}

//! Keys and pins.

use super::args::{Fingerprint, Keygen, Pin};
use crate::error::CollabError;
use crate::identity::{Org, OrgId, Pins};

pub(super) fn keygen(args: &Keygen) -> Result<(), CollabError> {
    let org = Org::generate(args.org.clone(), args.device.clone())?;
    org.save(&args.out)?;
    eprintln!("The fingerprint of `{}`, for others to pin. Read it to them by telephone:", org.name());
    println!("{}", org.id().groups());
    Ok(())
}

pub(super) fn fingerprint(args: &Fingerprint) -> Result<(), CollabError> {
    println!("{}", Org::load(&args.keys)?.id().groups());
    Ok(())
}

pub(super) fn pin(args: &Pin) -> Result<(), CollabError> {
    let id =
        OrgId::read(&args.fingerprint.concat()).map_err(|rule| CollabError::Settings(rule.to_owned()))?;
    Pins::pin(&args.pins, &args.org, id)
}

//! What a confined program may open: its directory to write in, and listed paths to read and execute.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};

/// What every program reads: the system's programs and libraries, and the cache that tells where these are.
pub(crate) const DEFAULT: &[&str] = &["/usr", "/lib", "/lib64", "/etc/ld.so.cache"];

/// The oldest Landlock that confines a program: the first that also keeps it from emptying files.
const NEEDED: ABI = ABI::V3;

/// What is used on top where the kernel has it: the network, devices, and signals and sockets to others.
const WANTED: ABI = ABI::V6;

/// Confines this process, and what it becomes, to these paths.
///
/// # Errors
///
/// A sentence that says what is missing: the kernel has no Landlock, or a path is not there.
pub(crate) fn confine(folder: &Path, reads: &[PathBuf]) -> Result<(), String> {
    let no_landlock = |error: landlock::RulesetError| {
        format!(
            "this kernel cannot confine a program (Landlock of Linux 6.2 or newer is needed, and `landlock` in \
             CONFIG_LSM or the boot parameter `lsm=`): {error}"
        )
    };
    let beyond = AccessFs::from_all(WANTED) & !AccessFs::from_all(NEEDED);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(NEEDED))
        .and_then(|rules| {
            rules
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(beyond)?
                .handle_access(AccessNet::from_all(WANTED))?
                .scope(Scope::from_all(WANTED))
        })
        .and_then(Ruleset::create)
        .map_err(no_landlock)?;
    let write = AccessFs::from_all(WANTED) & !AccessFs::Execute & !device_files();
    let read = AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::Execute;
    let defaults = DEFAULT.iter().map(PathBuf::from).filter(|path| path.exists());
    let listed = defaults.chain(reads.iter().cloned()).map(|path| (path, read));
    for (path, access) in listed.chain([(folder.to_owned(), write)]) {
        let open = PathFd::new(&path);
        let open = open.map_err(|_| format!("`{}` cannot be opened: is it there?", path.display()))?;
        // Files take fewer rights than folders.
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(WANTED) };
        rules = rules.add_rule(PathBeneath::new(open, access)).map_err(no_landlock)?;
    }
    let status = rules.restrict_self().map_err(no_landlock)?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        return Err("this kernel did not confine the program: Landlock is not in force".to_owned());
    }
    Ok(())
}

fn device_files() -> BitFlags<AccessFs> {
    AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSock
}
